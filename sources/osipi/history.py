"""Tables of values over time: which streams and spans are asked for together, and what each table makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil

from lakeflow_sources import EPOCH, Column, Cursor, Read, Slice, Table, Window
from lakeflow_sources.http import Client

from .density import beginning, rates
from .recorded import SIZE, recorded_pages
from .streams import Group, Stream, grouped, selected
from .values import COLUMNS

__all__ = ["LAG", "RECORDED", "bounds"]

LAG = 300.0
"""Seconds: younger values may be snapshots that compression drops later."""

_CALLS = 16  # of one slice
_SHORT = timedelta(hours=1)  # a window not worth counting in
_UNKNOWN = 0.05  # events a second of a stream that nobody counted
_LEAST = 1 / 86_400
_FEW = 400  # events of a stream for which it is not worth a call of its own
_YEAR = timedelta(days=365)
_SEQUENCE = Column("sequence", "int", comment="0 for the first event of a stream at a time, 1 for the next")


def bounds(read: Read) -> Window:
    """The window of a read; everything until now, less the lag, where it has none."""
    if read.window is not None:
        return read.window
    lag = read.settings.number("lag_seconds")
    own = read.table.cursor.lag if read.table.cursor else 0.0
    return Window(EPOCH, datetime.now(UTC) - timedelta(seconds=own if lag is None else lag))


def _slices(read: Read, client: Client) -> Iterator[Slice]:
    """Groups of streams that are about equally busy, each in spans that one call can answer."""
    window = bounds(read)
    streams = selected(read, client)
    if window.end - window.start <= _SHORT:
        yield from (Slice({"group": one}, window, 1.0) for one in grouped(streams))
        return
    counted = rates(read, client, list(grouped(streams)), window) or {}
    busy = sorted(streams, key=lambda one: (-_rate(counted, one), one.webid))
    for alike in _alike(busy, counted, (window.end - max(window.start, window.end - _YEAR)).total_seconds()):
        for group in grouped(alike):
            yield from _spans(read, client, group, counted, window)


def _alike(busy: list[Stream], counted: Mapping[str, float], seconds: float) -> Iterator[list[Stream]]:
    """Runs of *busy* of which none is four times as busy as another: the busiest says how short a span must be.

    Streams that hardly have events in *seconds* stay together, as a call holds them all anyway.
    """
    run: list[Stream] = []
    for one in busy:
        rate = _rate(counted, run[0]) if run else 0.0
        if rate * seconds > _FEW and _rate(counted, one) * 4 < rate:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _rate(counted: Mapping[str, float], stream: Stream) -> float:
    return max(counted.get(stream.webid, _UNKNOWN), _LEAST)


def _spans(read: Read, client: Client, group: Group, counted: Mapping[str, float], window: Window) -> Iterator[Slice]:
    """Cut from the first event on; the first span reaches back to the beginning of the window all the same."""
    size = read.settings.integer("page_size") or SIZE
    busiest = max(_rate(counted, one) for one in group.streams)
    step = timedelta(seconds=max(1.0, size / 2 / len(group.streams) / busiest))
    begin = window.start
    if begin == EPOCH:
        begin = beginning(read, client, group, window.end) or window.end
    shares = (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)
    calls = max(1, min(_CALLS, ceil((window.end - begin) / step / shares)))
    start = window.start
    while start < window.end:
        end = min(_whole(max(begin, start) + calls * step), window.end)
        weight = max(1, ceil((end - max(begin, start)) / step))
        yield Slice({"group": group, "step": _seconds(step, start, begin)}, Window(start, end), weight)
        start = end


def _whole(moment: datetime) -> datetime:
    """Bounds in whole milliseconds: all events of one microsecond stay in one span."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _seconds(step: timedelta, start: datetime, begin: datetime) -> int:
    """Whole seconds of one call; the empty time before the first event is not cut."""
    return 0 if start < begin else max(1, int(step.total_seconds()))


def _columns(*more: Column) -> tuple[Column, ...]:
    place = next(number for number, one in enumerate(COLUMNS) if one.name == "timestamp") + 1
    return (*COLUMNS[:place], *more, *COLUMNS[place:])


RECORDED = Table(
    name="recorded_values",
    columns=_columns(_SEQUENCE),
    primary_key=("webid", "timestamp", "sequence"),
    cursor=Cursor("timestamp", lag=LAG),
    ingestion="append",
    slices=_slices,
    fetch=recorded_pages,
    page_size=SIZE,
    category="time_series",
    description="Archived events of points or attributes, as they were recorded.",
)
