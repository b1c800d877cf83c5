"""What a workspace on loopback holds, and how its services refuse."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

__all__ = ["Handler", "Refused", "State", "answer", "body", "number", "page"]

Handler = Callable[["State", web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):  # noqa: N818 - an answer of the service, not a failure of it
    """An answer in the words of the workspace: status, error code, message."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> web.Response:
        """The answer itself."""
        return answer({"error_code": self.code, "message": self.message}, self.status)


@dataclass
class State:
    """Everything that calls can change; *pipelines* and *jobs* by id, the rest by full name or path."""

    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    volumes: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {"/", "/Shared", "/Users"})
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    pipelines: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    scopes: dict[str, dict[str, bytes]] = field(default_factory=dict)
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page_size: int = 100
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(101))
    clock: Iterator[int] = field(default_factory=lambda: itertools.count(1_790_000_000_000))

    def shown(self) -> dict[str, Any]:
        """All of it as JSON; files in base64, secrets by name only."""
        return {
            "schemas": self.schemas,
            "volumes": self.volumes,
            "files": {path: base64.b64encode(content).decode() for path, content in self.files.items()},
            "folders": sorted(self.folders),
            "objects": self.objects,
            "pipelines": self.pipelines,
            "jobs": {str(number): job for number, job in self.jobs.items()},
            "scopes": {scope: sorted(keys) for scope, keys in self.scopes.items()},
            "permissions": self.permissions,
        }


def answer(value: Any, status: int = HTTPStatus.OK) -> web.Response:
    """*value* as JSON."""
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a call."""
    text = await request.read()
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "MALFORMED_REQUEST", "The body is not a JSON object.")
    return found


def number(text: Any, name: str) -> int:
    """A whole number of a call."""
    try:
        return int(text)
    except (TypeError, ValueError):
        message = f"{name} must be a number, got {text!r}."
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", message) from None


def page(state: State, request: web.Request, items: Sequence[Any], asked: str) -> tuple[list[Any], str | None]:
    """One page of *items* and the token of the next; *asked* is the parameter that sizes it."""
    size = min(number(request.query.get(asked) or state.page_size, asked), state.page_size)
    start = number(request.query.get("page_token") or 0, "page_token")
    following = start + size
    return list(items[start:following]), str(following) if following < len(items) else None
