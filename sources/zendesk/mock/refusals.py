"""Errors in Zendesk's shapes, of which it has several."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "bad_paging", "forbidden", "invalid", "not_found", "refuse"]


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error; handlers raise it, and `calls.route` sends it."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{status} {body}")


def not_found() -> Refused:
    """404: no such record."""
    return Refused(HTTPStatus.NOT_FOUND, {"error": "RecordNotFound", "description": "Not found"})


def forbidden() -> Refused:
    """403: the role, scope or plan does not allow it; here `error` is an object."""
    said = "You do not have access to this page. Please contact the account owner of this help desk for further help."
    return Refused(HTTPStatus.FORBIDDEN, {"error": {"title": "Forbidden", "message": said}})


def invalid(description: str) -> Refused:
    """422: a value breaks a rule."""
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "InvalidValue", "description": description})


def bad_paging(detail: str) -> Refused:
    """400 in the shape of the newer endpoints."""
    error = {"code": "InvalidPaginationParameter", "title": "Bad Request", "detail": detail}
    return Refused(HTTPStatus.BAD_REQUEST, {"errors": [error]})


def refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses, in the vendor's words."""
    headers = dict(refusal.headers)
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        if refusal.usage is not None:
            headers.setdefault(hdrs.RETRY_AFTER, str(math.ceil(refusal.usage.wait)))
        said = "Number of allowed API requests per minute exceeded"
        return json_answer({"error": "APIRateLimitExceeded", "description": said}, refusal.status, headers)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        said = "The access token has expired" if refusal.reason == "expired" else "Couldn't authenticate you"
        body = {"error": "invalid_token", "error_description": said} if refusal.reason == "expired" else {"error": said}
        return json_answer(body, refusal.status, headers)
    if refusal.status == HTTPStatus.FORBIDDEN:
        return json_answer(forbidden().body, refusal.status, headers)
    if refusal.status == HTTPStatus.BAD_REQUEST:
        return web.Response(text="Bad Request", status=refusal.status, headers=headers)
    if refusal.reason == "no_route":
        body = {"error": "InvalidEndpoint", "description": "Not found"}
        return json_answer(body, refusal.status, headers)
    return json_answer({"error": "InternalError", "description": "Try again"}, refusal.status, headers)
