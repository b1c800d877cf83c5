"""Rows out of answers: none is 204 without a body, and numbers keep all their digits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lakeflow_sources import QuotaError, Settings, VendorError
from lakeflow_sources.http import Client, Fault, Quota, Request, Response

__all__ = ["GONE", "Row", "attempt", "behind", "goes_on", "more", "quota", "rows", "send", "unless"]

Row = dict[str, Any]
GONE = frozenset({"INVALID_DATA"})
"""What is said of a record that was deleted."""
_CREDITS = "x-api-credits-remaining"


def send(settings: Settings, client: Client, request: Request) -> Response:
    """The good answer to *request*."""
    return _spared(settings, client.send(request))


def attempt(settings: Settings, client: Client, request: Request) -> tuple[Response, Fault | None]:
    """The answer with what is wrong with it, for calls that another one can stand in for."""
    response, fault = client.attempt(request)
    if fault is not None and fault.kind == "quota":  # no other call would fare better
        raise QuotaError(f"{request.method} {request.url} was refused: {fault.message}", fault.remedy)
    return _spared(settings, response), fault


def unless(settings: Settings, client: Client, request: Request, codes: Collection[str]) -> Response | None:
    """The good answer to *request*; `None` where the vendor says one of *codes*."""
    response, fault = attempt(settings, client, request)
    if fault is None:
        return response
    return None if fault.code in codes else send(settings, client, request)  # which raises what is wrong


def _spared(settings: Settings, response: Response) -> Response:
    """Raise `QuotaError` before the credits fall below what is kept for others."""
    left, kept = response.headers.get(_CREDITS, ""), settings.integer("credits_reserve") or 0
    if left.isdigit() and int(left) < kept:
        raise QuotaError(
            f"Zoho CRM has {left} API credits left for these 24 hours, fewer than credits_reserve={kept}",
            "read again later, less often or fewer columns, or lower credits_reserve",
        )
    return response


def quota(response: Response, _now: float) -> Quota | None:
    """API credits that are left of those of 24 hours, from half of them on; they come back one by one."""
    left = response.headers.get(_CREDITS, "")
    return Quota(int(left)) if left.isdigit() else None


def rows(response: Response, name: str = "data", *, exact: bool = False) -> Sequence[Row]:
    """The rows of an answer; *exact* keeps decimals as they are written."""
    if not response.body:
        return ()
    parsed = response.json(exact=exact)
    found = parsed.get(name) if isinstance(parsed, Mapping) else None
    return found if isinstance(found, list) else ()


def behind(table: str, last: str, found: Sequence[Row]) -> str:
    """The id that the next query goes on behind; raises `VendorError` where the rows do not ascend."""
    if not found:
        return last
    following = str(found[-1]["id"])
    if int(following) <= int(last):
        raise VendorError(
            f"COQL does not sort the records of {table} by id: {following} came after {last}",
            "set read_by=list, and tell Zoho",
        )
    return following


def goes_on(table: str, response: Response, found: Sequence[Row]) -> bool:
    """Whether a query has rows behind *found*; raises `VendorError` for an empty page with more, which names no id."""
    if more(response) and not found:
        raise VendorError(
            f"COQL answered for {table} with an empty page although there are more records", "set read_by=list"
        )
    return bool(more(response))


def more(response: Response) -> Mapping[str, Any]:
    """What an answer says about further pages; empty when there are none."""
    info = response.json().get("info") if response.body else None
    return info if isinstance(info, Mapping) and info.get("more_records") else {}
