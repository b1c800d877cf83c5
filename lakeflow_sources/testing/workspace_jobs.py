"""Jobs of a workspace on loopback: names that may repeat, settings with the defaults that the service adds."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.workspace_state import Refused, State, answer, body, number, page

__all__ = ["ROUTES"]

_JOBS = "/api/2.2/jobs"
_LARGEST_PAGE = 25


async def _create(state: State, request: web.Request) -> web.Response:
    settings = await body(request)
    access = settings.pop("access_control_list", None)
    _check(settings)
    job = next(state.ids)
    state.jobs[job] = {"job_id": job, "settings": settings, "created_time": next(state.clock)}
    if access:
        state.permissions[f"jobs/{job}"] = access
    return answer({"job_id": job})


async def _get(state: State, request: web.Request) -> web.Response:
    job = _job(state, request.query.get("job_id"))
    return answer({**job, "settings": _completed(job["settings"])})


async def _list(state: State, request: web.Request) -> web.Response:
    name = request.query.get("name", "").lower()
    found = [job for job in state.jobs.values() if not name or job["settings"].get("name", "").lower() == name]
    size = state.page_size
    state.page_size = min(size, _LARGEST_PAGE)
    shown, following = page(state, request, found[::-1], "limit")  # newest first
    state.page_size = size
    if not shown:
        return answer({})
    expand = request.query.get("expand_tasks") == "true"
    jobs = [{**job, "settings": _completed(job["settings"], tasks=expand)} for job in shown]
    more = {"next_page_token": following} if following else {}
    return answer({"jobs": jobs, "has_more": bool(following), **more})


async def _reset(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    job = _job(state, asked.get("job_id"))
    settings = asked.get("new_settings") or {}
    _check(settings)
    kept = {"run_as": job["settings"]["run_as"]} if "run_as" in job["settings"] else {}
    job["settings"] = {**kept, **settings}
    return answer({})


async def _update(state: State, request: web.Request) -> web.Response:
    asked = await body(request)
    job = _job(state, asked.get("job_id"))
    settings = {**job["settings"]}
    for name in asked.get("fields_to_remove", ()):
        settings.pop(name, None)
    for name, value in (asked.get("new_settings") or {}).items():
        settings[name] = _joined(settings.get(name), value) if name == "tasks" else value
    _check(settings)
    job["settings"] = settings
    return answer({})


async def _delete(state: State, request: web.Request) -> web.Response:
    job = _job(state, (await body(request)).get("job_id"))
    del state.jobs[job["job_id"]]
    state.permissions.pop(f"jobs/{job['job_id']}", None)
    return answer({})


def _job(state: State, text: Any) -> dict[str, Any]:
    job = number(text, "job_id")
    if job not in state.jobs:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", f"Job {job} does not exist.")
    return state.jobs[job]


def _check(settings: dict[str, Any]) -> None:
    wrong = ""
    if "schedule" in settings and "continuous" in settings:
        wrong = "schedule and continuous exclude each other."
    elif "schedule" in settings and "?" not in settings["schedule"].get("quartz_cron_expression", ""):
        wrong = "The cron expression is invalid."
    if wrong:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", wrong)


def _joined(old: list[dict[str, Any]] | None, new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tasks = {task["task_key"]: task for task in old or ()}
    return list({**tasks, **{task["task_key"]: task for task in new}}.values())


def _completed(settings: dict[str, Any], *, tasks: bool = True) -> dict[str, Any]:
    defaults = {"email_notifications": {}, "webhook_notifications": {}, "timeout_seconds": 0, "format": "MULTI_TASK"}
    shown = {**defaults, **settings}
    listed = [{"run_if": "ALL_SUCCESS", **task} for task in shown.pop("tasks", ())]
    return {**shown, **({"tasks": listed} if tasks and listed else {})}


ROUTES = (
    ("POST", f"{_JOBS}/create", _create),
    ("GET", f"{_JOBS}/get", _get),
    ("GET", f"{_JOBS}/list", _list),
    ("POST", f"{_JOBS}/reset", _reset),
    ("POST", f"{_JOBS}/update", _update),
    ("POST", f"{_JOBS}/delete", _delete),
)
"""Method, path and handler of each call."""
