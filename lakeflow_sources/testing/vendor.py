"""How a vendor's API is put on loopback: a frozen `MOCK` in `lakeflow_sources.sources.<name>.mock`.

MOCK = Mock(name, title, options, build)
  build(Setup) -> Service
    Setup      seed, records={"contacts": 50}, options={"expires_in": "5"}, clock, tokens, journal
    Service    routes      Route(method, aiohttp path, async handler(request), limit class, signed)
               refuse      (request, Refusal) -> the vendor's own error body: 401, 404, 429, 5xx, ...
               sign_ins    base URL -> {"name of the way": Spark options}; the first one is the usual one
               rows        RowsAsked -> a page of what a complete read must give, as JSON values
               write       (action, values) -> JSON; how a test changes the data between two reads
               limits      the vendor's documented limits by class, enforced with enforce_limits=true
               rate_headers, tamper, credentials: only where the vendor's differ from the defaults

The framework does what is the same for all: it starts the process, checks the credentials of signed routes
(`Setup.tokens` knows the good ones), enforces limits, spoils answers on demand, counts, logs, and
serves the control calls below `/_mock/`. Handlers answer as if nothing ever went wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import Clock
from lakeflow_sources.testing.journal import Journal
from lakeflow_sources.testing.limits import Limit, Usage
from lakeflow_sources.testing.tokens import Tokens

__all__ = [
    "COMMON_OPTIONS",
    "Handler",
    "Mock",
    "Refusal",
    "Route",
    "RowsAsked",
    "Service",
    "Setup",
    "authorization",
    "bearer_options",
]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

COMMON_OPTIONS: Mapping[str, str] = {
    "access_token": "the static token that is accepted",
    "client_id": "application that may ask for tokens",
    "client_secret": "its secret",
    "refresh_token": "refresh token that is accepted",
    "expires_in": "seconds that a token lives (1800)",
    "rotate_refresh": "true: a refresh token dies when it is used",
    "enforce_limits": "true: the vendor's documented limits are enforced",
    "latency": "seconds added to every call",
    "now": "ISO 8601 instant at which the clock stands still; real time without it",
}
"""What every mock understands, beside its own options."""


@dataclass(frozen=True)
class Setup:
    """What a mock is built from."""

    seed: int
    records: Mapping[str, int]
    options: Mapping[str, str]
    clock: Clock
    tokens: Tokens
    journal: Journal

    def text(self, name: str, default: str = "") -> str:
        """An option as text."""
        return self.options.get(name, default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An option that is `true` or `false`."""
        text = self.options.get(name, str(default)).lower()
        if text not in {"true", "false"}:
            raise ConfigurationError(f"The mock option {name} is {text!r}", "write true or false")
        return text == "true"

    def number(self, name: str, default: float) -> float:
        """An option that is a number."""
        text = self.options.get(name, str(default))
        try:
            return float(text)
        except ValueError:
            raise ConfigurationError(f"The mock option {name} is {text!r}", "write a number") from None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error to be put into the vendor's words.

    *reason*: `missing`, `unknown` or `expired` (credentials), `limited` (with *usage* where a real limit was hit),
    `no_route`, or `fault` for a status that a test asked for.
    """

    status: int
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Usage | None = None
    policy: str = ""
    endpoint_class: str = "default"


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; *limit* is the class whose limits count it, *signed* asks for credentials."""

    method: str
    path: str
    handler: Handler
    limit: str = "default"
    signed: bool = True


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """A page of a table's truth: at most *limit* rows from *start* on; *archived* `None` gives both kinds."""

    table: str
    start: int
    limit: int
    archived: bool | None


def authorization(request: web.Request) -> str:
    """The credential of a call where vendors usually look for it."""
    return request.headers.get("Authorization", "")


def _no_headers(_request: web.Request, _usages: Sequence[Usage]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Service:
    """One vendor's API, ready to be served."""

    routes: Sequence[Route]
    refuse: Callable[[web.Request, Refusal], web.Response]
    sign_ins: Callable[[str], Mapping[str, Mapping[str, str]]]
    tables: Callable[[], Sequence[str]]
    rows: Callable[[RowsAsked], Sequence[Any]]
    write: Callable[[str, Mapping[str, Any]], Any]
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    rate_headers: Callable[[web.Request, Sequence[Usage]], Mapping[str, str]] = _no_headers
    tamper: Callable[[str, web.Request, Any], Any] | None = None
    """Gives a parsed answer the shape of `endless_pages` or `foreign_next` where the default way does not do."""
    credentials: Callable[[web.Request], str] = authorization


@dataclass(frozen=True)
class Mock:
    """A vendor's mock as a value; *options* are its own ones, with a line of help each."""

    name: str
    title: str
    build: Callable[[Setup], Service]
    options: Mapping[str, str] = field(default_factory=dict)
    token_prefix: str = "mock"  # noqa: S105 - the beginning of made-up tokens


def bearer_options(setup: Setup) -> Mapping[str, Mapping[str, str]]:
    """The two usual ways in, made known to the tokens: a static token, and client with refresh token."""
    tokens = setup.tokens
    access = setup.text("access_token") or tokens.make("static")
    refresh = setup.text("refresh_token") or tokens.make("refresh")
    client_id = setup.text("client_id") or "mock-client"
    client_secret = setup.text("client_secret") or tokens.make("client")
    tokens.add_static(access)
    tokens.add_refresh(refresh)
    tokens.clients[client_id] = client_secret
    return {
        "access_token": {"access_token": access},
        "refresh_token": {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh},
    }
