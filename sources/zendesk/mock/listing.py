"""Lists: by cursor where `page[size]` asks for it, else by number, which ends at 10,000 records."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .calls import route, whole
from .catalogue import LISTS
from .desk import DELETED, Desk
from .refusals import bad_paging, not_found
from .shelf import Record

__all__ = ["holidays_of", "list_routes", "listed", "tag_records"]

_MOST = 100
_WALL = 10_000


def listed(request: web.Request, name: str, records: Sequence[Record], *, key: str = "id") -> Any:
    """A page of *records*, whose cursor names the last one by its *key*."""
    return (
        _by_cursor(request, name, records, key) if "page[size]" in request.query else _by_number(request, name, records)
    )


def _by_cursor(request: web.Request, name: str, records: Sequence[Record], key: str) -> Any:
    size = whole(request, "page[size]", _MOST) or 0
    if not 0 < size <= _MOST:
        raise bad_paging(f"page[size] must be at most {_MOST}")
    if "page" in request.query or "per_page" in request.query:
        raise bad_paging("the two ways of paging exclude each other")
    start = _place(records, request.query.get("page[after]"), key)
    part = records[start : start + size]
    more = start + size < len(records)
    first, last = (_cursor(part[0][key]), _cursor(part[-1][key])) if part else (None, None)
    path = f"{request.scheme}://{request.host}{request.path}?{quote('page[size]')}={size}"
    link = f"{path}&{quote('page[after]')}={last}" if more else None
    meta = {"has_more": more, "after_cursor": last, "before_cursor": first}
    return {name: part, "meta": meta, "links": {"next": link, "prev": None}}


def _cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def _place(records: Sequence[Record], cursor: str | None, key: str) -> int:
    """Behind the record that *cursor* names: it does not matter what has come or gone before it."""
    if cursor is None:
        return 0
    try:
        last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise bad_paging("the cursor is not valid") from None
    known = [place for place, one in enumerate(records) if one[key] == last]
    if known:
        return known[0] + 1
    return next((place for place, one in enumerate(records) if isinstance(last, int) and one[key] > last), len(records))


def _by_number(request: web.Request, name: str, records: Sequence[Record]) -> Any:
    size = min(whole(request, "per_page", _MOST) or _MOST, _MOST)
    page = whole(request, "page", 1) or 1
    if page * size > _WALL:
        raise bad_paging("Pagination past 10,000 records is not supported, use cursor pagination")
    start = (page - 1) * size
    path = f"{request.scheme}://{request.host}{request.path}?per_page={size}"
    more = start + size < len(records)
    return {
        name: records[start : start + size],
        "count": len(records),
        "next_page": f"{path}&page={page + 1}" if more else None,
        "previous_page": f"{path}&page={page - 1}" if page > 1 else None,
    }


def list_routes(account: Account, desk: Desk) -> list[Route]:
    """The plain lists, and those that take filters."""
    plain_ones = [
        route(account, kind.path, _list(account, name), area=kind.area, limit=kind.limit)
        for name, kind in LISTS.items()
        if name not in {"audit_logs", "satisfaction_ratings"} and not kind.whole
    ]
    at_once = [
        route(account, kind.path, _whole(account, name), area=kind.area) for name, kind in LISTS.items() if kind.whole
    ]
    return [
        *plain_ones,
        *at_once,
        route(account, "audit_logs", _audit_logs(account), area="audit_logs", limit="audit_logs"),
        route(account, "satisfaction_ratings", _ratings(account)),
        route(account, "deleted_tickets", _deleted_tickets(account, desk), limit="deleted_tickets"),
        route(account, "ticket_fields", _list(account, "ticket_fields"), limit="ticket_fields"),
        route(account, "user_fields", _list(account, "user_fields")),
        route(account, "organization_fields", _list(account, "organization_fields")),
        route(account, "tags", lambda request: listed(request, "tags", tag_records(desk), key="name")),
        route(account, "tickets", lambda request: listed(request, "tickets", _live(desk))),
        route(account, "business_hours/schedules/{id}/holidays", lambda request: _holidays(account, request)),
    ]


def _list(account: Account, name: str) -> Callable[[web.Request], Any]:
    return lambda request: listed(request, name, list(account.shelves[name]))


def _whole(account: Account, name: str) -> Callable[[web.Request], Any]:
    return lambda _: {name: list(account.shelves[name])}


def _live(desk: Desk) -> list[Record]:
    return [one for one in desk.tickets if one["id"] not in desk.archived and one["status"] != DELETED]


def _seconds(record: Record) -> int:
    return millis(record["created_at"]) // 1000


def _ratings(account: Account) -> Callable[[web.Request], Any]:
    def handler(request: web.Request) -> Any:
        start, end = whole(request, "start_time", None), whole(request, "end_time", None)
        found: Iterable[Record] = account.shelves["satisfaction_ratings"]
        if start is not None:
            found = [one for one in found if _seconds(one) >= start]
        if end is not None:
            found = [one for one in found if _seconds(one) <= end]
        return listed(request, "satisfaction_ratings", list(found))

    return handler


def _audit_logs(account: Account) -> Callable[[web.Request], Any]:
    def handler(request: web.Request) -> Any:
        bounds = request.query.getall("filter[created_at][]", [])
        if len(bounds) not in (0, 2):
            raise bad_paging("filter[created_at] must be given twice")
        found = sorted(account.shelves["audit_logs"], key=lambda one: (one["created_at"], one["id"]))
        if request.query.get("sort", "-created_at") != "created_at":
            found.reverse()
        if bounds:
            low, high = (millis(bound) // 1000 for bound in bounds)
            found = [one for one in found if low <= _seconds(one) <= high]
        return listed(request, "audit_logs", found)

    return handler


def _deleted_tickets(account: Account, desk: Desk) -> Callable[[web.Request], Any]:
    def handler(request: web.Request) -> Any:
        found = [one for one in account.shelves["deleted_tickets"] if one["id"] not in desk.archived]
        return listed(request, "deleted_tickets", found)

    return handler


def tag_records(desk: Desk) -> list[Record]:
    """Tags of live tickets, the most popular first."""
    counts: dict[str, int] = {}
    for ticket in desk.tickets:
        for tag in ticket["tags"]:
            counts[tag] = counts.get(tag, 0) + 1
    return [
        {"name": name, "count": count} for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _holidays(account: Account, request: web.Request) -> Any:
    key = int(request.match_info["id"])
    if key not in account.shelves["schedules"]:
        raise not_found()
    return {"holidays": holidays_of(key)}


def holidays_of(schedule: int) -> list[Record]:
    """Two holidays for each schedule, none for every third."""
    if schedule % 3 == 0:
        return []
    return [
        {
            "id": schedule * 10 + place,
            "name": name,
            "start_date": f"2026-0{place + 1}-28",
            "end_date": f"2026-0{place + 2}-01",
        }
        for place, name in enumerate(("Neujahr", "Día de la Constitución"))
    ]
