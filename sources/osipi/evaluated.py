"""Values that the server works out: interpolated at even times, sampled for a plot, summed up over spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources import (
    EPOCH,
    Column,
    ConfigurationError,
    Cursor,
    Page,
    Read,
    Settings,
    Slice,
    Table,
    Window,
    moment,
)
from lakeflow_sources.http import Client, Request, get

from .answers import parsed
from .asking import ask, check_absent, ids
from .density import beginning
from .history import LAG, bounds
from .paths import path, sent
from .streams import Group, Stream, grouped, selected
from .values import COLUMNS, batch_of

__all__ = ["TABLES", "span_of"]

_CALL = 20_000  # values of one answer
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_PER_INTERVAL = 5
_SPAN = re.compile(r"(\d+)\s*([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BASES = {"timeweighted": "TimeWeighted", "eventweighted": "EventWeighted"}
_MICROS = pa.timestamp("us", tz="UTC")


def span_of(settings: Settings, option: str) -> timedelta:
    """A time such as `10m`; months and years differ in length, so they are refused."""
    text = (settings.get(option) or "").strip()
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise ConfigurationError(
            f"osipi: {option}={text!r} is no even span of time",
            "write a whole number with s, m, h, d or w, such as 10m",
        )
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _ceil(time: datetime, step: timedelta) -> datetime:
    """The first multiple of *step* since 1970 that is not before *time*."""
    return EPOCH - (EPOCH - time) // step * step


def _pieces(step_of: Any, values: Any, read: Read, client: Client) -> Iterator[Slice]:
    """Groups of streams in spans of whole steps, so that windows of any bounds ask for the same times."""
    step, each = step_of(read.settings), values(read)
    window = bounds(read)
    size = read.settings.integer("page_size") or _CALL
    for group in grouped(selected(read, client)):
        begin = window.start
        if begin == EPOCH:
            first = beginning(read, client, group, window.end)
            if first is None:
                continue
            begin = EPOCH + (first - EPOCH) // step * step
        steps = max(1, size // (len(group.streams) * each))
        start = begin
        while start < window.end:
            end = min(_ceil(start + _TICK, step) + (steps - 1) * step, window.end)
            yield Slice({"group": group}, Window(start, end))
            start = end


def _answers(
    shape: str, read: Read, group: Group, client: Client, params: Mapping[str, Any]
) -> Iterator[tuple[Sequence[Stream], Any]]:
    def request(streams: Sequence[Stream]) -> Request:
        return get(path(read.settings, "streamsets", shape), webId=ids(streams), **params)

    yield from ask(client, group.streams, request)


def _values(shape: str, params: Any, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    window = piece.window
    asked_for = params(read, window) if window else None
    if window is None or asked_for is None:
        return
    for asked, response in _answers(shape, read, piece["group"], client, asked_for):
        found = parsed(response.body, response.json, integer=shape == "plot" and asked[0].integer)
        check_absent(client, asked, (one for one, _ in found.counts), path(read.settings, "streams") + "/{}/value")
        yield Page(batch=_inside(found.batch, window))


def _inside(batch: pa.RecordBatch, window: Window) -> pa.RecordBatch:
    times = batch.column("timestamp")
    after = pc.greater_equal(times, pa.scalar(window.start, _MICROS))
    return batch.filter(pc.and_(after, pc.less(times, pa.scalar(window.end, _MICROS))))


def _even(read: Read, window: Window) -> dict[str, Any] | None:
    """Times that are multiples of the interval; half a step behind the last one, so that none lies on the bound."""
    step = span_of(read.settings, "interval")
    first = _ceil(window.start, step)
    if first >= window.end:
        return None
    last = _ceil(window.end, step) - step
    return {
        "startTime": sent(first),
        "endTime": sent(last + step / 2),
        "interval": f"{int(step.total_seconds())}s",
    }


def _plotted(read: Read, window: Window) -> dict[str, Any]:
    share = (window.end - window.start) / _DAY
    intervals = max(1, round((read.settings.integer("plot_intervals") or 1) * share))
    return {"startTime": sent(window.start), "endTime": sent(window.end), "intervals": intervals}


def _summaries(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Spans whose end lies in the window: a span that is still going on belongs to a later one."""
    if piece.window is None:
        return
    step = span_of(read.settings, "summary_duration")
    first = _ceil(piece.window.start, step)
    if first >= piece.window.end:
        return
    params = {
        "startTime": sent(first - step),
        "endTime": sent(_ceil(piece.window.end, step) - step),
        "summaryDuration": f"{int(step.total_seconds())}s",
        "summaryType": list(read.settings.names("summary_types")),
        "calculationBasis": _BASES.get((read.settings.get("calculation_basis") or "").lower(), "TimeWeighted"),
        "timeType": "EarliestTime",
    }
    for asked, response in _answers("summary", read, piece["group"], client, params):
        items = response.json()["Items"]
        check_absent(client, asked, (one["WebId"] for one in items), path(read.settings, "streams") + "/{}/value")
        rows = [(one, summary) for one in items for summary in one["Items"]]
        batch = batch_of((one, summary["Value"]) for one, summary in rows)
        ends = [moment(summary["Value"]["Timestamp"]) + step for _, summary in rows]
        batch = batch.append_column("end_time", pa.array(ends, _MICROS))
        yield Page(batch=batch.append_column("summary_type", pa.array([one["Type"] for _, one in rows], pa.string())))


def _types(read: Read) -> int:
    return max(1, len(read.settings.names("summary_types")))


TABLES: tuple[Table, ...] = (
    Table(
        name="interpolated_values",
        columns=COLUMNS,
        primary_key=("webid", "timestamp"),
        cursor=Cursor("timestamp", lag=LAG),
        ingestion="append",
        slices=partial(_pieces, partial(span_of, option="interval"), lambda read: 1),
        fetch=partial(_values, "interpolated", _even),
        category="time_series",
        description="Values at even times, at multiples of the option interval.",
    ),
    Table(
        name="plot_values",
        columns=COLUMNS,
        primary_key=("webid", "timestamp"),
        cursor=Cursor("timestamp", lag=LAG),
        ingestion="append",
        slices=partial(
            _pieces, lambda settings: _DAY, lambda read: (read.settings.integer("plot_intervals") or 1) * _PER_INTERVAL
        ),
        fetch=partial(_values, "plot", _plotted),
        category="time_series",
        description="First, last, lowest, highest and one odd value of each of plot_intervals a day.",
    ),
    Table(
        name="summary_values",
        columns=(Column("summary_type"), *COLUMNS[:4], Column("end_time", "timestamp"), *COLUMNS[4:]),
        primary_key=("webid", "timestamp", "summary_type"),
        cursor=Cursor("end_time", lag=LAG),
        ingestion="append",
        slices=partial(_pieces, partial(span_of, option="summary_duration"), _types),
        fetch=_summaries,
        category="time_series",
        description="Sums, averages and the like over spans of summary_duration that are complete.",
    ),
)
