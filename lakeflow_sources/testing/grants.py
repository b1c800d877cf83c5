"""A token endpoint as RFC 6749 describes it; a vendor wraps it where its answers differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import form_of, json_answer
from lakeflow_sources.testing.tokens import Issued, Tokens, credential
from lakeflow_sources.testing.vendor import Handler, authorization

__all__ = ["GrantRefused", "grant", "token_endpoint"]


class GrantRefused(Exception):  # noqa: N818 - the endpoint's answer, not a failure of the mock
    """The grant is not given; *error* is the code of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error}: {description}")


def grant(tokens: Tokens, form: Mapping[str, str], client: tuple[str, str], allowed: tuple[str, ...]) -> Issued:
    """What the call asked for: `client_credentials`, `refresh_token` or `password`; raises `GrantRefused`."""
    kind = form.get("grant_type", "")
    if kind not in allowed:
        raise GrantRefused("unsupported_grant_type", f"{kind!r} is not offered here")
    if not tokens.is_client(*client):
        tokens.refused += 1
        raise GrantRefused("invalid_client", "client_id or client_secret is wrong")
    if kind == "refresh_token":
        renewed = tokens.renew(form.get("refresh_token", ""))
        if renewed is None:
            raise GrantRefused("invalid_grant", "the refresh token is not valid, or was used before")
        return renewed
    if kind == "password" and not tokens.is_user(form.get("username", ""), form.get("password", "")):
        tokens.refused += 1
        raise GrantRefused("invalid_grant", "username or password is wrong")
    return tokens.issue()


def token_endpoint(tokens: Tokens, allowed: tuple[str, ...], extra: Mapping[str, Any] | None = None) -> Handler:
    """Handler of the endpoint; *extra* members join each good answer."""

    async def handler(request: web.Request) -> web.Response:
        form = await form_of(request)
        try:
            issued = grant(tokens, form, credential(form, authorization(request)), allowed)
        except GrantRefused as refused:
            status = 401 if refused.error == "invalid_client" else 400
            return json_answer({"error": refused.error, "error_description": refused.description}, status)
        return json_answer(_granted(issued, extra or {}))

    return handler


def _granted(issued: Issued, extra: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"token_type": "bearer", "access_token": issued.access_token, "expires_in": issued.expires_in, **extra}
    if issued.expires_in == int(issued.expires_in):
        answer["expires_in"] = int(issued.expires_in)
    if issued.refresh_token:
        answer["refresh_token"] = issued.refresh_token
    return answer
