"""Changes of a time window: search, walked by record id.

Search stops at 10,000 rows of one query, and paging by position skips a row whenever an earlier one is changed
meanwhile and leaves the window. So each page is a query of its own for the ids behind the last one seen: there is no
position that could shift, no cap to meet, and it does not matter how many rows share one timestamp.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from lakeflow_sources import EPOCH, Page, Read, Slice, Window
from lakeflow_sources.http import Client, Request, post

from .records import LONGEST_BODY, by_id, object_path, properties

__all__ = ["search_pages", "window_slices"]

_PAGE = 200
_MOST = 10_000  # rows of one window: the cap of a query, and a fair share of the work
_TICK = timedelta(milliseconds=1)  # precision of the cursor


def window_slices(read: Read, client: Client, window: Window) -> list[Slice]:
    """Windows of at most 10,000 rows each, cut by counting; a single millisecond is never cut further."""
    total = _count(read, client, window)
    if total > _MOST and window.start <= EPOCH:
        window = Window(max(window.start, _oldest(read, client, window)), window.end)
    return list(_halves(read, client, window, total))


def _halves(read: Read, client: Client, window: Window, total: int) -> Iterator[Slice]:
    span = _millis(window.end) - _millis(window.start)
    if total <= _MOST or span <= 1:
        if total:
            yield Slice({"from": "search"}, window, ceil(total / _PAGE), "search")
        return
    middle = window.start + (span // 2) * _TICK
    left = Window(window.start, middle)
    first = _count(read, client, left)
    yield from _halves(read, client, left, first)
    # Counted on its own: rows may have left the window since the whole was counted, but none may be missed.
    right = Window(middle, window.end)
    yield from _halves(read, client, right, _count(read, client, right))


def _count(read: Read, client: Client, window: Window) -> int:
    request = _search(read, window, limit=1, properties=["hs_object_id"], sorts=_BY_ID)
    return int(client.send(request).json()["total"])


def _oldest(read: Read, client: Client, window: Window) -> datetime:
    """The earliest change, in place of 1970: a millisecond before it, in case it is rounded."""
    field = read.table.data.cursor
    sorts = [{"propertyName": field, "direction": "ASCENDING"}]
    found = client.send(_search(read, window, limit=1, properties=[field], sorts=sorts)).json()["results"]
    return datetime.fromisoformat(found[0]["updatedAt"]) - _TICK if found else window.start


_BY_ID = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]


def _search(read: Read, window: Window, **body: Any) -> Request:
    field = read.table.data.cursor
    filters = [
        {"propertyName": field, "operator": "GTE", "value": str(_millis(window.start))},
        {"propertyName": field, "operator": "LT", "value": str(_millis(window.end))},
    ]
    return post(object_path(read, "search"), rate="search", filterGroups=[{"filters": filters}], **body)


def _millis(moment: datetime) -> int:
    return (moment - EPOCH) // _TICK


def search_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Live records whose cursor lies in the window, by ascending id."""
    if piece.window is None:
        return
    size = min(read.settings.integer("page_size") or _PAGE, _PAGE)
    names = list(properties(read))
    first = _search(read, piece.window, limit=size, properties=names, sorts=_BY_ID)
    short = len(first.body) > LONGEST_BODY
    request: Request | None = first.with_json(properties=["hs_object_id"]) if short else first
    while request is not None:
        response = client.send(request)
        ids = response.values("results", "id")
        if short:
            yield from by_id(read, ids, client)
        else:
            yield Page(response, "results")
        more = ids and response.text("paging.next") is not None
        request = _behind(request, ids[-1]) if more else None


def _behind(request: Request, last: str) -> Request:
    """The same search for the ids after *last*."""
    filters = request.json()["filterGroups"][0]["filters"][:2]
    filters.append({"propertyName": "hs_object_id", "operator": "GT", "value": last})
    return request.with_json(filterGroups=[{"filters": filters}])
