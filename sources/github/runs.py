"""Workflow runs: found by when they were created, as GitHub offers no other filter, and kept if they changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from lakeflow_sources import Page, Read, Slice, moment
from lakeflow_sources.http import Client, Request, Response, get

from .lists import readable
from .pages import CapError, again, ask, failure, page_size, rows_of, skippable, up_to_cap, walk
from .parents import Parent
from .repositories import few, lenient, repositories, repository_path
from .walks import Records, fresh
from .window import SECOND, bounds, midnight, text, within

__all__ = ["changed_attempts", "changed_runs", "fetch", "oldest_creation", "request", "slices"]

_SHOWN = 1_000  # runs that GitHub shows of a time span
_AIMED = 600  # runs of a span that is cut, as they are not spread evenly
_FIRST = datetime(2018, 10, 1, tzinfo=UTC)  # there were no Actions before

Span = tuple[datetime, datetime | None]
"""First and last second; without a last one it is open."""


def oldest_creation(read: Read) -> datetime | None:
    """How long ago something may have been created that still changes; `None` when all is read."""
    start, _ = bounds(read)
    if start is None:
        return None
    return midnight(start - timedelta(days=read.settings.number("created_days") or 0.0))


def _span(read: Read, piece: Slice) -> Span:
    if piece["from"]:
        return moment(piece["from"]), moment(piece["until"]) if piece["until"] else None
    return max(oldest_creation(read) or _FIRST, _FIRST), None


def _of_span(read: Read, piece: Slice, span: Span) -> Request:
    first, last = span
    created = f"{text(first)}..{text(last)}" if last else f">={text(first)}"
    return get(repository_path(piece, "actions/runs"), created=created, per_page=page_size(read))


def request(read: Read, piece: Slice) -> Request:
    """The first page of the runs that may have changed."""
    return _of_span(read, piece, _span(read, piece))


def slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository; for all runs of a few repositories, spans of time that GitHub shows completely."""
    found = repositories(read, client)
    pieces = readable(read, client, found, request)
    if bounds(read)[0] is not None or not few(read, found):
        return pieces
    return [part for piece in pieces for part in _parts(read, client, piece)]


def _parts(read: Read, client: Client, piece: Slice) -> list[Slice]:
    response, fault = ask(read, client, request(read, piece).with_params(per_page=1))
    if fault is not None and not skippable(fault, lenient=lenient(read)):
        raise failure(response, fault)
    total = 0 if fault else _total(response)
    if total <= _SHOWN:
        return [piece]  # a repository that is left out is noted where it is read
    spans = _cut(_span(read, piece), total)
    size = _AIMED / page_size(read)
    return [
        Slice({**piece.values, "from": text(first), "until": text(last) if last else None}, weight=size)
        for first, last in spans
    ]


def _total(response: Response) -> int:
    return int(response.json().get("total_count") or 0)


def _cut(span: Span, total: int) -> list[Span]:
    """*span* in even parts, as many as *total* runs need; no second belongs to two of them."""
    first, last = span
    seconds = int(((last or datetime.now(UTC)) - first) / SECOND) + 1
    count = min(ceil(total / _AIMED), seconds)
    starts = [first + timedelta(seconds=seconds * number // count) for number in range(count)]
    return [(start, following - SECOND) for start, following in pairwise(starts)] + [(starts[-1], last)]


def _pages(read: Read, piece: Slice, client: Client) -> Iterator[Records]:
    yield from _of(read, client, piece, _span(read, piece), set())


def _of(read: Read, client: Client, piece: Slice, span: Span, seen: set[Any]) -> Iterator[Records]:
    """The runs of a span, cut into parts where GitHub would not show all of it."""
    before: Response | None = None
    for response in walk(read, client, _of_span(read, piece, span), lenient=lenient(read)):
        if before is None and _total(response) > _SHOWN:
            parts = _cut(span, _total(response))
            if len(parts) == 1:
                raise CapError(
                    f"github: {piece['owner']}/{piece['repo']} has {_total(response)} workflow runs of "
                    f"{text(span[0])}, of which GitHub shows {_SHOWN}",
                    "set on_cap=note to go on with those",
                )
            for part in parts:
                yield from _of(read, client, piece, part, seen)
            return
        moved = again(client, before) if before is not None else []  # runs can be deleted
        yield fresh([*moved, *rows_of(response)], seen)
        before = response


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The runs of a slice; those that did not change in the window are dropped behind it."""
    for records in up_to_cap(read, client, _pages(read, piece, client)):
        yield Page(records=records)


def _changed(read: Read, piece: Slice, client: Client) -> Iterator[dict[str, Any]]:
    for records in up_to_cap(read, client, _pages(read, piece, client)):
        yield from (one for one in records if within(read, one["updated_at"]))


def changed_runs(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    """Runs that changed, as parents of their jobs."""
    for one in _changed(read, piece, client):
        yield [Parent(one["id"], one["updated_at"])]


def changed_attempts(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    """The earlier attempts of runs that changed: the list of runs has the latest one only."""
    for one in _changed(read, piece, client):
        attempts = range(1, int(one.get("run_attempt") or 1))
        yield [Parent(f"{one['id']}/attempts/{number}", one["updated_at"]) for number in attempts]
