"""What to read, cut into slices and dealt into shares: the planner decides, tasks obey."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lakeflow_sources.declare import EPOCH, Read, Slice, Window
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.clock import Clock

__all__ = ["as_batch", "batch_window", "deal", "frozen_now", "increment", "plan"]


def plan(read: Read, client: Client) -> list[tuple[Slice, ...]]:
    """The shares of *read*, at most `parallelism` of them, each a tuple of slices."""
    slices = read.table.slices
    pieces = list(slices(read, client)) if slices else [Slice(window=read.window)]
    return deal(pieces, read.settings.integer("parallelism") or 1)


def deal(pieces: Iterable[Slice], shares: int) -> list[tuple[Slice, ...]]:
    """Heaviest first, each to the lightest share so far; none is empty."""
    ordered = sorted(pieces, key=lambda piece: -piece.weight)
    heap = [(0.0, number) for number in range(min(shares, len(ordered)))]
    hands: list[list[Slice]] = [[] for _ in heap]
    for piece in ordered:
        load, number = heapq.heappop(heap)
        hands[number].append(piece)
        heapq.heappush(heap, (load + piece.weight, number))
    return [tuple(hand) for hand in hands]


def as_batch(read: Read) -> Read:
    """*read* bound to the window that its `start` and `end` ask for."""
    return replace(read, window=batch_window(read))


def batch_window(read: Read) -> Window | None:
    """The window that `start` and `end` of a batch read ask for; `None` when neither is given."""
    settings = read.settings
    start, end = settings.moment("start"), settings.moment("end")
    if start is None and end is None:
        return None
    if read.table.cursor is None:
        raise ConfigurationError(
            f"{read.connector.name}: table {read.table.name} has no cursor, so start and end mean nothing to it",
            "leave them out, or filter the rows in Spark",
        )
    window = Window(start or EPOCH, end or frozen_now(read))
    if start is not None and end is not None and start >= end:
        raise ConfigurationError(
            f"{read.connector.name}: start={start.isoformat()} is not before end={end.isoformat()}",
            "end is exclusive: give a later one",
        )
    return window


def frozen_now(read: Read, clock: Clock = Clock()) -> datetime:  # noqa: B008 (a frozen value)
    """Now minus the lag of the table, in whole milliseconds: what lies before it will not change any more."""
    lag = read.settings.number("lag_seconds")
    if lag is None:
        lag = read.table.cursor.lag if read.table.cursor else 0.0
    now = datetime.fromtimestamp(clock.now(), UTC) - timedelta(seconds=lag)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def increment(read: Read, start: datetime, end: datetime) -> Read:
    """*read* bound to what changed in [start, end), reaching back by the lookback for rows that arrive late."""
    back = read.settings.number("lookback_seconds")
    if back is None:
        back = read.table.cursor.lookback if read.table.cursor else 0.0
    floor = read.settings.moment("start") or EPOCH  # nothing before it was asked for
    first = min(start, max(floor, start - timedelta(seconds=back))) if start > EPOCH else start
    return replace(read, window=Window(first, end))
