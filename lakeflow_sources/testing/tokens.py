"""Who may call a mock: static and short-lived tokens, user names with passwords, refresh tokens that may rotate."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lakeflow_sources.testing.clock import Clock

__all__ = ["Client", "Issued", "Tokens", "Verdict", "credential"]

Verdict = Literal["good", "expired", "unknown", "missing"]


@dataclass(frozen=True, slots=True)
class Client:
    """An application that may ask for tokens."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Issued:
    """An answer of the token endpoint; *refresh_token* is empty where the grant gives none."""

    access_token: str
    refresh_token: str
    expires_in: float


class Tokens:
    """Everything that signs in to one mock.

    *rotates*: a refresh token dies when it is used, and the answer carries the next one.
    """

    def __init__(
        self, clock: Clock, *, seed: int = 0, prefix: str = "mock", expires_in: float = 1800.0, rotates: bool = False
    ) -> None:
        self.clock = clock
        self.expires_in = expires_in
        self.rotates = rotates
        self.issued = 0
        self.refused = 0
        self.clients: dict[str, str] = {}
        self._secret = f"{prefix}-{seed}"
        self._prefix = prefix
        self._static: set[str] = set()
        self._users: dict[str, str] = {}
        self._expiry: dict[str, float] = {}
        self._refresh: set[str] = set()

    def make(self, purpose: str) -> str:
        """A token text that depends on the seed and the *purpose* only."""
        return f"{self._prefix}-{purpose}-{hashlib.sha256(f'{self._secret}/{purpose}'.encode()).hexdigest()[:32]}"

    def add_static(self, token: str) -> str:
        """Accept *token* for ever."""
        self._static.add(token)
        return token

    def add_user(self, name: str, password: str) -> None:
        """Accept this pair in basic authentication, and in the password grant."""
        self._users[name] = password

    def add_client(self, client: Client) -> None:
        """Let this application ask for tokens."""
        self.clients[client.client_id] = client.client_secret

    def add_refresh(self, token: str) -> str:
        """Accept *token* in the refresh grant."""
        self._refresh.add(token)
        return token

    def is_client(self, client_id: str, client_secret: str) -> bool:
        """Whether the pair belongs to a known application."""
        return client_id in self.clients and self.clients[client_id] == client_secret

    def is_user(self, name: str, password: str) -> bool:
        """Whether the pair belongs to a known user."""
        return name in self._users and self._users[name] == password

    def issue(self, *, refresh_token: str = "") -> Issued:
        """A new access token with the usual life time."""
        self.issued += 1
        access = self.make(f"access{self.issued}")
        self._expiry[access] = self.clock.steady() + self.expires_in
        return Issued(access, refresh_token, self.expires_in)

    def renew(self, refresh_token: str) -> Issued | None:
        """The answer to a refresh grant, or `None` where the refresh token is not (or no longer) good."""
        if refresh_token not in self._refresh:
            self.refused += 1
            return None
        if not self.rotates:
            return self.issue(refresh_token=refresh_token)
        self._refresh.discard(refresh_token)
        return self.issue(refresh_token=self.add_refresh(self.make(f"refresh{self.issued + 1}")))

    def revoke_refresh(self) -> None:
        """Let every refresh token die."""
        self._refresh.clear()

    def expire(self, *, static: bool = False) -> None:
        """Let all issued tokens expire now; the *static* ones too where asked."""
        for token in [*self._expiry, *(self._static if static else ())]:
            self._expiry[token] = float("-inf")

    def judge(self, authorization: str) -> Verdict:
        """What an `Authorization` header is worth, whatever word stands before the token."""
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "basic":
            return "good" if self.is_user(*_pair(value)) else "unknown"
        return self.judge_token(value.strip() or scheme)

    def judge_token(self, token: str) -> Verdict:
        """What a bare token is worth."""
        if not token:
            return "missing"
        if token in self._expiry:
            return "good" if self.clock.steady() < self._expiry[token] else "expired"
        return "good" if token in self._static else "unknown"


def credential(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    """Client id and secret of a token call, from its body or from basic authentication."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _pair(value)
    return form.get("client_id", ""), form.get("client_secret", "")


def _pair(encoded: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
