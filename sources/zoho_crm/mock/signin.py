"""The accounts server: refresh tokens become access tokens, at most ten in ten minutes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import form_of, json_answer
from lakeflow_sources.testing.grants import GrantRefused, grant
from lakeflow_sources.testing.vendor import Route, Setup

__all__ = ["LAW", "sign_in_route", "sign_ins"]

LAW = (10, 600.0)
_ERRORS = {"invalid_client": "invalid_client", "invalid_grant": "invalid_code"}
_BUSY = "You have made too many requests continuously. Please try again after some time."


def sign_in_route(setup: Setup) -> Route:
    """`POST /oauth/v2/token`; what is wrong is told with status 200, unless it is too much."""
    most, seconds = LAW
    given: deque[float] = deque()

    async def token(request: web.Request) -> web.Response:
        form: Mapping[str, str] = {**request.query, **await form_of(request)}
        now = setup.clock.steady()
        while given and given[0] <= now - seconds:
            given.popleft()
        if len(given) >= most and setup.flag("token_law", default=True):
            setup.tokens.refused += 1
            body = {"error": "Access Denied", "error_description": _BUSY, "status": "failure"}
            return json_answer(body, 400)
        client = (form.get("client_id", ""), form.get("client_secret", ""))
        try:
            issued = grant(setup.tokens, form, client, ("refresh_token",))
        except GrantRefused as refused:
            return json_answer({"error": _ERRORS.get(refused.error, refused.error)})
        given.append(now)
        answer: dict[str, Any] = {
            "access_token": issued.access_token,
            "scope": "ZohoCRM.modules.READ ZohoCRM.settings.READ",
            "api_domain": setup.text("api_domain") or f"{request.scheme}://{request.host}",
            "token_type": "Bearer",
            "expires_in": int(issued.expires_in) if issued.expires_in >= 1 else issued.expires_in,
        }
        return json_answer(answer)

    return Route("POST", "/oauth/v2/token", token, "token", signed=False)


def sign_ins(setup: Setup, url: str) -> Mapping[str, Mapping[str, str]]:
    """The usual way, and the one that leaves the API's host to the token answer."""
    tokens = setup.tokens
    refresh = tokens.add_refresh(setup.text("refresh_token") or tokens.make("refresh"))
    client_id = setup.text("client_id") or "1000.MOCKCLIENT"
    client_secret = setup.text("client_secret") or tokens.make("client")
    tokens.clients[client_id] = client_secret
    secrets = {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh}
    return {
        "refresh_token": {"base_url": url, "accounts_url": url, **secrets},
        "data_center": {"accounts_url": url, **secrets},
    }
