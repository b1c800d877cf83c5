"""Errors in HubSpot's shape."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "missing_scope", "no_object", "not_valid", "refuse", "unknown_type"]

_MIGRATING = 477
_serial = itertools.count(1)


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error; handlers raise it, and `objects.answering` sends it."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{status} {body.get('message')}")

    def answer(self) -> web.Response:
        """The answer to send."""
        return json_answer(self.body, self.status)


def not_valid(message: str) -> Refused:
    """400: the call breaks a rule of the API."""
    return Refused(HTTPStatus.BAD_REQUEST, _body(message, "VALIDATION_ERROR"))


def unknown_type(name: str) -> Refused:
    """404: there is no such object type."""
    return Refused(HTTPStatus.NOT_FOUND, _body(f"Unable to infer object type from: {name}", "OBJECT_NOT_FOUND"))


def no_object(message: str) -> Refused:
    """404: there is no such record, list or pipeline."""
    return Refused(HTTPStatus.NOT_FOUND, _body(message, "OBJECT_NOT_FOUND"))


def missing_scope(scopes: Sequence[str]) -> Refused:
    """403: the token lacks a scope; the body names it."""
    said = {"message": "One of these scopes is needed.", "context": {"requiredGranularScopes": list(scopes)}}
    body = _body("This app has not been granted all scopes that this call needs.", "MISSING_SCOPES")
    return Refused(HTTPStatus.FORBIDDEN, {**body, "errors": [said]})


def refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses, in the vendor's words."""
    body = _limited(refusal) if refusal.reason == "limited" else _plain(refusal)
    return json_answer(body, refusal.status, refusal.headers)


def _plain(refusal: Refusal) -> dict[str, Any]:
    if refusal.reason == "expired":
        return _body("The OAuth token used to make this call has expired.", "EXPIRED_AUTHENTICATION")
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return _body("Authentication credentials were not found or are not valid.", "INVALID_AUTHENTICATION")
    if refusal.status == HTTPStatus.FORBIDDEN:
        return dict(missing_scope(["crm.objects.contacts.read"]).body)
    if refusal.status == HTTPStatus.LOCKED:
        return _body("The resource is locked by another operation.", "RESOURCE_LOCKED")
    if refusal.status == _MIGRATING:
        return _body("The account is being moved to another data center.", "MIGRATION_IN_PROGRESS")
    if refusal.status == HTTPStatus.NOT_FOUND:
        return _body("Resource not found.", "OBJECT_NOT_FOUND")
    return _body("There was a problem with the request.", "INTERNAL_ERROR")


def _limited(refusal: Refusal) -> dict[str, Any]:
    search = refusal.endpoint_class == "search"
    policy = refusal.policy or ("SECONDLY" if search else "TEN_SECONDLY_ROLLING")
    word = {"DAILY": "daily", "SECONDLY": "secondly"}.get(policy, "ten_secondly_rolling")
    return {
        "status": "error",
        "message": f"You have reached your {word} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": _correlation(),
        "policyName": policy,
        "requestId": _correlation(),
    }


def _body(message: str, category: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "correlationId": _correlation(), "category": category}


def _correlation() -> str:
    return f"00000000-0000-4000-8000-{next(_serial):012x}"
