"""Deleted records of a module: tombstones, and as a table of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lakeflow_sources import EPOCH, AccessError, Cursor, Page, Read, Settings, Slice, Table, Window, fields
from lakeflow_sources.http import Client, MissingError, Request, get, paginate, paging

from .answers import Row, attempt, rows, send
from .metadata import modules_of
from .paths import path
from .times import FOREVER, LATE, SECOND, moment_of, stamp

__all__ = ["DELETED_RECORDS", "deleted_pages"]

_PAGE = 200
_MARGIN = 60 * SECOND
_PASSES = 5
_KEPT = timedelta(days=60)


def deleted_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Tombstones: key, time of the delete in place of the last change, and the mark."""
    try:
        gone = _deleted(read.settings, client, read.table.data.name, piece.window)
    except MissingError as error:
        raise AccessError(error.cause, "set deletes=false to read the changes without deletes") from None
    yield Page(records=[{"id": one["id"], "Modified_Time": one["deleted_time"], "_deleted": True} for one in gone])


def _deleted(settings: Settings, client: Client, module: str, window: Window | None) -> list[Row]:
    """Entries of a window.

    The list has no order that could be relied on, and an entry leaves it when its record is restored, which shifts
    those behind it by one place: more than one page is read until a whole pass brings nothing new.
    """
    bounds = window or Window(EPOCH, FOREVER)
    oldest = datetime.now(UTC) - _KEPT
    if EPOCH < bounds.start < oldest:
        client.note(
            f"Zoho keeps deleted {module} for about 60 days: those from before {oldest:%Y-%m-%d} may be missing, "
            "read the table in full"
        )
    found: dict[str, Row] = {}
    for _ in range(_PASSES):
        before, pages = len(found), 0
        for some in _pages(settings, client, module, bounds):
            pages += 1
            found |= {f"{one['id']}/{one['deleted_time']}": one for one in some}
        if pages <= 1 or len(found) == before:
            break
    return [one for one in found.values() if bounds.start <= moment_of(one["deleted_time"]) < bounds.end]


def _pages(settings: Settings, client: Client, module: str, bounds: Window) -> Iterator[list[Row]]:
    request = _request(settings, module, bounds)
    follow = paging.page_number(size=_PAGE, more="info.more_records")
    for response in paginate(lambda one: send(settings, client, one), request, follow):
        yield list(rows(response))


def _request(settings: Settings, module: str, bounds: Window) -> Request:
    request = get(path(settings, module, "deleted"), type="all", page=1, per_page=_PAGE)
    if bounds.start - _MARGIN <= EPOCH:
        return request
    return request.with_headers(If_Modified_Since=stamp(bounds.start - _MARGIN))


def _modules(read: Read, client: Client) -> list[Slice]:
    """One slice a module: those of `modules`, else all that may have deleted records."""
    asked = read.settings.names("modules")
    found = asked or [one.name for one in modules_of(read.settings, client) if one.changes and one.queried]
    return [Slice({"module": name, "asked": bool(asked)}, read.window, weight=2.0) for name in found]


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """A module that keeps no deleted records is told of, unless it was asked for by name: then it is an error."""
    if not piece["asked"]:
        bounds = piece.window or Window(EPOCH, FOREVER)
        _, fault = attempt(read.settings, client, _request(read.settings, piece["module"], bounds))
        if fault is not None and fault.kind == "missing":
            client.note(f"{piece['module']} keeps no deleted records: {fault.code}")
            return
    yield Page(records=_deleted(read.settings, client, piece["module"], piece.window))


DELETED_RECORDS = Table(
    name="Deleted_Records",
    columns=fields(
        "@module",
        "id",
        "display_name",
        "type",
        "deleted_time timestamp",
        "deleted_by struct<id:string,name:string>",
        "created_by struct<id:string,name:string>",
    ),
    primary_key=("module", "id", "deleted_time"),
    cursor=Cursor("deleted_time", lag=LATE),
    ingestion="append",
    slices=_modules,
    fetch=_fetch,
    category="reference",
    description="Recycle bin and permanent deletes of every module, one row a delete.",
)
