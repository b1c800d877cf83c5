"""What all handlers share: paths with or without `.json`, errors as answers, areas that a test has closed."""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .refusals import Refused, bad_paging

__all__ = ["number", "opaque", "plain", "route", "whole"]

_JSON = r"{json:(?:\.json)?}"


def route(
    account: Account,
    path: str,
    handler: Callable[[web.Request], Any],
    *,
    area: str = "",
    limit: str = "default",
) -> Route:
    """GET `/api/v2/path`; *handler* gives the JSON of the answer or raises `Refused`, *area* may be denied."""

    @functools.wraps(handler)
    async def answering(request: web.Request) -> web.Response:
        try:
            account.enter(area)
            return json_answer(handler(request))
        except Refused as refused:
            return json_answer(refused.body, refused.status)

    return Route("GET", f"/api/v2/{path}{_JSON}", answering, limit)


def whole(request: web.Request, name: str, default: int | None) -> int | None:
    """A whole number of the query."""
    text = request.query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d+", text):
        raise bad_paging(f"{name} is not a whole number")
    return int(text)


def number(request: web.Request) -> int:
    """The id in the path."""
    return int(request.match_info["id"])


def opaque(*parts: int) -> str:
    """A cursor that callers cannot read."""
    return base64.urlsafe_b64encode("||".join(map(str, parts)).encode()).decode().rstrip("=")


def plain(cursor: str) -> tuple[int, ...]:
    """The numbers in a cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return tuple(int(part) for part in text.split("||"))
    except (binascii.Error, ValueError):
        raise bad_paging("the cursor is not valid") from None
