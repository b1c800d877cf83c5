"""Incremental exports, by cursor and by time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .calls import opaque, plain, route, whole
from .desk import DELETED, Desk
from .refusals import bad_paging, invalid
from .shelf import Record, Shelf

__all__ = ["event_of", "export_routes"]

_MOST = 1_000
_TOO_RECENT = 60
_SCOPES = ("agent", "ai_agent", "all")


@dataclass(frozen=True)
class _Export:
    """*shelf* by *moment*; *ends*: answers tell which is the last; *hides*: the last minute is left out."""

    name: str
    shelf: Shelf
    moment: Callable[[Record], int]
    shown: Callable[[web.Request, Record], Record | None]
    ends: bool = True
    hides: bool = True


def export_routes(account: Account, desk: Desk) -> list[Route]:
    """Every export that there is."""
    tickets = _Export("tickets", desk.tickets, lambda one: one["generated_timestamp"], _ticket(desk))
    users = _Export("users", account.shelves["users"], _updated, lambda _, one: one)
    organizations = _Export(
        "organizations", account.shelves["organizations"], _updated, lambda _, one: one, hides=False
    )
    events = _Export("ticket_events", desk.audits, _created, _event(desk))
    metrics = _Export(
        "ticket_metric_events", desk.metric_events, _measured, lambda _, one: one, ends=False, hides=False
    )
    articles = _Export("articles", account.shelves["articles"], _updated, lambda _, one: one, ends=False, hides=False)
    timed = (tickets, users, organizations, events, metrics)
    return [
        *(_route(account, f"incremental/{one.name}/cursor", _by_cursor(account, one)) for one in (tickets, users)),
        *(_route(account, f"incremental/{one.name}", _by_time(account, one)) for one in timed),
        _route(account, "help_center/incremental/articles", _by_time(account, articles)),
    ]


def _route(account: Account, path: str, handler: Callable[[web.Request], Any]) -> Route:
    return route(account, path, handler, area="exports", limit="incremental")


def _updated(record: Record) -> int:
    return millis(record["updated_at"]) // 1000


def _created(record: Record) -> int:
    return millis(record["created_at"]) // 1000


def _measured(record: Record) -> int:
    return millis(record["time"]) // 1000


def _scoped(desk: Desk, request: web.Request, key: int) -> bool:
    asked = request.query.get("support_type_scope", "agent")
    if asked not in _SCOPES:
        raise invalid(f"support_type_scope is not one of {', '.join(_SCOPES)}")
    return asked in ("all", desk.tickets[key]["support_type"])


def _ticket(desk: Desk) -> Callable[[web.Request, Record], Record | None]:
    def shown(request: web.Request, ticket: Record) -> Record | None:
        if request.query.get("exclude_deleted") == "true" and ticket["status"] == DELETED:
            return None
        if not _scoped(desk, request, ticket["id"]):
            return None
        if "metric_sets" not in request.query.get("include", "").split(",") or ticket["status"] == DELETED:
            return ticket
        return {**ticket, "metric_set": desk.metrics(ticket["id"])}

    return shown


def _event(desk: Desk) -> Callable[[web.Request, Record], Record | None]:
    def shown(request: web.Request, audit: Record) -> Record | None:
        if not _scoped(desk, request, audit["ticket_id"]):
            return None
        return event_of(audit, comments="comment_events" in request.query.get("include", "").split(","))

    return shown


def event_of(audit: Mapping[str, Any], *, comments: bool) -> Record:
    """An audit as the export of events shows it."""
    return {
        "id": audit["id"],
        "ticket_id": audit["ticket_id"],
        "timestamp": millis(audit["created_at"]) // 1000,
        "created_at": audit["created_at"],
        "updater_id": audit["author_id"],
        "via": "Web form",
        "system": audit["metadata"]["system"],
        "metadata": {"custom": audit["metadata"]["custom"]},
        "event_type": "Audit",
        "child_events": [_child(one, comments=comments) for one in audit["events"]],
    }


def _child(happened: Mapping[str, Any], *, comments: bool) -> Record:
    base = {"id": happened["id"], "via_reference_id": None, "event_type": happened["type"]}
    if happened["type"] == "Change":
        return {
            **base,
            "via": "Web form",
            happened["field_name"]: happened["value"],
            "previous_value": happened["previous_value"],
        }
    if "body" not in happened:
        return {**base, "via": "Web form"}
    if not comments:
        return {**base, "via": "Web form", "comment_present": True, "comment_public": happened["public"]}
    return {**happened, **base, "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}}


def _by_cursor(account: Account, which: _Export) -> Callable[[web.Request], Any]:
    def handler(request: web.Request) -> Any:
        ordered = _visible(account, which)
        if "cursor" in request.query:
            if "start_time" in request.query:
                raise bad_paging("cursor and start_time exclude each other")
            second, key = plain(request.query["cursor"])[:2]
            start = bisect_right(ordered, (second, key), key=lambda pair: (pair[0], pair[1]["id"]))
        else:
            start = bisect_left(ordered, _start(account, request), key=lambda pair: pair[0])
        size = min(whole(request, "per_page", _MOST) or 1, _MOST)
        part = ordered[start : start + size]
        after = opaque(part[-1][0], part[-1][1]["id"]) if part else request.query.get("cursor")
        path = f"{request.scheme}://{request.host}{request.path}"
        return {
            which.name: [shown for _, one in part if (shown := which.shown(request, one)) is not None],
            "after_cursor": after,
            "after_url": f"{path}?cursor={after}" if after else None,
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": start + size >= len(ordered),
            **({"count": len(part)} if which.name == "users" else {}),
        }

    return handler


def _by_time(account: Account, which: _Export) -> Callable[[web.Request], Any]:
    def handler(request: web.Request) -> Any:
        ordered = _visible(account, which)
        start = bisect_left(ordered, _start(account, request), key=lambda pair: pair[0])
        end = start + min(whole(request, "per_page", _MOST) or 1, _MOST)
        while end < len(ordered) and end > start and ordered[end][0] == ordered[end - 1][0]:
            end += 1  # a second is never cut in two
        part = ordered[start:end]
        last = part[-1][0] if part else None
        path = f"{request.scheme}://{request.host}{request.path}"
        answer = {
            which.name: [shown for _, one in part if (shown := which.shown(request, one)) is not None],
            "count": len(part),
            "end_time": last,
            "next_page": f"{path}?start_time={last}" if last is not None else None,
        }
        return {**answer, "end_of_stream": end >= len(ordered)} if which.ends else answer

    return handler


def _start(account: Account, request: web.Request) -> int:
    start = whole(request, "start_time", None)
    if start is None:
        raise invalid("start_time is missing")
    if start > account.now() - min(_TOO_RECENT, account.hidden):
        raise invalid("Too recent start_time. Use a start_time older than 60 seconds")
    return start


def _visible(account: Account, which: _Export) -> list[tuple[int, Record]]:
    ordered = which.shelf.by_time(which.name, which.moment)
    last = account.now() - account.hidden if which.hides else account.now() + 1
    return ordered[: bisect_left(ordered, last, key=lambda pair: pair[0])] if account.hidden else ordered
