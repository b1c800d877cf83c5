"""How HubSpot says that something is wrong."""

from __future__ import annotations

from dataclasses import replace

import orjson

from lakeflow_sources.http import Fault, Response, by_status

__all__ = ["faults"]

_LOCKED = 423  # by bulk work, for two seconds
_MIGRATING = 477  # the account moves between data centres, for up to a day
_THROTTLED = 429
_FORBIDDEN = 403
_WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}


def faults(response: Response) -> Fault | None:
    """The vendor's status, category and policy as a fault; source: its page on error handling."""
    fault = by_status(response)
    if fault is None:
        return None
    body = _body(response)
    fault = replace(fault, correlation=str(body.get("correlationId") or fault.correlation))
    if response.status == _THROTTLED:
        return _throttled(fault, str(body.get("policyName") or ""))
    if response.status == _FORBIDDEN:
        return replace(fault, remedy=_scopes(body))
    if response.status == _LOCKED:
        return replace(fault, kind="retry", wait_seconds=2.0 if fault.wait_seconds is None else fault.wait_seconds)
    if response.status == _MIGRATING:
        return replace(fault, kind="retry", remedy="wait until HubSpot has moved the account to its new data centre")
    return fault


def _throttled(fault: Fault, policy: str) -> Fault:
    if policy == "DAILY":
        return replace(
            fault,
            kind="quota",
            remedy="the daily limit is shared by all private apps and resets at midnight in the account's time zone: "
            "read again then, or buy a higher limit",
        )
    told = fault.wait_seconds is not None
    return fault if told else replace(fault, wait_seconds=_WAITS.get(policy, 1.0))


def _scopes(body: dict[str, object]) -> str:
    """The scopes that HubSpot names as missing."""
    named: list[str] = []
    for source in (body, *(one for one in _list(body.get("errors")) if isinstance(one, dict))):
        context = source.get("context")
        for key, values in context.items() if isinstance(context, dict) else ():
            if "scope" in key.lower():
                named += [str(value) for value in _list(values)]
    scopes = ", ".join(dict.fromkeys(named))
    return f"grant the scope {scopes} to the app or service key" if scopes else "grant the app the scope of this object"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _body(response: Response) -> dict[str, object]:
    try:
        parsed = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
