"""The process of a workspace on loopback: `python -m lakeflow_sources.testing.workspace_server`."""

from __future__ import annotations

import asyncio
import hmac
import os
import sys
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from lakeflow_sources.testing import (
    workspace_access,
    workspace_catalog,
    workspace_jobs,
    workspace_pipelines,
    workspace_tree,
)
from lakeflow_sources.testing.workspace_faults import KINDS, Trouble, Troubles
from lakeflow_sources.testing.workspace_state import Handler, Refused, State, answer, body

__all__ = ["CONTROL", "Desk", "application"]

CONTROL = "/_workspace"
_BODY = 64 * 2**20
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *workspace_access.ROUTES,
    *workspace_catalog.ROUTES,
    *workspace_tree.ROUTES,
    *workspace_pipelines.ROUTES,
    *workspace_jobs.ROUTES,
)


class Desk:
    """One running workspace: what it holds, what was asked of it, what goes wrong."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.state = State()
        self.troubles = Troubles()
        self.journal: list[dict[str, Any]] = []


def application(desk: Desk) -> web.Application:
    """The calls of a workspace, and those that tests steer it with."""
    app = web.Application(client_max_size=_BODY)
    app.add_routes([web.get("/.well-known/databricks-config", _config)])
    app.add_routes([web.route(method, CONTROL + path, _steer(desk, act)) for method, path, act in _STEERING])
    app.add_routes([web.route(method, path, _entry(desk, handler)) for method, path, handler in _ROUTES])
    app.add_routes([web.route("*", "/{path:.*}", _entry(desk, _nowhere))])
    return app


async def _config(_: web.Request) -> web.Response:
    return answer({})


async def _nowhere(_: State, request: web.Request) -> web.Response:
    message = f"No API found for '{request.method} {request.path}'"
    raise Refused(HTTPStatus.NOT_FOUND, "ENDPOINT_NOT_FOUND", message)


def _entry(desk: Desk, handler: Handler) -> Any:
    async def entry(request: web.Request) -> web.StreamResponse:
        trouble = desk.troubles.next()
        line = {"method": request.method, "path": request.path, "query": request.query_string, "status": 0}
        desk.journal.append(line)
        shown = request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {desk.token}".encode()):
            response: web.StreamResponse = Refused(
                HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type."
            ).response()
        else:
            response = _instead(trouble) or await _done(desk.state, handler, request)
        if trouble == "drop" and request.transport is not None:
            request.transport.abort()
        if trouble == "hang":
            await asyncio.sleep(3600)
        line["status"] = response.status
        return response

    return entry


def _instead(trouble: str) -> web.Response | None:
    if trouble == "die":
        return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "The workspace went away.").response()
    if trouble == "limit":
        response = Refused(HTTPStatus.TOO_MANY_REQUESTS, "REQUEST_LIMIT_EXCEEDED", "Too many requests.").response()
        response.headers["Retry-After"] = "0"
        return response
    return None


async def _done(state: State, handler: Handler, request: web.Request) -> web.StreamResponse:
    try:
        return await handler(state, request)
    except Refused as refused:
        return refused.response()
    except KeyError as error:
        message = f"Missing required field: {error.args[0]}"
        return Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", message).response()


def _steer(desk: Desk, act: Any) -> Any:
    async def entry(request: web.Request) -> web.Response:
        return answer(await act(desk, request))

    return entry


async def _show_state(desk: Desk, _: web.Request) -> Any:
    return desk.state.shown()


async def _clear_state(desk: Desk, _: web.Request) -> Any:
    desk.state, desk.troubles = State(), Troubles()
    desk.journal.clear()
    return {}


async def _show_journal(desk: Desk, _: web.Request) -> Any:
    return desk.journal


async def _forget_journal(desk: Desk, _: web.Request) -> Any:
    desk.journal.clear()
    return {}


async def _set_trouble(desk: Desk, request: web.Request) -> Any:
    asked = await body(request)
    if asked.get("kind") not in KINDS:
        return {"error": f"{asked.get('kind')!r} is no trouble: write one of {', '.join(KINDS)}."}
    desk.troubles.set(Trouble(**asked))
    return {}


async def _end_trouble(desk: Desk, _: web.Request) -> Any:
    desk.troubles.set(None)
    return {}


async def _set_page_size(desk: Desk, request: web.Request) -> Any:
    desk.state.page_size = int((await body(request))["size"])
    return {}


_STEERING = (
    ("GET", "/state", _show_state),
    ("DELETE", "/state", _clear_state),
    ("GET", "/journal", _show_journal),
    ("DELETE", "/journal", _forget_journal),
    ("POST", "/trouble", _set_trouble),
    ("DELETE", "/trouble", _end_trouble),
    ("POST", "/page-size", _set_page_size),
)


async def _main() -> None:
    asked = orjson.loads(sys.stdin.buffer.readline())
    runner = web.AppRunner(application(Desk(asked["token"])), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(asked.get("port", 0))).start()
    sys.stdout.buffer.write(orjson.dumps({"port": runner.addresses[0][1], "pid": os.getpid()}) + b"\n")
    sys.stdout.buffer.flush()
    ended = asyncio.Event()
    loop, pipe = asyncio.get_running_loop(), sys.stdin.fileno()

    def readable() -> None:
        if not os.read(pipe, 4096):  # the process that started this one has ended
            loop.remove_reader(pipe)
            ended.set()

    loop.add_reader(pipe, readable)
    await ended.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_main())
