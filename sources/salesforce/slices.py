"""The plan of a read: by REST or in bulk jobs, in how many parts, and where its deletes come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

from lakeflow_sources import EPOCH, ConfigurationError, Read, Slice, Window, moment
from lakeflow_sources.http import Client

from .counting import Part, bounded, count, divide, size
from .kinds import Kind
from .soql import Query, Span, selected
from .types import Apart, LongText

__all__ = ["live", "slices", "span_of"]

_PAGE = 2_000
_WIDE_PAGE = 200
_BULK_ABOVE = 2_000
_CHAIN_PAGES = 5  # that a chain of its own is worth
_JOB_CALLS = 5
_RESULT_ROWS = 100_000


def slices(read: Read, client: Client) -> list[Slice]:
    """What is there now, or the changes of the window with its deletes."""
    kind: Kind = read.table.data
    if kind.parent is not None:
        return [Slice({"way": "parents", "why": f"can only be asked for by {kind.parent[1]}"})]
    if read.window is None:
        return list(_whole(read, client, None))
    if _refreshes(read, read.window):
        return [*_whole(read, client, read.window), *_deletes(read)]
    return [*_changes(read, client, read.window), *_deletes(read)]


def live(read: Read) -> Query:
    """The rows that are there; archived activities too, which only queryAll shows."""
    names = {one.name for one in read.known}
    archives = {"IsArchived", "IsDeleted"} <= names
    where = ("IsDeleted = FALSE",) if archives else ()
    kind: Kind = read.table.data
    more = ("Id",) if kind.keyed else ()
    return Query(selected(read.columns, *more), read.table.name, where, everything=archives)


def span_of(piece: Slice) -> Span | None:
    """The part that a slice stands for."""
    if not piece["on"]:
        return None
    return Span(piece["on"], *(moment(piece[name]) if piece[name] else None for name in ("from", "to")))


def _whole(read: Read, client: Client, window: Window | None) -> Iterator[Slice]:
    """Cut by a field that never changes: a row that is changed meanwhile must not move to a part already read."""
    query = live(read)
    before: list[str] = []
    if window is not None and read.table.cursor:
        before = Span(read.table.cursor.field, None, window.end).conditions()
    names = {one.name for one in read.known}
    on = next((name for name in ("CreatedDate", "LoginTime") if name in names), "")
    kind: Kind = read.table.data
    total, exact = size(read, client, query) if kind.keyed else (None, True)
    if total == 0 and exact:
        return
    way, why = _way(read, total)
    whole = Part(Span(on) if on else None, total)
    for part in _parts(read, client, query, whole, way):
        yield _slice(read, way, why, part, before)


def _changes(read: Read, client: Client, window: Window) -> Iterator[Slice]:
    """Cut by the cursor: a row that is changed meanwhile leaves the window, and comes with the next one."""
    assert read.table.cursor is not None
    span = Span(read.table.cursor.field, None if window.start <= EPOCH else window.start, window.end)
    query = live(read)
    total = count(read, client, query.also(*span.conditions()))
    if total == 0:
        return
    way, why = _way(read, total)
    for part in _parts(read, client, query, Part(span, total), way):
        yield _slice(read, way, why, part, ())


def _parts(read: Read, client: Client, query: Query, whole: Part, way: str) -> list[Part]:
    """*whole* in as many parts as are worth their calls."""
    threads = 1 if way == "bulk" else read.settings.integer("concurrency") or 1
    most = (read.settings.integer("parallelism") or 1) * threads
    worth = max(1, read.settings.integer("job_rows") or 1) if way == "bulk" else _CHAIN_PAGES * _page(read)
    wanted = most if whole.rows is None else min(most, ceil(whole.rows / worth))
    kind: Kind = read.table.data
    if whole.span is None or wanted < 2 or not kind.keyed:  # noqa: PLR2004 (nothing to divide)
        return [whole]
    inside = bounded(read, client, query, whole.span)
    if inside is None:
        return [whole]
    return _joined(divide(read, client, query, Part(inside, whole.rows), wanted), whole.span)


def _joined(parts: list[Part], whole: Span) -> list[Part]:
    """*parts* without gaps where counting found nothing, and open where the whole is: rows may come meanwhile."""
    starts = [whole.start, *(part.span.start for part in parts[1:] if part.span)]
    ends = [*starts[1:], whole.end]
    return [
        replace(part, span=Span(whole.on, start, end)) for part, start, end in zip(parts, starts, ends, strict=True)
    ]


def _way(read: Read, total: int | None) -> tuple[str, str]:
    """REST or bulk, and why."""
    forced = _only_rest(read)
    asked = read.settings.get("api") or "auto"
    if forced and asked == "bulk":
        raise ConfigurationError(
            f"salesforce: {read.table.name} cannot be read with api=bulk, as {forced}", "leave api out, or set api=rest"
        )
    if forced:
        return "rest", forced
    if asked != "auto":
        return asked, f"api={asked}"
    if total is None:
        return "bulk", "its rows cannot be counted in time"
    given = read.settings.integer("bulk_above")
    most = _BULK_ABOVE if given is None else given
    if total > most:
        return "bulk", f"{total} rows, above bulk_above={most}"
    pages, job = ceil(total / _page(read)), _job(total)
    if given is None and pages > job:
        return "bulk", f"{total} rows so wide that a page holds {_page(read)}: {job} calls in place of {pages}"
    return "rest", f"{total} rows"


def _page(read: Read) -> int:
    """Most rows of a page by REST. Source: SOQL reference, "Change the Batch Size in Queries"."""
    return _WIDE_PAGE if sum(isinstance(one, LongText) for one in read.columns) > 1 else _PAGE


def _job(rows: int) -> int:
    """Calls of a bulk job."""
    return _JOB_CALLS + ceil(rows / _RESULT_ROWS)


def _only_rest(read: Read) -> str:
    """Why the Bulk API cannot be used; empty where it can."""
    kind: Kind = read.table.data
    if not kind.bulk:
        return f"the Bulk API does not serve {read.table.name}"
    apart = [one.name for one in read.columns if isinstance(one, Apart)]
    return f"the Bulk API does not serve the type of {', '.join(apart)}" if apart else ""


def _slice(read: Read, way: str, why: str, part: Part, before: Sequence[str]) -> Slice:
    values: dict[str, Any] = {"way": way, "why": why}
    if part.span is not None:
        values["on"] = part.span.on
        values["from"] = part.span.start.isoformat() if part.span.start else None
        values["to"] = part.span.end.isoformat() if part.span.end else None
    if before:
        values["also"] = list(before)
    rows = part.rows or 1
    calls = ceil(rows / _page(read)) if way == "rest" else _job(rows)
    return Slice(values, weight=float(calls))


def _deletes(read: Read) -> list[Slice]:
    names = {one.name for one in read.known}
    wanted = read.table.ingestion == "cdc_with_deletes" and "IsDeleted" in names
    if not wanted or read.settings.get("deletes") == "none":
        return []
    return [Slice({"way": "deletes"}, read.window, weight=2.0)]


def _refreshes(read: Read, window: Window) -> bool:
    """Whether the window holds a moment at which formulas are read again: every so many hours since 1970."""
    hours = read.settings.number("formula_refresh_hours")
    if not hours or window.start <= EPOCH:
        return False
    step = timedelta(hours=hours)
    return (window.start - EPOCH) // step != (window.end - EPOCH) // step
