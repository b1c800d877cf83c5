"""One call, with an eye on the calls of the day and on the codes that the caller knows what to do about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from lakeflow_sources import QuotaError, Read
from lakeflow_sources.http import Client, Fault, Quota, Request, Response

__all__ = ["answer", "quota", "send", "spare"]

_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


def send(read: Read, client: Client, request: Request) -> Response:
    """The good answer to *request*."""
    response = client.send(request)
    spare(read, response.headers)
    return response


def answer(read: Read, client: Client, request: Request, codes: Collection[str]) -> tuple[Response, Fault | None]:
    """The answer, and its fault where that is one of *codes*; every other fault is raised."""
    response, fault = client.attempt(request)
    if fault is not None and fault.code not in codes:
        response, fault = client.send(request), None  # asked again, so that the client words the error
    spare(read, response.headers)
    return response, fault


def quota(response: Response, _now: float) -> Quota | None:
    """Calls that are left of those of 24 hours; there is no moment at which they all come back."""
    used, most = _usage(response.headers)
    return Quota(most - used, limit=most) if most else None


def _usage(headers: Mapping[str, str]) -> tuple[int, int]:
    """Calls of the last 24 hours, and how many there may be; 0 where the answer does not tell."""
    found = _USAGE.search(headers.get("sforce-limit-info", ""))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def spare(read: Read, headers: Mapping[str, str]) -> None:
    """Stop before the part of the org's daily calls that `reserve` leaves to others."""
    percent = read.settings.number("reserve") or 0.0
    used, most = _usage(headers)
    if percent and most and used > most * (1 - percent / 100):
        raise QuotaError(
            f"{used} of the org's {most} calls in 24 hours are used, and reserve={percent:g} leaves the rest to others",
            "read again later, read less often, or lower reserve",
        )
