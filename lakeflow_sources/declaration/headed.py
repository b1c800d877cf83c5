"""Secret headers beside a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lakeflow_sources.http.auth import Auth, Renewing
from lakeflow_sources.http.faults import Fault, sign_in_faults
from lakeflow_sources.http.oauth_session import Send
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import Secret

__all__ = ["Headed"]


@dataclass(frozen=True)
class Headed:
    """The sign-in of *inner*, with further secret *headers* on each signed call: they go where credentials go only."""

    inner: Auth
    headers: tuple[tuple[str, Secret], ...]

    @property
    def renewable_in_tasks(self) -> bool:
        """As *inner*."""
        return self.inner.renewable_in_tasks

    def sign_in(self, send: Send) -> Token:
        """As *inner*."""
        return self.inner.sign_in(send)

    def renew(self, send: Send, refused: Token) -> Token:
        """As *inner*."""
        return self.inner.renew(send, refused) if isinstance(self.inner, Renewing) else self.inner.sign_in(send)

    def apply(self, request: Request, token: Token) -> Request:
        """As *inner*, and the headers."""
        signed = self.inner.apply(request, token)
        names = {name.lower() for name, _ in self.headers}
        kept = tuple(pair for pair in signed.headers if pair[0].lower() not in names)
        return replace(signed, headers=(*kept, *((name, value.reveal()) for name, value in self.headers)))

    def faults(self, response: Response) -> Fault | None:
        """As *inner*."""
        read: Callable[[Response], Fault | None] = getattr(self.inner, "faults", sign_in_faults)
        return read(response)
