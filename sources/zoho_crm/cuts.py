"""Cut a module by time into slices of even size, by asking COQL for the time of every n-th record."""

from __future__ import annotations

from datetime import datetime

from lakeflow_sources import EPOCH, Read, Window
from lakeflow_sources.http import Client, Response

from .answers import attempt, rows
from .coql import Order, select, where
from .times import SECOND, moment_of

__all__ = ["cut", "reaches"]

_REACH = 99_999  # limit and offset of one query together reach 100,000 rows
_MOST = 2_000  # slices
_END = EPOCH - SECOND  # stands for: no such record


def reaches(read: Read, client: Client, field: str, window: Window, count: int) -> bool:
    """Whether the window holds more than *count* records, as far as COQL can tell."""
    response = _nth(read, client, field, window, count)
    return response is not None and bool(rows(response))


def cut(read: Read, client: Client, field: str, window: Window, step: int) -> list[Window] | None:
    """Windows of about *step* records each, which make up the whole; `None` where COQL does not know the module.

    Records that share one second stay together, so that a slice may hold more.
    """
    found: list[Window] = []
    start = window.start
    while len(found) < _MOST:
        moment = _behind(read, client, field, Window(start, window.end), step)
        if moment is None:
            return None
        if moment == _END:
            break
        edge = moment if moment > start else start + SECOND
        if edge >= window.end:
            break
        found.append(Window(start, edge))
        start = edge
    return [*found, Window(start, window.end)]


def _behind(read: Read, client: Client, field: str, window: Window, step: int) -> datetime | None:
    """The time of the record *step* behind the first of the window; `_END` when there are fewer."""
    start = window.start
    while step > 0:
        hop = min(step, _REACH)
        response = _nth(read, client, field, Window(start, window.end), hop)
        if response is None:
            return None
        found = rows(response)
        if not found:
            return _END
        reached = moment_of(found[0][field])
        start = reached if reached > start else start + SECOND
        step -= hop
    return start


def _nth(read: Read, client: Client, field: str, window: Window, place: int) -> Response | None:
    order = Order(field, 1, place)
    request = select(read.settings, (field,), read.table.data.name, where(field, window), order)
    response, fault = attempt(read.settings, client, request)
    if fault is not None:
        client.note(f"{read.table.name} is not read in slices: COQL said {fault.code} {fault.message}")
        return None
    return response
