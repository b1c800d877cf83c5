"""Archived events: every one of a half-open window, once, however they lie in time.

The server ends a page in silence, both of its bounds belong to it, events share times, and `maxCount` of a set may be
meant for each stream or for all together. So a stream counts as complete only where both meanings say so; it is
continued alone from its last time on, without the events of that time that came already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources import Page, Read, Slice, VendorError, Window
from lakeflow_sources.http import Client, Request, Response, get

from .answers import parsed
from .asking import LimitError, ask, ids, left_alone
from .paths import path, sent
from .streams import Stream
from .values import RAW, Values, times_of

__all__ = ["SIZE", "recorded_pages"]

SIZE = 50_000
"""Events of one answer: some 8 MB of JSON."""

_MOST = 150_000
"""What a server returns at most unless its administrator changed it."""

_MICROS = pa.timestamp("us", tz="UTC")


@dataclass
class _Walk:
    """The reading of one slice."""

    read: Read
    client: Client
    window: Window
    size: int
    most: int = _MOST
    latest: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Per stream the last microsecond that was handed on, and how many events of it."""

    def send(
        self, streams: Sequence[Stream], start: str, longer: int | None = None
    ) -> Iterator[tuple[Sequence[Stream], Response]]:
        """Answers for *streams* from *start* to the end of the window; shorter ones where the server wants it."""
        while True:
            size = min(longer, self.most) if longer else self.size
            try:
                yield from ask(self.client, streams, partial(self._request, start=start, size=size))
            except LimitError as limit:
                if limit.most >= size:
                    raise VendorError(
                        f"The server refuses pages of {size} events although it allows {limit.most}",
                        "set page_size to a smaller number",
                    ) from None
                self.most = limit.most
                self.size = min(self.size, limit.most)
            else:
                return

    def _request(self, streams: Sequence[Stream], start: str, size: int) -> Request:
        return get(
            path(self.read.settings, "streamsets", "recorded"),
            startTime=start,
            endTime=sent(self.window.end),
            boundaryType="Inside",
            maxCount=size,
            webId=ids(streams),
        )


def recorded_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The events of a group of streams in the window of *piece*, one span after the other."""
    window = piece.window
    if window is None:
        return
    size = read.settings.integer("page_size") or SIZE
    walk = _Walk(read, client, window, size)
    step = timedelta(seconds=piece["step"] or 0) or window.end - window.start
    start = window.start
    while start < window.end:
        end = min(start + step, window.end)
        walk = replace(walk, window=Window(start, end), latest={})
        for batch in _span(walk, piece["group"].streams):
            if batch.num_rows:
                yield Page(batch=batch)
        start = end


def _span(walk: _Walk, streams: Sequence[Stream]) -> Iterator[pa.RecordBatch]:
    for asked, response in walk.send(streams, sent(walk.window.start)):
        integer = asked[0].integer
        values = parsed(response.body, response.json, integer=integer)
        yield _kept(walk, values)
        there = (webid for webid, _ in values.counts)
        single = path(walk.read.settings, "streams") + "/{}/recorded"
        for one in left_alone(walk.client, asked, there, single):
            yield from _rest(walk, one, values.batch.slice(0, 0))
        place = 0
        by_id = {one.webid: one for one in asked}
        for webid, count in values.counts:
            if webid in by_id and not _complete(count, values, len(asked), walk.size):
                yield from _rest(walk, by_id[webid], values.batch.slice(place, count))
            place += count


def _complete(count: int, values: Values, streams: int, size: int) -> bool:
    """Whether a stream came whole, whether *size* was meant for each stream or for all of them."""
    total = values.batch.num_rows
    if total >= size + streams:  # more than any sharing gives, rounded up for each: so it is meant for each
        return count < size
    return total < size and count < size // streams


def _rest(walk: _Walk, stream: Stream, page: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """What comes behind *page*, which is the beginning of *stream*."""
    longer: int | None = None
    while True:
        start, known = _end(walk, page)
        fresh = _one(walk, stream, start, longer)
        if fresh is None:
            return
        asked = min(longer, walk.most) if longer else walk.size  # only now: the server may have wanted less
        if fresh.num_rows >= asked and fresh.column("timestamp")[-1].as_py() <= _micros(start).as_py():
            longer = _longer(walk, stream, start, asked)
            continue
        yield _kept(walk, Values(_behind(fresh, start, known), ((stream.webid, fresh.num_rows),)))
        if fresh.num_rows < asked:
            return
        page, longer = fresh, None


def _longer(walk: _Walk, stream: Stream, start: str, size: int) -> int:
    """A whole page of one time: only a longer page gets past it."""
    if size >= walk.most:
        raise VendorError(
            f"{stream.name} has more than {size} events at {start}, and the server returns no more in one call",
            "let the administrator raise MaxReturnedItemsPerCall, or leave this stream out",
        )
    return min(size * 4, walk.most)


def _one(walk: _Walk, stream: Stream, start: str, longer: int | None) -> pa.RecordBatch | None:
    for _, response in walk.send([stream], start, longer):
        return parsed(response.body, response.json, integer=stream.integer).batch
    return None


def _end(walk: _Walk, page: pa.RecordBatch) -> tuple[str, int]:
    """The last time of *page* as the server wrote it, and how many of its events have it."""
    if not page.num_rows:
        return sent(walk.window.start), 0
    texts = page.column(RAW)
    last = texts[-1]
    return last.as_py(), pc.sum(pc.equal(texts, last)).as_py()


def _behind(page: pa.RecordBatch, start: str, known: int) -> pa.RecordBatch:
    """*page* without what came: events before *start*, and the first *known* ones of that time.

    A server whose clock ticks more coarsely than its texts may begin a little earlier than it is asked to.
    """
    same = pc.equal(page.column(RAW), start)
    first = pc.index(same, value=True).as_py()
    if first < 0:  # all of that time were deleted, or moved, meanwhile
        return page.filter(pc.greater_equal(page.column("timestamp"), _micros(start)))
    return page.slice(first + min(known, pc.sum(same).as_py()))


def _micros(text: str) -> pa.Scalar:
    return times_of(pa.array([text]))[0]


def _kept(walk: _Walk, values: Values) -> pa.RecordBatch:
    """The events inside the window, numbered among those of the same microsecond."""
    batch = values.batch
    times = batch.column("timestamp")
    inside = pc.and_(
        pc.greater_equal(times, pa.scalar(walk.window.start, _MICROS)),
        pc.less(times, pa.scalar(walk.window.end, _MICROS)),
    )
    if not pc.all(inside).as_py():  # all of them nearly always are, and a filter copies each column
        batch = batch.filter(inside)
    return batch.append_column("sequence", _numbers(walk.latest, batch))


def _numbers(latest: dict[str, tuple[int, int]], batch: pa.RecordBatch) -> pa.Array:
    """0 for the first event of a stream at a time, 1 for the next; pages may end between them."""
    count = batch.num_rows
    if not count:
        return pa.array([], pa.int32())
    webids, times = batch.column("webid"), batch.column("timestamp").cast(pa.int64())
    same_stream = pc.equal(webids.slice(1), webids.slice(0, count - 1))
    same_time = pc.equal(times.slice(1), times.slice(0, count - 1))
    begins = [0, *(place + 1 for place in pc.indices_nonzero(pc.invert(same_stream)).to_pylist())]
    numbers = [0] * count
    for place in begins:
        last, number = latest.get(webids[place].as_py(), (None, -1))
        if last == times[place].as_py():
            numbers[place] = number + 1
    for place in pc.indices_nonzero(pc.and_(same_stream, same_time)).to_pylist():
        numbers[place + 1] = numbers[place] + 1
    for place in (*(begin - 1 for begin in begins[1:]), count - 1):
        latest[webids[place].as_py()] = (times[place].as_py(), numbers[place])
    return pa.array(numbers, pa.int32())
