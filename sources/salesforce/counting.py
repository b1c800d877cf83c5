"""How many rows a part of a table has, and how to cut it into parts of about equal size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lakeflow_sources import LakeflowError, Read, moment
from lakeflow_sources.http import Client, get

from .calls import answer, send
from .faults import TOO_WIDE
from .hosts import data_path
from .soql import Query, Span

__all__ = ["Part", "bounded", "count", "divide", "halves", "in_halves", "size"]

_COUNTABLE = 2_000_000
"""Above this a COUNT() takes longer than it is worth: the approximate size will do."""
_SECOND = timedelta(seconds=1)
_QUESTIONS = 4
"""COUNT()s for each part that is wanted: ties and gaps in time must not cost without end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A span with the number of its rows, `None` where it is not known."""

    span: Span | None
    rows: int | None


def count(read: Read, client: Client, query: Query) -> int | None:
    """Rows of *query*; `None` where counting them takes the org too long."""
    text = str(replace(query, paths=("COUNT()",), order=""))
    request = get(data_path(read.settings, query.resource), q=text)
    response, fault = answer(read, client, request, TOO_WIDE)
    return None if fault else int(response.json()["totalSize"])


def size(read: Read, client: Client, query: Query) -> tuple[int | None, bool]:
    """Rows of a whole table, and whether that is exact."""
    request = get(data_path(read.settings, "limits", "recordCount"), sObjects=read.table.name)
    try:
        shown = send(read, client, request).json()["sObjects"]
    except LakeflowError:
        shown = []  # only a guess, which some users may not ask for
    guess = int(shown[0]["count"]) if shown else 0
    if guess > _COUNTABLE:
        return guess, False
    return count(read, client, query), True


def bounded(read: Read, client: Client, query: Query, span: Span) -> Span | None:
    """*span* from its first to behind its last row; `None` where there is none, or finding it takes too long."""
    ends: list[datetime] = []
    for order in (f"{span.on} ASC", f"{span.on} DESC"):
        one = replace(query.also(*span.conditions()), paths=(span.on,), order=order, limit=1)
        request = get(data_path(read.settings, query.resource), q=str(one))
        response, fault = answer(read, client, request, TOO_WIDE)
        found = [] if fault else response.json()["records"]
        if not found or not found[0][span.on]:
            return None
        ends.append(moment(found[0][span.on]))
    return Span(span.on, span.start or ends[0], span.end or ends[1] + _SECOND)


def in_halves(read: Read, client: Client, query: Query, span: Span | None) -> tuple[Span, Span] | None:
    """Both halves of *span*, open where it is; `None` where there is nothing to cut."""
    if span is None:
        return None
    closed = span if span.start and span.end else bounded(read, client, query, span)
    pair = halves(closed)
    return (replace(pair[0], start=span.start), replace(pair[1], end=span.end)) if pair else None


def divide(read: Read, client: Client, query: Query, part: Part, parts: int) -> list[Part]:
    """*part*, which has both bounds, in about as many as *parts*, by counting; evenly in time where that is no use."""
    if part.span is None or parts < 2:  # noqa: PLR2004 (nothing to divide)
        return [part]
    if part.rows is None or part.rows > _COUNTABLE:
        return _evenly(part, parts)
    left = [parts * _QUESTIONS]
    return list(_by_count(read, client, query, part, (part.rows / parts * 1.25, left)))


def _by_count(read: Read, client: Client, query: Query, part: Part, rule: tuple[float, list[int]]) -> Iterator[Part]:
    most, left = rule
    pair = halves(part.span)
    if part.rows is None or part.rows <= most or not pair or left[0] <= 0:
        if part.rows != 0:
            yield part
        return
    left[0] -= 1
    first = count(read, client, query.also(*pair[0].conditions()))
    second = None if first is None else max(0, part.rows - first)
    yield from _by_count(read, client, query, Part(pair[0], first), rule)
    # Rows may have come since the whole was counted: a half that seems empty is read all the same.
    yield from _by_count(read, client, query, Part(pair[1], second or 1), rule)


def _evenly(part: Part, parts: int) -> list[Part]:
    span = part.span
    assert span is not None
    assert span.start is not None
    assert span.end is not None
    step = max(_SECOND, _whole((span.end - span.start) / parts))
    cuts = [span.start]
    while cuts[-1] + step < span.end:
        cuts.append(cuts[-1] + step)
    rows = None if part.rows is None else part.rows // len(cuts)
    ends = [*cuts[1:], span.end]
    return [Part(Span(span.on, start, end), rows) for start, end in zip(cuts, ends, strict=True)]


def halves(span: Span | None) -> tuple[Span, Span] | None:
    """Both halves; `None` for a single second and for a span without bounds."""
    if span is None or span.start is None or span.end is None or span.end - span.start <= _SECOND:
        return None
    middle = span.start + max(_SECOND, _whole((span.end - span.start) / 2))
    return Span(span.on, span.start, middle), Span(span.on, middle, span.end)


def _whole(length: timedelta) -> timedelta:
    """Cut at whole seconds, as stamps have no parts of them."""
    return timedelta(seconds=int(length.total_seconds()))
