"""How Zendesk says that something is wrong."""

from __future__ import annotations

from dataclasses import replace

import orjson

from lakeflow_sources.http import Fault, Response, by_status

__all__ = ["faults"]

_FINE = range(200, 300)
_BAD_REQUEST, _NO_TOKEN, _FORBIDDEN, _MISSING, _CONFLICT, _INVALID, _THROTTLED = 400, 401, 403, 404, 409, 422, 429
_ME = "/api/v2/users/me"
_GUIDE = ("/api/v2/help_center/", "/api/v2/community/")

_SIGN_IN = (
    "use client_id and client_secret of a confidential OAuth client; an API token is refused once it was idle for "
    "30 days, and every one from 30 April 2027 on"
)
_ADMIN = "the user behind the credentials must be an admin, as incremental exports are for admins only"
_RIGHT = "this takes a role of the user behind the credentials, a scope of the token (read), and a plan that has it"
_COLLABORATION = "side conversations need the Collaboration add-on, and a role that may see them"
_ENTERPRISE = "audit logs are part of the Enterprise plan, and for admins only"
_NO_GUIDE = "activate the Help Center of this subdomain, or leave the table out"
_SUBDOMAIN = "check subdomain, and that the account has this feature"
_TOO_FAR = "this list ends at 10,000 records unless it is paged by cursor; please report which table it was"
_LATER = "Zendesk hides the last minute: let lag_seconds be at least 60"


def faults(response: Response) -> Fault | None:
    """The vendor's status and body as a fault; source: its pages on responses and on rate limits."""
    if response.status in _FINE:
        return _anonymous(response)
    fault = by_status(response)
    if fault is None:
        return None
    fault = replace(fault, code=fault.code or _code(response))
    path = response.request.url
    if response.status == _THROTTLED:
        return replace(fault, wait_seconds=fault.wait_seconds or _reset(response))
    if response.status == _CONFLICT:
        return replace(fault, kind="retry")
    remedy = {
        _BAD_REQUEST: _TOO_FAR if "page" in dict(response.request.params) else "",
        _NO_TOKEN: _SIGN_IN,
        _FORBIDDEN: _forbidden(path),
        _MISSING: _NO_GUIDE if path.startswith(_GUIDE) else _SUBDOMAIN,
        _INVALID: _LATER if "start_time" in dict(response.request.params) else "",
    }.get(response.status, "")
    return replace(fault, remedy=remedy) if remedy else fault


def _anonymous(response: Response) -> Fault | None:
    """The check call may answer 200 to nobody in particular."""
    if response.request.url != _ME:
        return None
    user = (response.json() or {}).get("user") or {}
    return None if user.get("id") else Fault("sign_in", "signed in as nobody", remedy=_SIGN_IN)


def _forbidden(path: str) -> str:
    if "/incremental/" in path:
        return _ADMIN
    if path.endswith("/side_conversations"):
        return _COLLABORATION
    return _ENTERPRISE if path.endswith("/audit_logs") else _RIGHT


def _code(response: Response) -> str:
    """The code of newer endpoints: `{"errors": [{"code": ...}]}`."""
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return ""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("code") or "") if isinstance(first, dict) else ""


def _reset(response: Response) -> float | None:
    """Some endpoints send no `Retry-After`, only the seconds until their limit starts anew."""
    text = response.headers.get("ratelimit-reset", "")
    return float(text) if text.isdigit() else None
