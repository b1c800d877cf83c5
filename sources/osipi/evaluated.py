"""Values that the server works out: interpolated at even times, sampled for a plot, summed up over spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources import (
    EPOCH,
    Column,
    Cursor,
    Page,
    Read,
    Settings,
    Slice,
    Table,
    Window,
    moment,
)
from lakeflow_sources.http import Client

from .answers import parsed
from .asking import check_absent
from .density import beginning
from .history import LAG, bounds
from .paths import path, sent
from .spans import Call, answers, ceiling, span_of
from .streams import grouped, selected
from .values import COLUMNS, batch_of

__all__ = ["TABLES"]

_CALL = 20_000  # values of one answer
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_PER_INTERVAL = 5
_BASES = {"timeweighted": "TimeWeighted", "eventweighted": "EventWeighted"}
_MICROS = pa.timestamp("us", tz="UTC")


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
            end = min(ceiling(start + _TICK, step) + (steps - 1) * step, window.end)
            yield Slice({"group": group}, Window(start, end))
            start = end


def _values(call: Call, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    if piece.window is None:
        return
    for asked, response, window in answers(call, read, client, piece["group"].streams, piece.window):
        found = parsed(response.body, response.json, integer=call.shape == "plot" and asked[0].integer)
        check_absent(client, asked, (one for one, _ in found.counts), path(read.settings, "streams") + "/{}/value")
        yield Page(batch=_inside(found.batch, window))


def _inside(batch: pa.RecordBatch, window: Window) -> pa.RecordBatch:
    times = batch.column("timestamp")
    after = pc.greater_equal(times, pa.scalar(window.start, _MICROS))
    return batch.filter(pc.and_(after, pc.less(times, pa.scalar(window.end, _MICROS))))


def _even(read: Read, window: Window) -> dict[str, Any] | None:
    """Times that are multiples of the interval; half a step behind the last one, so that none lies on the bound."""
    step = span_of(read.settings, "interval")
    first = ceiling(window.start, step)
    if first >= window.end:
        return None
    last = ceiling(window.end, step) - step
    return {
        "startTime": sent(first),
        "endTime": sent(last + step / 2),
        "interval": f"{int(step.total_seconds())}s",
    }


def _plotted(read: Read, window: Window) -> dict[str, Any]:
    share = (window.end - window.start) / _DAY
    intervals = max(1, round((read.settings.integer("plot_intervals") or 1) * share))
    return {"startTime": sent(window.start), "endTime": sent(window.end), "intervals": intervals}


def _spans(read: Read, window: Window) -> dict[str, Any] | None:
    """Spans whose end lies in the window: a span that is still going on belongs to a later one."""
    step = span_of(read.settings, "summary_duration")
    first = ceiling(window.start, step)
    if first >= window.end:
        return None
    return {
        "startTime": sent(first - step),
        "endTime": sent(ceiling(window.end, step) - step),
        "summaryDuration": f"{int(step.total_seconds())}s",
        "summaryType": list(read.settings.names("summary_types")),
        "calculationBasis": _BASES.get((read.settings.get("calculation_basis") or "").lower(), "TimeWeighted"),
        "timeType": "EarliestTime",
    }


def _summaries(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    if piece.window is None:
        return
    step = span_of(read.settings, "summary_duration")
    for asked, response, _ in answers(_SUMMARY, read, client, piece["group"].streams, piece.window):
        items = response.json()["Items"]
        check_absent(client, asked, (one["WebId"] for one in items), path(read.settings, "streams") + "/{}/value")
        rows = [(one, summary) for one in items for summary in one["Items"]]
        batch = batch_of((one, summary["Value"]) for one, summary in rows)
        ends = [moment(summary["Value"]["Timestamp"]) + step for _, summary in rows]
        batch = batch.append_column("end_time", pa.array(ends, _MICROS))
        yield Page(batch=batch.append_column("summary_type", pa.array([one["Type"] for _, one in rows], pa.string())))


def _types(read: Read) -> int:
    return max(1, len(read.settings.names("summary_types")))


def _interval(settings: Settings) -> timedelta:
    return span_of(settings, "interval")


def _duration(settings: Settings) -> timedelta:
    return span_of(settings, "summary_duration")


def _day(settings: Settings) -> timedelta:
    return _DAY


_EVEN = Call("interpolated", _even, _interval)
_PLOT = Call("plot", _plotted, _day)
_SUMMARY = Call("summary", _spans, _duration)


TABLES: tuple[Table, ...] = (
    Table(
        name="interpolated_values",
        columns=COLUMNS,
        primary_key=("webid", "timestamp"),
        cursor=Cursor("timestamp", lag=LAG),
        ingestion="append",
        slices=partial(_pieces, _interval, lambda read: 1),
        fetch=partial(_values, _EVEN),
        category="time_series",
        description="Values at even times, at multiples of the option interval.",
    ),
    Table(
        name="plot_values",
        columns=COLUMNS,
        primary_key=("webid", "timestamp"),
        cursor=Cursor("timestamp", lag=LAG),
        ingestion="append",
        slices=partial(_pieces, _day, lambda read: (read.settings.integer("plot_intervals") or 1) * _PER_INTERVAL),
        fetch=partial(_values, _PLOT),
        category="time_series",
        description="First, last, lowest, highest and one odd value of each of plot_intervals a day.",
    ),
    Table(
        name="summary_values",
        columns=(Column("summary_type"), *COLUMNS[:4], Column("end_time", "timestamp"), *COLUMNS[4:]),
        primary_key=("webid", "timestamp", "summary_type"),
        cursor=Cursor("end_time", lag=LAG),
        ingestion="append",
        slices=partial(_pieces, _duration, _types),
        fetch=_summaries,
        category="time_series",
        description="Sums, averages and the like over spans of summary_duration that are complete.",
    ),
)
