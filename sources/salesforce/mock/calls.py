"""What all Salesforce handlers share: the version in the path, the calls of the day, errors as answers."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_of
from lakeflow_sources.testing.vendor import Route

from .org import Org
from .refusals import Refused, bad, daily_limit, not_found

__all__ = ["DATA", "body_of", "data_route", "version_of"]

DATA = "/services/data/v{version}"
_LONGEST = 16_384
_OLDEST, _NEWEST = 31, 67
_VERSION = re.compile(r"(\d+)\.0")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def data_route(org: Org, method: str, path: str, handler: Handler, *, limit: str = "default") -> Route:
    """A route below `/services/data/vNN.0` whose handler may raise `Refused`."""

    @functools.wraps(handler)
    async def answering(request: web.Request) -> web.StreamResponse:
        if len(str(request.rel_url)) + sum(len(key) + len(text) for key, text in request.headers.items()) > _LONGEST:
            return web.Response(status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        org.spend()
        try:
            version_of(request)
            if org.daily_used > org.daily_most:
                raise daily_limit()
            return await handler(request)
        except Refused as refused:
            return refused.answer()

    return Route(method, DATA + path, answering, limit)


def version_of(request: web.Request) -> str:
    """The version that a path names; raises `Refused` where it is not served."""
    text = request.match_info["version"]
    match = _VERSION.fullmatch(text)
    if match is None or int(match[1]) > _NEWEST:
        raise not_found()
    if int(match[1]) < _OLDEST:
        raise Refused(HTTPStatus.GONE, "UNSUPPORTED_API_VERSION", f"API version {text} is not supported.")
    return text


async def body_of(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a call; raises `Refused` where it is none."""
    body = await json_of(request)
    if body is None:
        raise bad("JSON_PARSER_ERROR", "The JSON of the request body cannot be parsed")
    return body
