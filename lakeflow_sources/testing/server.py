"""One vendor's mock as an aiohttp application: calls are logged, checked, limited, answered, and spoilt on demand."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import Clock
from lakeflow_sources.testing.faults import Fault, Faults
from lakeflow_sources.testing.journal import Entry, Journal
from lakeflow_sources.testing.limits import Limits, Usage
from lakeflow_sources.testing.sabotage import INSTEAD, answer_instead, spoil
from lakeflow_sources.testing.tokens import Tokens
from lakeflow_sources.testing.vendor import Handler, Mock, Refusal, Route, Service, authorization

__all__ = ["CONTROL", "Planned", "Stage", "other_host", "vendor_routes"]

CONTROL = "/_mock"
_LOGGED_BODY = 4096


@dataclass
class Planned:
    """A write that comes right after the *count*th answer from now on whose path fits *path*."""

    path: str
    count: int
    action: str
    values: Mapping[str, Any]


@dataclass
class Stage:
    """One running mock with everything that can be changed while it runs."""

    mock: Mock
    service: Service
    clock: Clock
    tokens: Tokens
    journal: Journal
    faults: Faults
    limits: Limits = field(default_factory=Limits)
    latency: float = 0.0
    url: str = ""
    other_url: str = ""
    planned: list[Planned] = field(default_factory=list)
    another: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None
    """Opens one more mock like this one in the same process."""
    close: Callable[[str], Awaitable[None]] | None = None


def vendor_routes(stage: Stage) -> list[web.RouteDef]:
    """The vendor's endpoints, and one that answers everything else in the vendor's words."""
    known = [web.route(route.method, route.path, _entry(stage, route)) for route in stage.service.routes]
    return [*known, web.route("*", "/{path:.*}", _entry(stage, Route("*", "", _nowhere(stage))))]


def other_host(stage: Stage) -> web.Application:
    """The host that no client should ever follow a link to: it welcomes everybody and remembers them."""

    async def welcome(request: web.Request) -> web.Response:
        shown = authorization(request)
        stage.journal.stranger(request.method, request.host, request.path, credentials=bool(shown))
        if shown:
            stage.journal.credential(request.host, shown)
        return json_answer({})

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", welcome)])
    return app


def _nowhere(stage: Stage) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return stage.service.refuse(request, Refusal(HTTPStatus.NOT_FOUND, "no_route"))

    return handler


def _entry(stage: Stage, route: Route) -> Handler:
    async def entry(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        body = await _text(request)
        record = Entry(0, round(time.time(), 6), request.method, request.path, request.query_string, body)
        stage.journal.arrive(record, route.limit)
        status = 0
        try:
            if stage.latency:
                await asyncio.sleep(stage.latency)
            response = await _answer(stage, route, request, record)
            status = 0 if record.fault == "drop" else response.status
            _do_planned(stage, request.path)
        finally:
            stage.journal.leave(record, status, time.perf_counter() - began)
        return response

    return entry


def _do_planned(stage: Stage, path: str) -> None:
    for one in [one for one in stage.planned if re.search(one.path, path)]:
        one.count -= 1
        if one.count <= 0:
            stage.planned.remove(one)
            stage.service.write(one.action, one.values)


async def _answer(stage: Stage, route: Route, request: web.Request, record: Entry) -> web.StreamResponse:
    shown = stage.service.credentials(request)
    if shown:
        stage.journal.credential(request.host, shown)
    refused = _refused(stage, route, request, shown)
    if isinstance(refused, web.Response):
        return refused
    fault = stage.faults.pick(request.method, request.path, signed=route.signed)
    record.fault = fault.kind if fault else ""
    if fault and (fault.kind in INSTEAD or fault.kind.isdigit()):
        return await answer_instead(request, fault, stage.service, stage.other_url)
    response = await route.handler(request)
    response.headers.update(stage.service.rate_headers(request, refused))
    return await _spoilt(stage, request, response, fault)


async def _spoilt(
    stage: Stage, request: web.Request, response: web.StreamResponse, fault: Fault | None
) -> web.StreamResponse:
    if fault is None:
        return response
    return await spoil(request, fault, response, stage.service, (stage.url, stage.other_url))


def _refused(stage: Stage, route: Route, request: web.Request, shown: str) -> web.Response | list[Usage]:
    if route.signed:
        verdict = stage.tokens.judge(shown)
        if verdict != "good":
            return stage.service.refuse(request, Refusal(HTTPStatus.UNAUTHORIZED, verdict))
    usages = stage.limits.take(route.limit, shown)
    spent = max(usages, key=lambda usage: usage.wait, default=None)
    if spent is None or spent.wait <= 0:
        return usages
    headers = dict(stage.service.rate_headers(request, usages))
    refusal = Refusal(
        HTTPStatus.TOO_MANY_REQUESTS, "limited", headers, spent, spent.limit.policy, endpoint_class=route.limit
    )
    return stage.service.refuse(request, refusal)


async def _text(request: web.Request) -> str:
    if request.method in {hdrs.METH_GET, hdrs.METH_HEAD} or not request.can_read_body:
        return ""
    return (await request.read())[:_LOGGED_BODY].decode(errors="replace")
