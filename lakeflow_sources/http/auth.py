"""How a connection proves who it is: small values that sign in and sign requests."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Protocol, runtime_checkable

from lakeflow_sources.http.assertions import GitHubApp, JwtBearer
from lakeflow_sources.http.oauth import ClientCredentials, Password, RefreshToken
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import Secret

__all__ = [
    "ApiKey",
    "Auth",
    "Basic",
    "Bearer",
    "BearerPool",
    "ClientCredentials",
    "GitHubApp",
    "JwtBearer",
    "NoAuth",
    "Password",
    "RefreshToken",
    "Renewing",
]


class Auth(Protocol):
    """What a connector's `auth` returns.

    `sign_in` is called on the driver, and in tasks when *renewable_in_tasks*; what it sends goes out unsigned, with
    retries and redaction, and raises the client's errors. `apply` adds the token to a call, without any network.
    """

    @property
    def renewable_in_tasks(self) -> bool:
        """Whether several tasks may sign in on their own: not where each sign-in ends the one before."""
        ...

    def sign_in(self, send: Callable[[Request], Response]) -> Token:
        """A token that is good now."""
        ...

    def apply(self, request: Request, token: Token) -> Request:
        """*request* with the credentials."""
        ...


@runtime_checkable
class Renewing(Protocol):
    """An `Auth` that gives a token to several processes, and so has to know which one is good no more."""

    def renew(self, send: Callable[[Request], Response], refused: Token) -> Token:
        """A token other than the one that the vendor *refused*."""
        ...


@dataclass(frozen=True, slots=True)
class NoAuth:
    """A service that needs no credentials."""

    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send: Callable[[Request], Response]) -> Token:  # noqa: ARG002 (nothing to send)
        return Token(Secret(""))

    def apply(self, request: Request, token: Token) -> Request:  # noqa: ARG002 (nothing to add)
        return request


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that somebody made in the vendor's settings."""

    token: Secret
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send: Callable[[Request], Response]) -> Token:  # noqa: ARG002 (nothing to send)
        return Token(self.token)

    def apply(self, request: Request, token: Token) -> Request:
        return request.with_headers(Authorization=f"{self.scheme} {token.access.reveal()}")


@dataclass(frozen=True, slots=True)
class BearerPool:
    """Several tokens in a comma list: each has a quota of its own, and calls go to the one with the most left."""

    tokens: Secret
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send: Callable[[Request], Response]) -> Token:  # noqa: ARG002 (nothing to send)
        parts = (part.strip() for part in self.tokens.reveal().split(","))
        pool = tuple(Secret(part) for part in dict.fromkeys(parts) if part)
        return Token(pool[0] if pool else Secret(""), pool=pool)

    def apply(self, request: Request, token: Token) -> Request:
        return request.with_headers(Authorization=f"{self.scheme} {token.access.reveal()}")


@dataclass(frozen=True, slots=True)
class Basic:
    """User name and password with every call."""

    username: str
    password: Secret
    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send: Callable[[Request], Response]) -> Token:  # noqa: ARG002 (nothing to send)
        pair = f"{self.username}:{self.password.reveal()}"
        return Token(Secret(base64.b64encode(pair.encode()).decode()))

    def apply(self, request: Request, token: Token) -> Request:
        return request.with_headers(Authorization=f"Basic {token.access.reveal()}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in the header or query parameter *name*."""

    name: str
    key: Secret
    where: Literal["header", "query"] = "header"
    renewable_in_tasks: ClassVar[bool] = False

    def sign_in(self, send: Callable[[Request], Response]) -> Token:  # noqa: ARG002 (nothing to send)
        return Token(self.key)

    def apply(self, request: Request, token: Token) -> Request:
        value = token.access.reveal()
        if self.where == "query":
            return request.with_params(**{self.name: value})
        kept = tuple(pair for pair in request.headers if pair[0].lower() != self.name.lower())
        return replace(request, headers=(*kept, (self.name, value)))
