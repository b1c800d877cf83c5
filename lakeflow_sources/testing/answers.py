"""Small ways to read calls and to write answers that every mock needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

__all__ = ["form_of", "json_answer", "json_of"]

_FORM = "application/x-www-form-urlencoded"


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """*value* as JSON; bytes are taken as JSON that is already written."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return web.Response(body=body, status=status, headers=headers, content_type="application/json", charset="utf-8")


async def json_of(request: web.Request) -> Mapping[str, Any] | None:
    """The JSON object of a call, `{}` for an empty body, `None` where it is none."""
    body = await request.read()
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


async def form_of(request: web.Request) -> Mapping[str, str]:
    """The fields of a token call: of a form, or of a JSON object."""
    if request.content_type == _FORM:
        return {key: str(value) for key, value in (await request.post()).items()}
    return {key: str(value) for key, value in (await json_of(request) or {}).items()}
