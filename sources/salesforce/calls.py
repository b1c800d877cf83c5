"""One call, with an eye on the calls of the day and on the codes that the caller knows what to do about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from lakeflow_sources import QuotaError, Read
from lakeflow_sources.http import Client, Fault, Request, Response

__all__ = ["answer", "send", "spare"]

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


def spare(read: Read, headers: Mapping[str, str]) -> None:
    """Stop before the part of the org's daily calls that `reserve` leaves to others."""
    found = _USAGE.search(headers.get("sforce-limit-info", ""))
    percent = read.settings.number("reserve") or 0.0
    if found is None or not percent:
        return
    used, most = int(found[1]), int(found[2])
    if used > most * (1 - percent / 100):
        raise QuotaError(
            f"{used} of the org's {most} calls in 24 hours are used, and reserve={percent:g} leaves the rest to others",
            "read again later, read less often, or lower reserve",
        )
