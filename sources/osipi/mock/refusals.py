"""Errors in the words of PI Web API."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Refusal

__all__ = ["Refused", "refuse", "unknown"]


class Refused(Exception):  # noqa: N818 - an answer of the API, raised from deep within it
    """An answer that is an error."""

    def __init__(self, status: int, *errors: str) -> None:
        self.status = status
        self.body = {"Errors": list(errors)}
        super().__init__(f"{status} {'; '.join(errors)}")


def unknown(webid: str) -> Refused:
    """404: nothing has this WebID."""
    return Refused(HTTPStatus.NOT_FOUND, f"The specified object was not found, or WebID '{webid}' is invalid.")


def refuse(request: web.Request, refusal: Refusal) -> web.Response:
    """What the framework refuses."""
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        body = {"Message": "Authorization has been denied for this request."}
        return json_answer(body, refusal.status, {"WWW-Authenticate": "Bearer", **refusal.headers})
    words = {
        HTTPStatus.TOO_MANY_REQUESTS: "Rate limit was reached.",
        HTTPStatus.FORBIDDEN: "The user does not have the rights that this needs.",
        HTTPStatus.NOT_FOUND: f"No HTTP resource was found that matches the request URI '{request.path}'.",
        HTTPStatus.BAD_GATEWAY: "The backend server is not reachable.",
    }
    text = next((words[status] for status in words if status == refusal.status), "An error occurred.")
    return json_answer({"Errors": [text]}, refusal.status, refusal.headers)
