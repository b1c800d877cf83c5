"""Deletes: rows in the recycle bin by queryAll, and those that left it by the delete log.

The log reaches back 15 days at most, so a window that begins before it cannot be complete, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from lakeflow_sources import EPOCH, DataError, Page, Read, Slice, Window, moment
from lakeflow_sources.http import Client, get

from .calls import answer
from .hosts import data_path
from .kinds import Kind
from .rest import records_of
from .slices import live
from .soql import Query, Span

__all__ = ["deleted_pages"]

_KEPT = timedelta(days=15)
_MINUTE = timedelta(minutes=1)
_GONE = "INVALID_REPLICATION_DATE"
_MANY = "EXCEEDED_ID_LIMIT"
_REMEDY = (
    "read the table anew (a new checkpoint, or a full refresh of the pipeline), "
    "or set deletes=recycle_bin to go on with the deletes that are still known"
)


def deleted_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Tombstones of the window, each once; their cursor is the time of the delete."""
    cursor = read.table.cursor
    assert piece.window is not None
    assert cursor is not None
    window = Window(piece.window.start.replace(microsecond=0), piece.window.end.replace(microsecond=0))
    kind: Kind = read.table.data
    log = _log(read, client, window) if kind.logged and read.settings.get("deletes") != "recycle_bin" else {}
    span = Span(cursor.field, None if window.start <= EPOCH else window.start, window.end)
    query = live(read)
    paths = tuple(dict.fromkeys((*query.paths, cursor.field, "IsDeleted")))
    bin_query = Query(paths, query.source, ("IsDeleted = TRUE",), everything=True)
    for records in records_of(read, client, bin_query, span):
        for one in records:
            at = log.pop(one["Id"], None)
            if at is not None and moment(at) > moment(one[cursor.field]):
                one[cursor.field] = at
        yield Page(records=records)
    if log:
        yield Page(records=[{"Id": one, cursor.field: at, "IsDeleted": True} for one, at in log.items()])


def _log(read: Read, client: Client, window: Window) -> dict[str, str]:
    """Ids with the time of their delete."""
    oldest = datetime.now(UTC) - _KEPT + 2 * _MINUTE
    if window.start < oldest:
        _refuse_gap(read, window, oldest)
    start = max(window.start, oldest)
    if window.end <= start:
        return {}
    return dict(_found(read, client, Window(start, window.end)))


def _found(read: Read, client: Client, window: Window) -> Iterator[tuple[str, str]]:
    """What the log holds for *window*; it knows whole minutes only, so it is asked for more and cut here."""
    first = window.start.replace(second=0, microsecond=0)
    last = max(window.end.replace(second=0, microsecond=0) + _MINUTE, first + 2 * _MINUTE)
    path = data_path(read.settings, "sobjects", read.table.name, "deleted")
    request = get(path, start=_text(first), end=_text(last))
    response, fault = answer(read, client, request, {_GONE, _MANY})
    if fault is not None and fault.code == _MANY and window.end - window.start > 2 * _MINUTE:
        middle = window.start + (window.end - window.start) / 2
        yield from _found(read, client, Window(window.start, middle))
        yield from _found(read, client, Window(middle, window.end))
        return
    if fault is not None:
        raise DataError(f"The delete log of {read.table.name} cannot be read from {_text(first)} on", _REMEDY)
    body: dict[str, Any] = response.json()
    earliest = body.get("earliestDateAvailable")
    if earliest and moment(earliest) > window.start:
        _refuse_gap(read, window, moment(earliest))
    for one in body["deletedRecords"]:
        if window.start <= moment(one["deletedDate"]) < window.end:
            yield one["id"], one["deletedDate"]


def _refuse_gap(read: Read, window: Window, earliest: datetime) -> None:
    """A first read has nothing to miss; an increment that begins before the log does."""
    if window.start > (read.settings.moment("start") or EPOCH):
        raise DataError(
            f"Deletes of {read.table.name} between {_text(window.start)} and {_text(earliest)} are not known any more",
            _REMEDY,
        )


def _text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
