"""Sign-in with a signed statement (a JWT) in the place of a secret."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.oauth_session import Bearing, Send, mount, oauth_errors, token_of
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import Secret

__all__ = ["GitHubApp", "JwtBearer"]

_SKEW = 60  # seconds by which our clock may be ahead of the vendor's


@dataclass(frozen=True)
class JwtBearer(Bearing):
    """A signed statement instead of a secret: RS256 with the *private_key* whose certificate the vendor has."""

    url: str
    issuer: str
    subject: str
    audience: str
    private_key: Secret
    lifetime_seconds: int = 180
    extra: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = True

    def sign_in(self, send: Send) -> Token:
        """A new token for the subject."""
        from authlib.integrations.requests_client import AssertionSession

        with (
            oauth_errors(),
            AssertionSession(
                self.url,
                self.issuer,
                self.subject,
                self.audience,
                claims=dict(self.extra) or None,
                key=_key(self.private_key),
                header={"alg": "RS256"},
                expires_in=self.lifetime_seconds,
            ) as session,
        ):
            mount(session, send, again=True)
            return token_of(session.refresh_token())


@dataclass(frozen=True)
class GitHubApp(Bearing):
    """An installation of a GitHub app: a statement signed by the app is exchanged for an hour's token."""

    app_id: str
    installation_id: str
    private_key: Secret
    base_url: str = "https://api.github.com"
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    renewable_in_tasks: ClassVar[bool] = True
    lifetime_seconds: ClassVar[int] = 540
    """GitHub refuses more than ten minutes, counted by its own clock."""

    def sign_in(self, send: Send) -> Token:
        """A new installation token."""
        from joserfc import jwt

        now = int(time.time())
        claims = {"iss": self.app_id, "iat": now - _SKEW, "exp": now + self.lifetime_seconds}
        statement = jwt.encode({"alg": "RS256"}, claims, _key(self.private_key))
        url = f"{self.base_url.rstrip('/')}/app/installations/{self.installation_id}/access_tokens"
        headers = {"Accept": "application/vnd.github+json", **self.headers, "Authorization": f"Bearer {statement}"}
        answer = send(Request("POST", url, headers=tuple(headers.items()), rate="sign_in", signed=False)).json()
        found = answer if isinstance(answer, dict) else {}
        token = token_of({"access_token": found.get("token")})
        with contextlib.suppress(KeyError, TypeError, ValueError):  # without an end, a refusal tells that it has come
            return replace(token, expires_at=datetime.fromisoformat(found["expires_at"]).timestamp())
        return token


def _key(pem: Secret) -> Any:
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    text = pem.reveal().strip().replace("\\n", "\n")  # secret stores and environments keep keys on one line
    with contextlib.suppress(JoseError, ValueError, TypeError):
        key = RSAKey.import_key(text)
        if key.is_private:
            return key
    raise ConfigurationError(
        "private_key_secret is not an RSA private key in PEM form", "give the whole file, from -----BEGIN to -----END"
    )
