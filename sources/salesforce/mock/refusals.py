"""Errors in Salesforce's shape: an array of objects with `errorCode` and `message`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "bad", "bad_query", "daily_limit", "not_found", "refuse"]


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error; handlers raise it, and `calls.route` sends it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.body: list[dict[str, Any]] = [{"message": message, "errorCode": code}]
        super().__init__(f"{status} {code}: {message}")

    def answer(self) -> web.Response:
        """The answer to send."""
        return json_answer(self.body, self.status)


def bad(code: str, message: str) -> Refused:
    """400: the call breaks a rule of the API."""
    return Refused(HTTPStatus.BAD_REQUEST, code, message)


def bad_query(query: str, message: str) -> Refused:
    """400: the text is no SOQL that the API takes."""
    return bad("MALFORMED_QUERY", f"{query[:120]}\n^\nERROR at Row:1:Column:1\n{message}")


def not_found() -> Refused:
    """404: no such resource, object, job or record."""
    return Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")


def daily_limit() -> Refused:
    """403: the org's calls of the last 24 hours are spent."""
    return Refused(HTTPStatus.FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses, in the vendor's words."""
    code, message = _words(refusal)
    status = HTTPStatus.FORBIDDEN if refusal.reason == "limited" and refusal.usage else refusal.status
    return json_answer([{"message": message, "errorCode": code}], status, refusal.headers)


def _words(refusal: Refusal) -> tuple[str, str]:
    if refusal.reason == "limited" and refusal.usage:
        return "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return {
        HTTPStatus.UNAUTHORIZED: ("INVALID_SESSION_ID", "Session expired or invalid"),
        HTTPStatus.FORBIDDEN: ("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."),
        HTTPStatus.NOT_FOUND: ("NOT_FOUND", "The requested resource does not exist"),
        HTTPStatus.SERVICE_UNAVAILABLE: ("SERVER_UNAVAILABLE", "server is unavailable"),
    }.get(HTTPStatus(refusal.status), ("UNKNOWN_EXCEPTION", "An unexpected error occurred."))
