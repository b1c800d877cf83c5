"""What all HubSpot handlers share: versions in paths, errors as answers, pages of plain lists."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer, json_of
from lakeflow_sources.testing.vendor import Route

from .refusals import Refused, not_valid

__all__ = ["body_of", "page_of", "route", "whole"]

_VERSIONS = "{version:2025-09|2026-03|2026-09}"
_LONGEST = 8_000
_INTEGER = re.compile(r"\d+")


def route(
    method: str,
    path: str,
    handler: Callable[[web.Request], Awaitable[web.Response]],
    *,
    limit: str = "default",
    signed: bool = True,
) -> Route:
    """A route whose handler may raise `Refused`; `{version}` in the path takes every dated version there is."""

    @functools.wraps(handler)
    async def answering(request: web.Request) -> web.Response:
        if len(str(request.url)) > _LONGEST:
            return web.Response(text="414 Request-URI Too Large", status=HTTPStatus.REQUEST_URI_TOO_LONG)
        try:
            return await handler(request)
        except Refused as refused:
            return refused.answer()

    return Route(method, path.replace("{version}", _VERSIONS), answering, limit, signed)


async def body_of(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a call; raises `Refused` where it is none."""
    body = await json_of(request)
    if body is None:
        raise not_valid("Invalid input JSON")
    return body


def whole(request: web.Request, name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
    """A whole number of the query; raises `Refused` for another one."""
    text = request.query.get(name, str(default))
    if not _INTEGER.fullmatch(text) or int(text) < least or (most is not None and int(text) > most):
        raise not_valid(f"{name} must be a whole number of at least {least} and at most {most}, not {text!r}")
    return int(text)


def page_of(
    request: web.Request, rows: Sequence[Mapping[str, Any]], *, usual: int, most: int, extra: Mapping[str, Any]
) -> web.Response:
    """A page of *rows*; `after` is opaque to callers, here the place of the first row."""
    limit = whole(request, "limit", usual, most=most)
    start = whole(request, "after", 0, least=0)
    answer: dict[str, Any] = {**extra, "results": rows[start : start + limit]}
    if start + limit < len(rows):
        link = f"{request.scheme}://{request.host}{request.path}?limit={limit}&after={start + limit}"
        answer["paging"] = {"next": {"after": str(start + limit), "link": link}}
    return json_answer(answer)
