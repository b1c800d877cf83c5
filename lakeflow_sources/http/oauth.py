"""OAuth grants: Authlib speaks the protocol, our client carries what it says."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from lakeflow_sources.errors import SignInError
from lakeflow_sources.http.machine import alone
from lakeflow_sources.http.oauth_session import Bearing, Send, Style, oauth_session, token_of
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.signing import fingerprint
from lakeflow_sources.http.token import Token, TokenStore
from lakeflow_sources.redact import Secret

__all__ = ["ClientCredentials", "Password", "RefreshToken"]

_LOG = logging.getLogger("lakeflow_sources.http")


@dataclass(frozen=True)
class ClientCredentials(Bearing):
    """The program signs in as itself."""

    url: str
    client_id: str
    client_secret: Secret
    scope: str = ""
    style: Style = "basic"
    extra: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = True

    def sign_in(self, send: Send) -> Token:
        """A new token for the program."""
        with oauth_session(send, self.client_id, self.client_secret, self.style) as session:
            more = {"scope": self.scope} if self.scope else {}
            return token_of(session.fetch_token(self.url, grant_type="client_credentials", **more, **self.extra))


@dataclass(frozen=True)
class Password(Bearing):
    """The program signs in as a user."""

    url: str
    client_id: str
    client_secret: Secret
    username: str
    password: Secret
    style: Style = "body"
    extra: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = True

    def sign_in(self, send: Send) -> Token:
        """A new token for the user."""
        with oauth_session(send, self.client_id, self.client_secret, self.style) as session:
            user = {"username": self.username, "password": self.password.reveal()}
            return token_of(session.fetch_token(self.url, grant_type="password", **user, **self.extra))


@dataclass(frozen=True)
class RefreshToken(Bearing):
    """A user's consent, kept as a refresh token; *rotates*: each use ends it and gives the next one.

    The next one goes to *store* before the access token that came with it is used.
    """

    url: str
    client_id: str
    client_secret: Secret
    refresh_token: Secret
    rotates: bool = False
    style: Style = "body"
    store: TokenStore | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"

    @property
    def renewable_in_tasks(self) -> bool:
        """A single-use token belongs to the driver alone."""
        return not self.rotates

    def sign_in(self, send: Send) -> Token:
        """A new access token; one program of this machine at a time, as two uses of one token may end both."""
        memory: dict[str, str] = shared(f"refresh:{fingerprint(self)}", dict)
        with alone(f"refresh:{self.url}:{self.client_id}"):
            stored = self.store.load() if self.store else None
            known = dict.fromkeys(filter(None, (stored, memory.get("token"), self.refresh_token.reveal())))
            current, answer = self._first_good(send, list(known))
            following = str(answer.get("refresh_token") or current)
            if following != current:
                memory["token"] = following
                self._keep(following)
        return replace(token_of(answer), refresh=Secret(following))

    def _first_good(self, send: Send, known: list[str]) -> tuple[str, Mapping[str, Any]]:
        """The newest refresh token that is accepted, with its answer: a person may have replaced the one in a store."""
        first, *others = known
        try:
            with oauth_session(send, self.client_id, self.client_secret, self.style, again=not self.rotates) as session:
                return first, session.refresh_token(self.url, refresh_token=first, **self.extra)
        except SignInError:
            if not others:
                raise
        return self._first_good(send, others)

    def _keep(self, following: str) -> None:
        if self.store:
            self.store.save(following)
        else:
            _LOG.warning(
                "%s gave another refresh token and there is no token store to keep it in: the one in the options may "
                "be spent when the next run needs it. Set token_store_scope and token_store_key, or token_store_file",
                self.url,
            )
