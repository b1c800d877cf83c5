"""Sessions of Authlib that send through our client, and the tokens they bring."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson

from lakeflow_sources.errors import LakeflowError, SignInError
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import SECRET_NAME, Secret

__all__ = ["Bearing", "Send", "Style", "mount", "oauth_errors", "oauth_session", "token_of"]

Send = Callable[[Request], Response]
Style = Literal["basic", "body", "json"]
_METHODS: Mapping[Style, str] = {
    "basic": "client_secret_basic",
    "body": "client_secret_post",
    "json": "client_secret_json",
}


class Bearing:
    """Signs calls with the access token."""

    scheme: str

    def apply(self, request: Request, token: Token) -> Request:
        """*request* with the access token in its header."""
        return request.with_headers(Authorization=f"{self.scheme} {token.access.reveal()}")


@contextmanager
def oauth_session(send: Send, client_id: str, secret: Secret, style: Style, *, again: bool = True) -> Iterator[Any]:
    from authlib.integrations.requests_client import OAuth2Session

    method = _METHODS[style]
    with oauth_errors(), OAuth2Session(client_id, secret.reveal(), token_endpoint_auth_method=method) as session:
        session.register_client_auth_method((_METHODS["json"], _as_json))
        mount(session, send, again=again)
        yield session


def mount(session: Any, send: Send, *, again: bool) -> None:
    from lakeflow_sources.http.through import Through

    session.trust_env = False  # a .netrc must not add credentials of its own
    for scheme in ("https://", "http://"):
        session.mount(scheme, Through(send, again=again))


def _as_json(client: Any, _method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, bytes]:
    """Client authentication of vendors that read JSON instead of a form."""
    form = dict(parse_qsl(body))
    headers["Content-Type"] = "application/json"
    return uri, headers, orjson.dumps({**form, "client_id": client.client_id, "client_secret": client.client_secret})


@contextmanager
def oauth_errors() -> Iterator[None]:
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    try:
        yield
    except LakeflowError:
        raise
    except (AuthlibBaseError, ValueError, RequestException) as error:
        raise SignInError(
            f"The answer to the sign-in is no token ({error})", "check auth_url and the credential options"
        ) from None


def token_of(answer: Mapping[str, Any]) -> Token:
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise SignInError(
            "The answer to the sign-in holds no access token", "check auth_url and the credential options"
        )
    now = time.time()
    life = _seconds(answer.get("expires_in"))
    facts = {
        name: str(value)
        for name, value in answer.items()
        if isinstance(value, str | int | float) and not SECRET_NAME.search(name) and name != "signature"
    }
    return Token(Secret(access), now + life if life else None, facts, now)


def _seconds(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
