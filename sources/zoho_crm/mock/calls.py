"""What all Zoho handlers share: versions in paths, errors as answers, credits, concurrency."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer, json_of
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .refusals import Refused, bad, denied, throttled

__all__ = ["Credits", "Routes", "body_of", "empty", "whole"]

_VERSION = r"{version:v[2-8](?:\.1)?}"
_NO_CONTENT = 204

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Credits:
    """What the account may still spend in 24 hours; nothing is refused while *limit* is 0."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def spend(self, cost: int) -> None:
        """Raise `Refused` when the credits are gone."""
        if self.limit and self.used + cost > self.limit:
            raise throttled("API credits exhausted")
        self.used += cost

    def headers(self) -> dict[str, str]:
        """Shown from the time on when half of them are used."""
        left = self.limit - self.used
        return {"X-API-CREDITS-REMAINING": str(left)} if self.limit and left * 2 <= self.limit else {}


class Routes:
    """Collects the routes of the API."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.credits = Credits(int(account.setup.number("credits", 0)))
        self._most = int(account.setup.number("concurrency", 0))
        self.found: list[Route] = []

    def add(
        self, method: str, path: str, handler: Handler, *, limit: str = "default", cost: int = 1, area: str = ""
    ) -> None:
        """A handler that may raise `Refused`; `{version}` in the path takes every version there is."""

        @functools.wraps(handler)
        async def answering(request: web.Request) -> web.Response:
            try:
                if self._most and self.account.setup.journal.running > self._most:
                    raise throttled()
                self.check(area)
                self.credits.spend(cost)
                answer = await handler(request)
            except Refused as refused:
                answer = refused.answer()
            answer.headers.update(self.credits.headers())
            return answer

        self.found.append(Route(method, path.replace("{version}", _VERSION), answering, limit))

    def check(self, area: str) -> None:
        """Raise the error that a test wants for *area*: a module, `coql`, `bulk`, `users`, `count`, ..."""
        if area in self.account.denied:
            raise denied(self.account.denied[area])


def empty() -> web.Response:
    """204: there are no rows."""
    return web.Response(status=_NO_CONTENT)


async def body_of(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a call; raises `Refused` where it is none."""
    body = await json_of(request)
    if not body:
        raise bad("INVALID_DATA", "body")
    return body


def whole(request: web.Request, name: str, default: int, *, most: int) -> int:
    """A whole number of the query; raises `Refused` for another one."""
    text = request.query.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) <= most:
        raise bad("INVALID_DATA", f"invalid value for {name}", param_name=name)
    return int(text)


def envelope(name: str, rows: list[Any], **info: Any) -> web.Response:
    """Rows under the name of their resource."""
    return json_answer({name: rows, "info": info} if info else {name: rows}) if rows else empty()


__all__ += ["envelope"]
