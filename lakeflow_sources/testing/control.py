"""Calls below `/_mock/`, by which tests change and watch a mock; they need no credentials and are not counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.answers import json_answer, json_of
from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.faults import parse_fault
from lakeflow_sources.testing.limits import Limit
from lakeflow_sources.testing.server import CONTROL, Planned, Stage
from lakeflow_sources.testing.vendor import Handler, RowsAsked

__all__ = ["control_routes"]

_Action = Callable[[Stage, Mapping[str, Any]], Any]
_ARCHIVED: Mapping[str, bool | None] = {"false": False, "true": True, "any": None}


def control_routes(stage: Stage) -> list[web.RouteDef]:
    """All control calls of one mock."""
    return [
        web.get(f"{CONTROL}/state", _call(stage, _state)),
        web.get(f"{CONTROL}/counters", _call(stage, lambda on, _: on.journal.counters() | _tokens(on))),
        web.get(f"{CONTROL}/requests", _call(stage, _requests)),
        web.get(f"{CONTROL}/rows", _call(stage, _rows)),
        web.post(f"{CONTROL}/reset", _call(stage, lambda on, _: on.journal.reset())),
        web.post(f"{CONTROL}/faults", _call(stage, lambda on, values: on.faults.add(parse_fault(values)))),
        web.delete(f"{CONTROL}/faults", _call(stage, lambda on, _: on.faults.clear())),
        web.post(f"{CONTROL}/limits", _call(stage, _limit)),
        web.delete(f"{CONTROL}/limits", _call(stage, lambda on, _: on.limits.lift())),
        web.post(f"{CONTROL}/clock", _call(stage, _clock)),
        web.post(f"{CONTROL}/latency", _call(stage, _latency)),
        web.post(f"{CONTROL}/tokens", _call(stage, _change_tokens)),
        web.post(f"{CONTROL}/write", _call(stage, _write)),
        web.post(f"{CONTROL}/plan", _call(stage, lambda on, values: on.planned.append(Planned(**values)))),
        web.delete(f"{CONTROL}/plan", _call(stage, lambda on, _: on.planned.clear())),
        web.post(f"{CONTROL}/another", _another(stage)),
        web.post(f"{CONTROL}/close", _close(stage)),
    ]


def _another(stage: Stage) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        assert stage.another is not None
        try:
            return json_answer(orjson.dumps(await stage.another(await json_of(request) or {})))
        except (ConfigurationError, TypeError) as error:
            return json_answer({"error": _explained(error)}, HTTPStatus.BAD_REQUEST)

    return handler


def _close(stage: Stage) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        assert stage.close is not None
        await stage.close(str((await json_of(request) or {})["url"]))
        return json_answer({})

    return handler


def _call(stage: Stage, action: _Action) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        try:
            values = {**request.query, **(await json_of(request) or {})}
            return json_answer(orjson.dumps(action(stage, values)))
        except (ConfigurationError, TypeError, ValueError, KeyError) as error:
            return json_answer({"error": _explained(error)}, HTTPStatus.BAD_REQUEST)

    return handler


def _explained(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _state(stage: Stage, _values: Mapping[str, Any]) -> Any:
    return {
        "name": stage.mock.name,
        "url": stage.url,
        "other_url": stage.other_url,
        "now": iso(stage.clock.now()),
        "tables": list(stage.service.tables()),
        "sign_ins": stage.service.sign_ins(stage.url),
    }


def _tokens(stage: Stage) -> dict[str, int]:
    return {"tokens_issued": stage.tokens.issued, "tokens_refused": stage.tokens.refused}


def _requests(stage: Stage, values: Mapping[str, Any]) -> Any:
    return list(stage.journal.log(int(values.get("after", 0))))


def _rows(stage: Stage, values: Mapping[str, Any]) -> Any:
    start, limit = int(values.get("start", 0)), int(values.get("limit", 1000))
    archived = _ARCHIVED[str(values.get("archived", "false")).lower()]
    return list(stage.service.rows(RowsAsked(str(values["table"]), start, limit, archived)))


def _limit(stage: Stage, values: Mapping[str, Any]) -> Any:
    fields = dict(values)
    if not fields:
        stage.limits.enforce(stage.service.limits)
        return {name: [asdict(limit) for limit in limits] for name, limits in stage.service.limits.items()}
    name = str(fields.pop("endpoint_class", "default"))
    stage.limits.enforce({name: (Limit(**fields),)})
    return None


def _clock(stage: Stage, values: Mapping[str, Any]) -> Any:
    if values.get("run"):
        stage.clock.run()
    if "now" in values:
        stage.clock.freeze(str(values["now"]))
    stage.clock.advance(float(values.get("advance", 0)))
    return {"now": iso(stage.clock.now())}


def _latency(stage: Stage, values: Mapping[str, Any]) -> Any:
    stage.latency = float(values["seconds"])


def _change_tokens(stage: Stage, values: Mapping[str, Any]) -> Any:
    if "expires_in" in values:
        stage.tokens.expires_in = float(values["expires_in"])
    if "rotates" in values:
        stage.tokens.rotates = bool(values["rotates"])
    if values.get("expire"):
        stage.tokens.expire(static=bool(values.get("static")))
    if values.get("revoke_refresh"):
        stage.tokens.revoke_refresh()


def _write(stage: Stage, values: Mapping[str, Any]) -> Any:
    fields = dict(values)
    return stage.service.write(str(fields.pop("action")), fields)
