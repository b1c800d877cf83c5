"""Signing in: a refresh token that never ends, and access tokens of which there are ten in ten minutes."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from lakeflow_sources import Settings
from lakeflow_sources.http import Auth, Fault, RefreshToken, Response, Shelved, by_status

from .paths import token_url

__all__ = ["auth"]

_SCHEME = "Zoho-oauthtoken"
_THROTTLED = 60.0  # seconds between tries; ten minutes at most have to be waited for
_FINAL = {
    "invalid_code": "the refresh token is revoked, or belongs to another data centre: check refresh_token and "
    "accounts_url",
    "invalid_client": "check client_id, and accounts_url: a client is known at its own data centre only",
    "invalid_client_secret": "check client_secret",
}


@dataclass(frozen=True)
class _ZohoRefresh(RefreshToken):
    """The refresh grant; what is wrong often comes with status 200."""

    def faults(self, response: Response) -> Fault | None:
        """The vendor's words for a sign-in that failed."""
        fault, body = by_status(response), _body(response)
        code, said = str(body.get("error") or ""), str(body.get("error_description") or "")
        if not code:
            return fault
        if code.lower() == "access denied" or "too many requests" in said.lower():
            return Fault("retry", said or code, code, wait_seconds=_THROTTLED)
        return Fault("sign_in", said or code, code, remedy=_FINAL.get(code, ""))


def auth(settings: Settings) -> Auth:
    """One access token for the whole machine: every table of a pipeline signs in by itself otherwise."""
    refresh_token = settings.secret("refresh_token")
    refresh = _ZohoRefresh(
        token_url(settings),
        settings.text("client_id"),
        settings.secret("client_secret"),
        refresh_token,
        style="body",
        scheme=_SCHEME,
    )
    return Shelved(refresh, refresh_token)


def _body(response: Response) -> dict[str, object]:
    try:
        parsed = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
