"""Lists that grow and are asked by time: ratings of tickets, the audit log, deleted and suspended tickets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lakeflow_sources import EPOCH, Cursor, Read, Slice, Table, Window, fields
from lakeflow_sources.http import Client, Request

from .lists import following, listed, page_of
from .spans import cut
from .tickets import LAG, scope

__all__ = ["TABLES"]

_ALTERED = timedelta(days=90)
"""A rating may change until its ticket is closed, which Zendesk does 28 days after it was solved at the latest."""
_SECOND = timedelta(seconds=1)
_AHEAD = timedelta(days=1)
_QUIET = timedelta(days=1)  # a window below it is an increment, and few rows


def _by_creation(back: timedelta) -> Any:
    """Slices by the time of creation, which never changes: the first begins with the account, the last has no end."""

    def slices(read: Read, client: Client) -> list[Slice]:
        whole = read.window or Window(EPOCH, datetime.now(UTC))
        start = max(EPOCH, whole.start - back)
        quiet = whole.end - whole.start < _QUIET
        most = 1 if quiet else read.settings.integer("parallelism") or 1
        parts = cut(read, client, Window(start, whole.end), most)
        cuts = [one.end.timestamp() for one in parts[:-1]]
        first = start.timestamp() if read.window else None
        last = whole.end.timestamp() if read.window else None
        starts, ends = [first, *cuts], [*cuts, last]
        return [Slice({"from": low, "until": high}) for low, high in zip(starts, ends, strict=True)]

    return slices


def _inside(read: Read, piece: Slice, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A record belongs to one slice alone, whatever the vendor does with the ends of what was asked."""
    made = datetime.fromisoformat(record["created_at"]).timestamp()
    low, high = piece["from"], piece["until"]
    return [record] if (low is None or made >= low) and (high is None or made < high) else []


def _ratings(read: Read, piece: Slice) -> Request:
    low, high = piece["from"], piece["until"]
    return page_of(
        read.settings,
        "satisfaction_ratings",
        start_time=None if low is None else int(low),
        end_time=None if high is None else int(high) + 1,
    )


SATISFACTION_RATINGS = Table(
    name="satisfaction_ratings",
    columns=fields(
        "id long",
        "url",
        "ticket_id long",
        "requester_id long",
        "assignee_id long",
        "group_id long",
        "score",
        "comment",
        "reason",
        "reason_id long",
        "reason_code long",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=LAG, client_side=True),
    ingestion="cdc",
    slices=_by_creation(_ALTERED),
    request=_ratings,
    records="satisfaction_ratings",
    paging=following,
    rows=_inside,
    category="tickets",
    description="Ratings of tickets; asked for 90 days back, as they may change until the ticket is closed.",
)


def _audit_logs(read: Read, piece: Slice) -> Request:
    """Both ends or none: the filter is refused with one of them."""
    low, high = piece["from"], piece["until"]
    request = page_of(read.settings, "audit_logs", sort="created_at")
    if low is None and high is None:
        return request
    start = EPOCH if low is None else datetime.fromtimestamp(low, UTC)
    end = datetime.now(UTC) + _AHEAD if high is None else datetime.fromtimestamp(high, UTC) + _SECOND
    return request.with_params(**{"filter[created_at][]": [_text(start), _text(end)]})


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


AUDIT_LOGS = Table(
    name="audit_logs",
    columns=fields(
        "id long",
        "url",
        "action",
        "action_label",
        "actor_id long",
        "actor_name",
        "source_id long",
        "source_type",
        "source_label",
        "change_description",
        "ip_address",
        "created_at timestamp",
    ),
    primary_key=("id",),
    cursor=Cursor("created_at", lag=LAG, client_side=True),
    ingestion="append",
    slices=_by_creation(timedelta()),
    request=_audit_logs,
    records="audit_logs",
    paging=following,
    rows=_inside,
    category="account",
    description="Changes of the account's settings and users; Enterprise plan.",
)


def _deleted(read: Read, piece: Slice) -> Request:
    return page_of(read.settings, "deleted_tickets", rate="deleted_tickets", **scope(read))


DELETED_TICKETS = Table(
    name="deleted_tickets",
    columns=fields(
        "id long",
        "subject",
        "description",
        "actor struct<id:long,name:string>",
        "previous_state",
        "deleted_at timestamp",
    ),
    primary_key=("id",),
    cursor=Cursor("deleted_at", lag=LAG, client_side=True),
    ingestion="append",
    request=_deleted,
    records="deleted_tickets",
    paging=following,
    category="tickets",
    description="Who deleted which ticket in the last 30 days; the tickets table has all deletions as tombstones.",
)

_AUTHOR = "struct<id:long,name:string,email:string>"

SUSPENDED_TICKETS = listed(
    "suspended_tickets",
    fields(
        "id long",
        "url",
        f"author {_AUTHOR}",
        "subject",
        "content",
        "cause",
        "cause_id long",
        "message_id",
        "ticket_id long",
        "recipient",
        "brand_id long",
        "via json",
        "attachments json",
        "error_messages json",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    category="tickets",
)

TABLES: tuple[Table, ...] = (SATISFACTION_RATINGS, AUDIT_LOGS, DELETED_TICKETS, SUSPENDED_TICKETS)
