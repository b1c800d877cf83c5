"""How Salesforce says that something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from lakeflow_sources.http import Fault, Response, by_status

__all__ = ["OF_ONE_CALL", "TOO_WIDE", "faults"]

OF_ONE_CALL = frozenset({"access", "missing", "fatal"})
"""Kinds of faults that say nothing about other calls."""

TOO_WIDE = frozenset({"QUERY_TIMEOUT", "OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT"})
"""Codes after which a smaller part of the same question may be answered."""

_EDGE = frozenset({406, 420})  # from the machines in front of the API, often without a body
_PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "JOB_NOT_COMPLETE"})
_EMPTY = 204
_RIGHTS = frozenset({"API_DISABLED_FOR_ORG", "INSUFFICIENT_ACCESS", "FORBIDDEN", "TXN_SECURITY_METERING_ERROR"})
_BUSY_SECONDS = 10.0
_REMEDIES = {
    "API_DISABLED_FOR_ORG": "let an administrator enable the API for the org and for the user's profile",
    "INSUFFICIENT_ACCESS": "give the user the permission to read this object",
    "TXN_SECURITY_METERING_ERROR": "let an administrator exempt the user from transaction security policies",
    "INVALID_FIELD": "fields were removed or hidden since the read began: start it again, and it asks for them anew",
    "INVALID_TYPE": "the object does not exist or is hidden from the user: list the tables, and check its permissions",
    "QUERY_TOO_COMPLICATED": "ask for fewer columns by `columns`: each formula makes the query longer",
    "UNSUPPORTED_API_VERSION": "set api_version to one that the org serves",
    "QUERY_TIMEOUT": "read a smaller span of time by start and end, or fewer columns",
}


def faults(response: Response) -> Fault | None:
    """Status and error code as a fault; calls inside a composite fail while the whole answers 200."""
    if response.status == 200 and response.request.url.endswith("/composite"):  # noqa: PLR2004 (it went well)
        return _inner(response)
    if response.status == _EMPTY and response.request.url.endswith("/results"):
        return Fault("retry", "the results of the job are not there yet")  # older versions say JOB_NOT_COMPLETE
    fault = by_status(response)
    if fault is None:
        return None
    fault = replace(fault, correlation=fault.correlation or response.headers.get("x-sfdc-request-id", ""))
    return _worded(fault, response.status)


def _inner(response: Response) -> Fault | None:
    """The fault of a composite: one that concerns all of its calls goes before one of a single call."""
    try:
        parsed = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None  # the client asks again for JSON that was cut
    answers: list[Mapping[str, Any]] = parsed.get("compositeResponse") or []
    found = []
    for one in answers:
        sub = replace(response, status=int(one["httpStatusCode"]), body=orjson.dumps(one["body"]))
        fault = by_status(sub)
        if fault is not None:
            found.append(_worded(fault, sub.status))
    return min(found, key=lambda fault: fault.kind in OF_ONE_CALL, default=None)


def _worded(fault: Fault, status: int) -> Fault:
    code = fault.code
    fault = replace(fault, remedy=_REMEDIES.get(code, fault.remedy))
    if code == "INVALID_SESSION_ID":
        return replace(fault, kind="sign_in")
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limited(fault)
    if code == "LIMIT_EXCEEDED":
        return replace(fault, kind="quota", remedy="bulk jobs of the last 24 hours are used up: set api=rest, or wait")
    if code in _RIGHTS:
        return replace(fault, kind="access")
    if code in _PASSING or status in _EDGE:
        return replace(fault, kind="retry")
    return fault


def _limited(fault: Fault) -> Fault:
    """Too many long calls at once pass; the calls of the day do not."""
    if "concurrent" in fault.message.lower():
        return replace(fault, kind="retry", wait_seconds=_BUSY_SECONDS)
    return replace(
        fault,
        kind="quota",
        remedy="the calls of the org's last 24 hours are used up, and come back one by one as these 24 hours move on: "
        "read again later, read less often, or buy more",
    )
