"""OAuth grants: Authlib speaks the protocol, our client carries what it says."""

from __future__ import annotations

import contextlib
import io
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl

import orjson
import requests
from requests.adapters import BaseAdapter

from lakeflow_sources.errors import ConfigurationError, LakeflowError, SignInError
from lakeflow_sources.http.machine import alone
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.signing import fingerprint
from lakeflow_sources.http.token import Token, TokenStore
from lakeflow_sources.redact import SECRET_NAME, Secret

__all__ = ["ClientCredentials", "GitHubApp", "JwtBearer", "Password", "RefreshToken"]

_LOG = logging.getLogger("lakeflow_sources.http")
Send = Callable[[Request], Response]
Style = Literal["basic", "body", "json"]
_METHODS: Mapping[Style, str] = {
    "basic": "client_secret_basic",
    "body": "client_secret_post",
    "json": "client_secret_json",
}
_OWN_HEADERS = frozenset({"content-length", "user-agent", "accept-encoding", "connection"})
_SKEW = 60  # seconds by which our clock may be ahead of the vendor's


class _Bearing:
    """Signs calls with the access token."""

    scheme: str

    def apply(self, request: Request, token: Token) -> Request:
        """*request* with the access token in its header."""
        return request.with_headers(Authorization=f"{self.scheme} {token.access.reveal()}")


@dataclass(frozen=True)
class ClientCredentials(_Bearing):
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
        with _session(send, self.client_id, self.client_secret, self.style) as session:
            more = {"scope": self.scope} if self.scope else {}
            return _token(session.fetch_token(self.url, grant_type="client_credentials", **more, **self.extra))


@dataclass(frozen=True)
class Password(_Bearing):
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
        with _session(send, self.client_id, self.client_secret, self.style) as session:
            user = {"username": self.username, "password": self.password.reveal()}
            return _token(session.fetch_token(self.url, grant_type="password", **user, **self.extra))


@dataclass(frozen=True)
class RefreshToken(_Bearing):
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
            current = stored or memory.get("token") or self.refresh_token.reveal()
            with _session(send, self.client_id, self.client_secret, self.style, again=not self.rotates) as session:
                answer = session.refresh_token(self.url, refresh_token=current, **self.extra)
            following = str(answer.get("refresh_token") or current)
            if following != current:
                memory["token"] = following
                self._keep(following)
        return replace(_token(answer), refresh=Secret(following))

    def _keep(self, following: str) -> None:
        if self.store:
            self.store.save(following)
        else:
            _LOG.warning(
                "%s gave another refresh token and there is no token store to keep it in: "
                "the one in the options may be spent when the next run needs it",
                self.url,
            )


@dataclass(frozen=True)
class JwtBearer(_Bearing):
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
            _oauth_errors(),
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
            _mount(session, send, again=True)
            return _token(session.refresh_token())


@dataclass(frozen=True)
class GitHubApp(_Bearing):
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
        ends = found.get("expires_at")
        token = _token({"access_token": found.get("token")})
        return replace(token, expires_at=datetime.fromisoformat(ends).timestamp() if ends else None)


class _Through(BaseAdapter):
    """Lets a session of requests send through our client: its retries, limits, certificates and redaction hold."""

    def __init__(self, send: Send, *, again: bool) -> None:
        super().__init__()
        self._send, self._again = send, again

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        ours = Request(
            request.method or "POST",
            request.url or "",
            headers=tuple((name, value) for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS),
            body=body.encode() if isinstance(body, str) else body,
            rate="sign_in",
            idempotent=self._again,
            signed=False,
        )
        answer = self._send(ours)
        theirs = requests.Response()
        theirs.status_code, theirs.url, theirs.request = answer.status, answer.url, request
        theirs.headers.update(answer.headers)
        theirs.raw = io.BytesIO(answer.body)
        return theirs

    def close(self) -> None:
        """Nothing to close: the client owns the connections."""


@contextmanager
def _session(send: Send, client_id: str, secret: Secret, style: Style, *, again: bool = True) -> Iterator[Any]:
    from authlib.integrations.requests_client import OAuth2Session

    method = _METHODS[style]
    with _oauth_errors(), OAuth2Session(client_id, secret.reveal(), token_endpoint_auth_method=method) as session:
        session.register_client_auth_method((_METHODS["json"], _as_json))
        _mount(session, send, again=again)
        yield session


def _mount(session: Any, send: Send, *, again: bool) -> None:
    session.trust_env = False  # a .netrc must not add credentials of its own
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Through(send, again=again))


def _as_json(client: Any, _method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, bytes]:
    """Client authentication of vendors that read JSON instead of a form."""
    form = dict(parse_qsl(body))
    headers["Content-Type"] = "application/json"
    return uri, headers, orjson.dumps({**form, "client_id": client.client_id, "client_secret": client.client_secret})


@contextmanager
def _oauth_errors() -> Iterator[None]:
    from authlib.common.errors import AuthlibBaseError

    try:
        yield
    except LakeflowError:
        raise
    except (AuthlibBaseError, ValueError, requests.RequestException) as error:
        raise SignInError(
            f"The token endpoint gave an answer that is no token ({error})", "check auth_url and the credential options"
        ) from None


def _token(answer: Mapping[str, Any]) -> Token:
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise SignInError(
            "The token endpoint answered without an access token", "check auth_url and the credential options"
        )
    now = time.time()
    life = answer.get("expires_in")
    facts = {
        name: str(value)
        for name, value in answer.items()
        if isinstance(value, str | int | float) and not SECRET_NAME.search(name) and name != "signature"
    }
    return Token(Secret(access), now + float(life) if life else None, facts, now)


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
