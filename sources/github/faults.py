"""How GitHub says that something is wrong: limits, missing rights and empty places look alike and are told apart."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from lakeflow_sources.http import Fault, Response, by_status, retry_after

__all__ = ["BLOCKED", "CAP", "NOTHING", "faults"]

CAP = "cap"
"""Code of the fault that says: the list goes on, but GitHub does not show more of it."""
BLOCKED = "blocked"
"""Code of a repository that a court or GitHub has taken from the web."""
NOTHING = ("empty", "disabled", "too_large")
"""Codes of faults that mean: there are no rows here, and that is the truth."""

_FORBIDDEN, _MISSING, _CONFLICT, _GONE, _INVALID, _THROTTLED, _LEGAL = 403, 404, 409, 410, 422, 429, 451
_MALFORMED, _UNAUTHORIZED, _FINE = 400, 401, 200
_SECONDARY = re.compile(r"secondary rate limit|abuse detection", re.IGNORECASE)
_NO_RIGHT = re.compile(r"not accessible by|must have|must be|SAML|SSO|forbids access", re.IGNORECASE)
_CAPPED = re.compile(r"pagination (?:is|with)\b|only the first \d+", re.IGNORECASE)
_WAIT = 60.0  # seconds, at least, after a secondary limit that names none
_LIMIT = (
    "give several tokens of different users in access_token, use a GitHub App, "
    "lower requests_per_second, or raise retry_deadline_seconds (the hourly limit comes back within 3600)"
)


def faults(response: Response) -> Fault | None:
    """The vendor's answer as a fault; source: its pages on rate limits and on troubleshooting."""
    if response.status == _FINE and response.request.url.endswith("/graphql"):
        return _of_query(response)
    fault = by_status(response)
    if fault is None:
        return None
    if response.status in (_FORBIDDEN, _THROTTLED):
        return _limited(response, fault) or _denied(response, fault)
    return _OTHERS.get(response.status, _as_it_is)(response, fault)


def _as_it_is(_response: Response, fault: Fault) -> Fault:
    return fault


def _limited(response: Response, fault: Fault) -> Fault | None:
    """A limit, in the order in which GitHub wants its signs to be looked at."""
    wait = retry_after(response)
    spent = response.headers.get("x-ratelimit-remaining") == "0" and not _NO_RIGHT.search(fault.message)
    if wait is None and spent:
        wait = max(1.0, float(response.headers.get("x-ratelimit-reset") or 0) - time.time())
    if wait is None and _SECONDARY.search(fault.message):
        wait = _WAIT
    if wait is None and response.status != _THROTTLED:
        return None
    return replace(fault, kind="retry", wait_seconds=wait, remedy=_LIMIT)


def _denied(response: Response, fault: Fault) -> Fault:
    """A right that is missing, by the name that GitHub's headers give it."""
    if "too large" in fault.message:
        return replace(fault, kind="missing", code="too_large")
    headers = response.headers
    if link := re.search(r"url=(\S+)", headers.get("x-github-sso", "")):
        return replace(fault, remedy=f"authorize the token for the organization at {link[1]}")
    if needed := headers.get("x-accepted-github-permissions"):
        return replace(fault, remedy=f"give the token or app the permission {needed}")
    if needed := headers.get("x-accepted-oauth-scopes"):
        return replace(fault, remedy=f"give the token one of the scopes {needed}")
    return replace(fault, remedy="give the token or app the right to read this, and approve it in the organization")


def _malformed(_response: Response, fault: Fault) -> Fault:
    if "version" in fault.message.lower():
        return replace(fault, remedy="set api_version to one that the host supports (GET /versions lists them)")
    return fault


def _unauthorized(_response: Response, fault: Fault) -> Fault:
    return replace(fault, remedy="check the token: it is mistyped, expired or revoked, or belongs to another host")


def _missing(_response: Response, fault: Fault) -> Fault:
    return replace(fault, remedy="check the name, and that the token may see it: GitHub hides what it may not")


def _conflict(_response: Response, fault: Fault) -> Fault:
    return replace(fault, kind="missing", code="empty") if "empty" in fault.message.lower() else fault


def _gone(_response: Response, fault: Fault) -> Fault:
    if "version" in fault.message.lower():
        return replace(fault, kind="fatal", remedy="set api_version to one that is still supported")
    return replace(fault, code="disabled")


def _invalid(_response: Response, fault: Fault) -> Fault:
    return replace(fault, code=CAP) if _CAPPED.search(fault.message) else fault


def _legal(_response: Response, fault: Fault) -> Fault:
    return replace(fault, kind="missing", code=BLOCKED, remedy="leave the repository out of `repositories`")


_OTHERS = {
    _MALFORMED: _malformed,
    _UNAUTHORIZED: _unauthorized,
    _MISSING: _missing,
    _CONFLICT: _conflict,
    _GONE: _gone,
    _INVALID: _invalid,
    _LEGAL: _legal,
}


def _of_query(response: Response) -> Fault | None:
    """GraphQL answers 200 whatever happens; an answer with errors is no answer, as parts of it are missing."""
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors:
        return None
    first: Mapping[str, Any] = errors[0] if isinstance(errors[0], dict) else {"message": str(errors[0])}
    code, message = str(first.get("type") or ""), str(first.get("message") or "")
    fault = Fault("fatal", message, code, response.headers.get("x-github-request-id", ""))
    return _QUERY.get(code, _unknown)(response, fault)


def _spent(response: Response, fault: Fault) -> Fault:
    return _limited(response, fault) or replace(fault, kind="retry", wait_seconds=_WAIT, remedy=_LIMIT)


def _unseen(response: Response, fault: Fault) -> Fault:
    return _missing(response, replace(fault, kind="missing"))


def _scopes(response: Response, fault: Fault) -> Fault:
    return _denied(response, replace(fault, kind="access"))


def _unknown(response: Response, fault: Fault) -> Fault:
    if _SECONDARY.search(fault.message):
        return _spent(response, fault)
    if re.search(r"something went wrong|timeout|timed out", fault.message, re.IGNORECASE):
        return replace(fault, kind="retry")
    return replace(fault, remedy="report this: the query of this table does not fit the GraphQL API of the host")


_QUERY = {
    "RATE_LIMITED": _spent,
    "RATE_LIMIT": _spent,
    "NOT_FOUND": _unseen,
    "FORBIDDEN": _scopes,
    "INSUFFICIENT_SCOPES": _scopes,
}
