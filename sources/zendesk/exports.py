"""Incremental exports: records in the order of their last change, archived ones included.

    by cursor   start_time, then the cursor of each answer                    tickets, users
    by time     start_time, then the end_time of each answer; the records     everything else
                of that second come again and are left out the second time

An export knows where to begin and not where to end: a walk stops behind the end of its window and drops what lies
outside of it. It never gives the last minute, so windows end before that.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from math import inf
from typing import Any

from lakeflow_sources import Page, Read, Slice, TransientError, VendorError, Window
from lakeflow_sources.http import Client, Request, Response, get, paginate

__all__ = ["RATE", "Export", "export", "fetch_export", "seconds"]

RATE = "incremental"
"""All exports of an account share one budget."""

_LARGEST = 1_000
_SMALLEST = 100  # records of an answer when those of 1,000 take the vendor too long
_HIDDEN = 120  # seconds before now that no call may begin in: the vendor's minute, and clocks that differ
_HOUR = 3_600.0

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """*records* of */api/v2/path*, ordered by the field *moment*.

    *asks*: what every call says beside its position. *sized*: takes `per_page`.
    *moves*: a record that changes while the export is walked moves to its end, and must not come twice.
    *exact*: the export goes by that very field, so that a record behind a window shows that nothing of it is left.
    """

    path: str
    records: str
    moment: str
    by_cursor: bool = False
    sized: bool = True
    moves: bool = True
    exact: bool = False
    asks: Callable[[Read], Mapping[str, object]] | None = None


def fetch_export(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The records of a slice as they come, for tables whose `data` is an `Export`."""
    for records in export(read.table.data, read, client, piece.window):
        yield Page(records=records)


def export(which: Export, read: Read, client: Client, window: Window | None) -> Iterator[list[Record]]:
    """Pages of the records that changed in *window*, none of them twice; all there are without a window."""
    pages = _walk(which, read, client, window)
    return _once(which, pages) if which.moves and window is None else (page for page, _ in pages)


def seconds(value: object) -> float:
    """Seconds since 1970 of a time in either of the forms that exports use; before everything where there is none."""
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str) or not value:
        return -inf
    return float(value) if value.isdigit() else datetime.fromisoformat(value).timestamp()


def _walk(which: Export, read: Read, client: Client, window: Window | None) -> Iterator[tuple[list[Record], Response]]:
    first = window.start.timestamp() if window else -inf
    last = window.end.timestamp() if window else inf
    follow = partial(_next_cursor if which.by_cursor else _next_time, which)
    sent: dict[tuple[Any, Any], float] = {}
    for response in paginate(partial(_send, client), _begin(which, read, first), follow):
        records = _records(which, response)
        times = [seconds(one.get(which.moment)) for one in records]
        keys = [(one.get("id"), one.get(which.moment)) for one in records]
        triples = zip(records, times, keys, strict=True)
        fresh = [one for one, at, key in triples if first <= at < last and key not in sent]
        if fresh:
            yield fresh, response
        if times and (max(times) if which.exact else min(times)) >= last:
            return
        if not which.by_cursor:
            begun = float(dict(response.request.params)["start_time"])
            known = {**sent, **dict(zip(keys, times, strict=True))}
            sent = {key: at for key, at in known.items() if at >= begun}


def _begin(which: Export, read: Read, first: float) -> Request:
    start = int(min(max(first, 0.0), time.time() - _HIDDEN))
    size = min(read.settings.integer("page_size") or _LARGEST, _LARGEST) if which.sized else None
    asked = which.asks(read) if which.asks else {}
    return get(f"/api/v2/{which.path}", rate=RATE, start_time=start, per_page=size).with_params(**asked)


def _next_cursor(_which: Export, position: Request, response: Response) -> Request | None:
    answer = response.json()
    cursor = answer.get("after_cursor")
    if answer.get("end_of_stream") or (not cursor and "end_of_stream" not in answer):
        return None
    if not cursor or cursor == dict(position.params).get("cursor"):
        raise _endless(position)
    return position.with_params(start_time=None, cursor=cursor)


def _next_time(which: Export, position: Request, response: Response) -> Request | None:
    """Go on at `end_time`; where the answer does not say that it is the last one, the time that stands still does."""
    answer = response.json()
    end, start = answer.get("end_time"), int(dict(position.params)["start_time"])
    if answer.get("end_of_stream") or not end:
        return None
    following = min(int(end), int(_clock(response)) - _HIDDEN)  # a start within the last minute is refused
    if following > start:
        return position.with_params(start_time=following)
    return (_behind_ties if int(end) <= start else _recent)(which, position, response)


def _behind_ties(which: Export, position: Request, response: Response) -> Request | None:
    """Go on behind a second that fills a page: an answer grows to hold it; where it did not, a larger one is asked."""
    answer, start = response.json(), int(dict(position.params)["start_time"])
    count, asked = (
        answer.get("count", len(answer[which.records])),
        int(dict(response.request.params).get("per_page", _LARGEST)),
    )
    if count > asked:
        return position.with_params(start_time=start + 1)
    if count == asked and asked < _LARGEST:
        return position.with_params(per_page=_LARGEST)
    if count == asked or answer.get("end_of_stream") is False:
        raise _endless(position)
    return None


def _recent(which: Export, position: Request, response: Response) -> Request | None:
    """What changed so lately that no call may begin behind it has to fit into one page: the largest, if need be."""
    answer = response.json()
    asked = int(dict(response.request.params).get("per_page", _LARGEST))
    if answer.get("count", len(answer[which.records])) < asked:
        return None
    if asked < _LARGEST:
        return position.with_params(per_page=_LARGEST)
    raise TransientError(
        f"GET {position.url} cannot go on: {asked} records or more changed within the last two minutes",
        "read again in two minutes; exports do not begin in the last one",
    )


def _endless(position: Request) -> VendorError:
    return VendorError(
        f"GET {position.url} says that there is more, and goes on where it was",
        "report this to Zendesk; nothing was left out until now",
    )


def _records(which: Export, response: Response) -> list[Record]:
    answer = response.json()
    found = answer.get(which.records) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise VendorError(
            f"GET {response.request.url} answered without an array at {which.records}",
            "check that base_url leads to Zendesk",
        )
    return found


def _send(client: Client, request: Request) -> Response:
    """The answer; a shorter one where the whole takes the vendor too long."""
    try:
        return client.send(request)
    except TransientError:
        if int(dict(request.params).get("per_page", 0)) <= _SMALLEST:
            raise
        return client.send(request.with_params(per_page=_SMALLEST))


def _once(which: Export, pages: Iterable[tuple[list[Record], Response]]) -> Iterator[list[Record]]:
    """Leave out records that came before: only those that changed since the walk began can have."""
    seen = array("q")
    began = inf
    for records, response in pages:
        began = min(began, _clock(response) - _HOUR)
        late = {one["id"] for one in records if seconds(one.get(which.moment)) >= began}
        known = {one for one in seen if one in late} if late else late
        fresh = [one for one in records if one["id"] not in known]
        seen.extend(one["id"] for one in fresh)
        yield fresh


def _clock(response: Response) -> float:
    """The vendor's time of an answer."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()
