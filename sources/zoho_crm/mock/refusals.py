"""Errors in Zoho's shape."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "bad", "denied", "not_found", "refuse", "throttled"]

_CODES = {
    HTTPStatus.UNAUTHORIZED: ("INVALID_TOKEN", "invalid oauth token"),
    HTTPStatus.FORBIDDEN: ("NO_PERMISSION", "permission denied"),
    HTTPStatus.NOT_FOUND: ("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"),
    HTTPStatus.TOO_MANY_REQUESTS: ("TOO_MANY_REQUESTS", "Too many requests fired in concurrent."),
}


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error; handlers raise it, and `calls.route` sends it."""

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        self.status = status
        self.body = {"code": code, "details": dict(details or {}), "message": message, "status": "error"}
        super().__init__(f"{status} {code}")

    def answer(self) -> web.Response:
        """The answer to send."""
        return json_answer(self.body, self.status)


def bad(code: str, message: str, **details: Any) -> Refused:
    """400: the call breaks a rule of the API."""
    return Refused(HTTPStatus.BAD_REQUEST, code, message, details)


def denied(code: str) -> Refused:
    """The user or the token may not do this."""
    if code == "OAUTH_SCOPE_MISMATCH":
        return Refused(HTTPStatus.UNAUTHORIZED, code, "invalid oauth scope to access this URL")
    if code in {"NO_PERMISSION", "AUTHORIZATION_FAILED", "FEATURE_NOT_ENABLED"}:
        return Refused(HTTPStatus.FORBIDDEN, code, "permission denied", {"permissions": ["Crm_Implied_View"]})
    return bad(code, "the request is not supported for this module")


def not_found(resource: str) -> Refused:
    """404: no such job or file."""
    return Refused(
        HTTPStatus.NOT_FOUND, "RESOURCE_NOT_FOUND", "The requested resource doesn't exist.", {"resource": resource}
    )


def throttled(message: str = "Too many requests fired in concurrent.") -> Refused:
    """429 for concurrency and for spent credits alike."""
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", message)


def refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses, in the vendor's words."""
    code, message = _CODES.get(HTTPStatus(refusal.status), ("INTERNAL_ERROR", "Internal Server Error"))
    body = {"code": code, "details": {}, "message": message, "status": "error"}
    return json_answer(body, refusal.status, refusal.headers)
