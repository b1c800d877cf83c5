"""How Zoho says that something is wrong, whatever the status: a code in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from lakeflow_sources.http import Fault, Response, by_status

__all__ = ["details", "faults"]

_ERROR = frozenset({"code", "details", "message", "status"})
_TOKEN = frozenset({"INVALID_TOKEN", "AUTHENTICATION_FAILURE", "INVALID_OAUTHTOKEN"})
_LIMITED = frozenset({"TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"})
_ACCESS = frozenset(
    {
        "NO_PERMISSION",
        "AUTHORIZATION_FAILED",
        "FEATURE_NOT_ENABLED",
        "FEATURE_NOT_SUPPORTED",
        "LICENSE_LIMIT_EXCEEDED",
        "OAUTH_SCOPE_MISMATCH",
        "TERRITORY_DISABLED",
        "TERRITORY_NOT_ENABLED",
    }
)
_MISSING = frozenset({"INVALID_MODULE", "INVALID_URL_PATTERN", "RESOURCE_NOT_FOUND"})
_REMEDIES: Mapping[str, str] = {
    "OAUTH_SCOPE_MISMATCH": "make the refresh token anew with the scopes ZohoCRM.modules.READ, ZohoCRM.settings.READ, "
    "ZohoCRM.users.READ, ZohoCRM.org.READ, ZohoCRM.bulk.READ and ZohoCRM.coql.READ",
    "NO_PERMISSION": "give the profile of the user behind the refresh token the right to view this module",
    "INVALID_MODULE": "check the name of the table, and that the account's edition has this module",
    "INVALID_HOST": "leave base_url out, so that the host comes from the sign-in, or set accounts_url to the data "
    "centre of the account",
    "PAGINATION_LIMIT_EXCEEDED": "read a smaller time span by start and end, or fewer columns, so that COQL or bulk "
    "reads can be used",
    "FEATURE_NOT_ENABLED": "the account does not use this feature: leave the table out",
}
_CREDITS = "x-api-credits-remaining"
_MINUTE = 60.0
_PAUSE = 5.0  # seconds, where a refusal comes with a status that is none
_TOO_MANY = 429
_SERVER = 500


def faults(response: Response) -> Fault | None:
    """The vendor's code as a fault; source: its page on status codes."""
    fault, body = by_status(response), _error(response)
    if body is None:
        return fault
    code, message = str(body.get("code") or ""), str(body.get("message") or "")
    told = body.get("details")
    if isinstance(told, Mapping) and told:
        message = f"{message} {orjson.dumps(told).decode()}".strip()
    found = replace(fault or Fault("fatal", message), message=message[:300], code=code, remedy=_REMEDIES.get(code, ""))
    if code in _LIMITED or response.status == _TOO_MANY:
        return _limited(found, response)
    if response.status >= _SERVER:
        return found
    if code in _TOKEN:
        return replace(found, kind="sign_in")
    if code in _ACCESS:
        return replace(found, kind="access")
    return replace(found, kind="missing" if code in _MISSING else "fatal")


def details(response: Response) -> tuple[str, Mapping[str, Any]]:
    """Code and details of an error."""
    body = _error(response) or {}
    told = body.get("details")
    return str(body.get("code") or ""), told if isinstance(told, Mapping) else {}


def _limited(fault: Fault, response: Response) -> Fault:
    """Too much at once, which passes; or the credits of the day are spent, which does not."""
    left = response.headers.get(_CREDITS, "")
    if left.lstrip("-").isdigit() and int(left) <= 0:
        return replace(
            fault,
            kind="quota",
            remedy="the API credits of the last 24 hours are used up, and come back one by one as these 24 hours move "
            "on: read again later, less often, fewer columns, or buy more credits",
        )
    if response.request.url.endswith("/result"):  # ten downloads in a minute
        return replace(fault, kind="retry", wait_seconds=fault.wait_seconds or _MINUTE)
    waits = fault.wait_seconds if response.status == _TOO_MANY else _PAUSE
    return replace(fault, kind="retry", wait_seconds=waits)


def _error(response: Response) -> Mapping[str, Any] | None:
    """The error of a body, which may stand in place of the rows and come with status 200."""
    if response.body.lstrip()[:1] != b"{" or len(response.body) > 1 << 16:
        return None
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None
    rows = body.get("data")
    first = rows[0] if isinstance(rows, list) and rows else body
    if not isinstance(first, dict) or first.get("status") != "error" or not set(first) <= _ERROR:
        return None
    return first
