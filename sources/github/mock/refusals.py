"""Errors in GitHub's words."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "forbidden", "missing", "refuse", "secondary", "spent"]

_DOCS = "https://docs.github.com/rest"
_LEGAL = 451
_serial = itertools.count(1)


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error; handlers raise it."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        self.status = status
        self.headers = {"X-GitHub-Request-Id": f"0000:{next(_serial):06X}", **(headers or {})}
        self.body = {"message": message, "documentation_url": _DOCS, "status": str(status), **more}
        super().__init__(f"{status} {message}")

    def answer(self) -> web.Response:
        """The answer to send."""
        return json_answer(self.body, self.status, self.headers)


def missing() -> Refused:
    """404: it is not there, or this token may not know that it is."""
    return Refused(HTTPStatus.NOT_FOUND, "Not Found")


def forbidden(permission: str) -> Refused:
    """403: the token lacks a permission, which a header names."""
    headers = {"X-Accepted-GitHub-Permissions": permission}
    return Refused(HTTPStatus.FORBIDDEN, "Resource not accessible by personal access token", headers)


def spent(reset: int, resource: str, limit: int) -> Refused:
    """403: the primary limit is used up until *reset*."""
    headers = {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Used": str(limit),
        "X-RateLimit-Reset": str(reset),
        "X-RateLimit-Resource": resource,
    }
    return Refused(HTTPStatus.FORBIDDEN, "API rate limit exceeded for user ID 1.", headers)


def secondary(retry_after: float | None) -> Refused:
    """403: too much at once; sometimes without saying for how long."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return Refused(
        HTTPStatus.FORBIDDEN, "You have exceeded a secondary rate limit. Please wait a few minutes.", headers
    )


def refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses, in the vendor's words."""
    return _refused(refusal).answer()


def _refused(refusal: Refusal) -> Refused:
    headers = dict(refusal.headers)
    if refusal.reason == "limited":
        wait = refusal.usage.wait if refusal.usage else None
        if wait is not None and "Retry-After" not in headers:
            headers["Retry-After"] = str(max(1, round(wait + 0.5)))
        return Refused(HTTPStatus.FORBIDDEN, "You have exceeded a secondary rate limit.", headers)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return Refused(refusal.status, "Requires authentication" if refusal.reason == "missing" else "Bad credentials")
    if refusal.status == HTTPStatus.NOT_FOUND:
        return missing()
    if refusal.status == HTTPStatus.FORBIDDEN:
        return forbidden("metadata=read")
    if refusal.status == _LEGAL:
        return Refused(_LEGAL, "Repository access blocked", headers)
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1)}
        return Refused(refusal.status, "API rate limit exceeded", {**reset, **headers})
    return Refused(refusal.status, "Server Error", headers)
