"""Pipelines of a workspace on loopback: names that are unique, and updates that replace everything."""

from __future__ import annotations

import fnmatch
import re
import uuid
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.workspace_state import Refused, State, answer, body, page

__all__ = ["ROUTES"]

_FILTER = re.compile(r"name LIKE '((?:[^']|'')*)'")
_OWN = ("allow_duplicate_names", "expected_last_modified", "run_as", "dry_run")


async def _create(state: State, request: web.Request) -> web.Response:
    spec = await body(request)
    _check(state, spec, "")
    number = str(uuid.UUID(int=next(state.ids)))
    state.pipelines[number] = {
        "pipeline_id": number,
        "name": spec["name"],
        "state": "IDLE",
        "spec": _spec(number, spec),
        "last_modified": next(state.clock),
        "updates": [],
    }
    return answer({"pipeline_id": number})


async def _list(state: State, request: web.Request) -> web.Response:
    asked = request.query.get("filter", "name LIKE '%'")
    match = _FILTER.fullmatch(asked)
    if match is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", f"The filter {asked} is not supported.")
    plain = re.sub(r"([*?\[])", r"[\1]", match[1].replace("''", "'"))
    pattern = plain.replace("%", "*").replace("_", "?")
    found = [one for one in state.pipelines.values() if fnmatch.fnmatchcase(one["name"], pattern)]
    shown, following = page(state, request, found, "max_results")
    statuses = [{name: one[name] for name in ("pipeline_id", "name", "state")} for one in shown]
    return answer({"statuses": statuses, **({"next_page_token": following} if following else {})})


async def _get(state: State, request: web.Request) -> web.Response:
    found = _pipeline(state, request)
    rest = {name: value for name, value in found.items() if name != "updates"}
    return answer({**rest, "latest_updates": found["updates"][-1:]})


async def _replace(state: State, request: web.Request) -> web.Response:
    found = _pipeline(state, request)
    spec = await body(request)
    expected = spec.get("expected_last_modified")
    if expected is not None and expected != found["last_modified"]:
        raise Refused(HTTPStatus.CONFLICT, "RESOURCE_CONFLICT", "The pipeline was modified since it was read.")
    _check(state, spec, found["pipeline_id"])
    found.update(
        name=spec["name"], spec=_spec(found["pipeline_id"], spec), last_modified=next(state.clock), state="IDLE"
    )
    return answer({})


async def _delete(state: State, request: web.Request) -> web.Response:
    found = _pipeline(state, request)
    del state.pipelines[found["pipeline_id"]]
    state.permissions.pop(f"pipelines/{found['pipeline_id']}", None)
    return answer({})


async def _start(state: State, request: web.Request) -> web.Response:
    found = _pipeline(state, request)
    update = {"update_id": str(uuid.UUID(int=next(state.ids))), "state": "COMPLETED"}
    found["updates"].append(update)
    return answer({"update_id": update["update_id"]})


async def _updates(state: State, request: web.Request) -> web.Response:
    return answer({"updates": _pipeline(state, request)["updates"]})


async def _stop(state: State, request: web.Request) -> web.Response:
    _pipeline(state, request)
    return answer({})


def _pipeline(state: State, request: web.Request) -> dict[str, Any]:
    number = request.match_info["id"]
    if number not in state.pipelines:
        message = f"The specified pipeline {number} was not found."
        raise Refused(HTTPStatus.NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", message)
    return state.pipelines[number]


def _check(state: State, spec: dict[str, Any], own: str) -> None:
    wrong = ""
    if not spec.get("name"):
        wrong = "The pipeline has no name."
    elif "." in spec.get("target", ""):
        wrong = "target may not contain a dot."
    elif spec.get("schema") and spec.get("target"):
        wrong = "schema and target exclude each other."
    elif spec.get("serverless") and spec.get("clusters"):
        wrong = "You cannot provide cluster settings when using serverless compute."
    if wrong:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", wrong)
    others = {one["name"] for number, one in state.pipelines.items() if number != own}
    if spec["name"] in others and not spec.get("allow_duplicate_names"):
        message = f"The pipeline name '{spec['name']}' is already used by another pipeline."
        raise Refused(HTTPStatus.CONFLICT, "RESOURCE_CONFLICT", message)


def _spec(number: str, spec: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in spec.items() if name not in _OWN}
    place = {} if spec.get("catalog") else {"storage": f"dbfs:/pipelines/{number}"}
    return {**place, **kept, "id": number}


ROUTES = (
    ("POST", "/api/2.0/pipelines", _create),
    ("GET", "/api/2.0/pipelines", _list),
    ("GET", "/api/2.0/pipelines/{id}", _get),
    ("PUT", "/api/2.0/pipelines/{id}", _replace),
    ("DELETE", "/api/2.0/pipelines/{id}", _delete),
    ("POST", "/api/2.0/pipelines/{id}/updates", _start),
    ("GET", "/api/2.0/pipelines/{id}/updates", _updates),
    ("POST", "/api/2.0/pipelines/{id}/stop", _stop),
)
"""Method, path and handler of each call."""
