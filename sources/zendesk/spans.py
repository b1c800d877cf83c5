"""Windows cut into parts that are read at the same time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from lakeflow_sources import EPOCH, AccessError, Read, Slice, Window, moment
from lakeflow_sources.http import Client

from .exports import RATE
from .lists import page_of, walk

__all__ = ["cut", "export_slices"]

_CHAIN = 10  # calls a minute that one walk of an export makes: an answer of 1,000 records takes seconds
_LEAST = timedelta(days=1)  # that is worth a walk of its own


def export_slices(read: Read, client: Client) -> list[Slice]:
    """One walk, or as many as the budget of exports can feed.

    Without a window it is always one: a record that changes meanwhile moves from wherever it was to the end, and only
    a single walk can tell whether it has met it before.
    """
    if read.window is None:
        return [Slice(rate=RATE)]
    walks = ceil((read.settings.integer("exports_per_minute") or _CHAIN) / _CHAIN)
    return [Slice(window=part, rate=RATE) for part in cut(read, client, read.window, walks)]


def cut(read: Read, client: Client, window: Window, most: int) -> list[Window]:
    """*window* in at most *most* parts (and never more than `parallelism`) of the same length."""
    most = min(most, read.settings.integer("parallelism") or 1)
    if most == 1 or window.end - window.start < 2 * _LEAST:
        return [window]
    begin = max(window.start, _birth(read, client)) if window.start <= EPOCH else window.start
    count = max(1, min(most, (window.end - begin) // _LEAST))
    inner = [begin + (window.end - begin) * number / count for number in range(1, count)]
    edges = [window.start, *(one.replace(microsecond=0) for one in inner), window.end]
    return [Window(first, last) for first, last in pairwise(edges)]


def _birth(read: Read, client: Client) -> datetime:
    """When the account began, so that parts are even; nothing is lost where that is wrong."""
    try:
        brands = walk(client, page_of(read.settings, "brands"), "brands")
        return min((moment(one["created_at"]) for one in brands if one.get("created_at")), default=EPOCH)
    except AccessError:
        return EPOCH
