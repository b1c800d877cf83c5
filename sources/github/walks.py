"""Ways through lists that change while they are read: no row is skipped, none comes twice.

oldest_change_first   `since` of the last row seen begins the next page: there is no position that could shift,
                      and no number of pages that GitHub would refuse
steady                a row that goes moves the others to pages that were read, which are asked again, for nothing
newest_first          rows that come move the others on, to pages that are still to be read; a row that goes
                      moves them back, which the page before tells when it is asked again
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from lakeflow_sources import Read, moment
from lakeflow_sources.http import Client, Request, Response, paging

from .pages import again, ask, page_size, rows_of, walk
from .window import SECOND, bounds, text

__all__ = ["Falling", "Key", "Records", "fresh", "newest_first", "oldest_change_first", "steady"]

_FOLLOW = paging.link_header()
_FEW = 5  # a fifth of a page may be read again: more rows within a second are walked through by page

Records = list[dict[str, Any]]
Key = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Falling:
    """The order of a list: the time *by* falls, and rows before *start* are not wanted.

    *removable*: rows may leave it, so that others move up.
    """

    by: str
    start: datetime | None
    removable: bool = True


def fresh(records: Sequence[dict[str, Any]], seen: set[Any], key: Key = itemgetter("id")) -> Records:
    """Those of *records* whose *key* was not seen before."""
    found = []
    for one in records:
        name = key(one)
        if name not in seen:
            seen.add(name)
            found.append(one)
    return found


def steady(client: Client, pages: Iterable[Response], key: Key = itemgetter("id")) -> Iterator[Records]:
    """Rows of a list that may lose some meanwhile, each once: what moves up is on the page before, looked at again.

    The second look is a conditional call, which costs no quota.
    """
    seen: set[Any] = set()
    before: Response | None = None
    for response in pages:
        moved = again(client, before) if before is not None else []
        yield fresh([*moved, *rows_of(response)], seen, key)
        before = response


def newest_first(read: Read, client: Client, first: Request, falling: Falling, *, lenient: bool) -> Iterator[Records]:
    """Pages of a list by a falling time, until one reaches back before its start."""
    seen: set[Any] = set()
    before: Response | None = None
    sorted_so_far = True
    for response in walk(read, client, first, lenient=lenient):
        records = rows_of(response)
        moved = again(client, before) if before is not None and falling.removable else []
        yield fresh([*moved, *records], seen)
        times = [moment(one[falling.by]) for one in records]
        sorted_so_far = sorted_so_far and times == sorted(times, reverse=True)
        if falling.start is not None and sorted_so_far and times and times[-1] < falling.start:
            return
        before = response


def oldest_change_first(read: Read, client: Client, first: Request, *, lenient: bool) -> Iterator[Records]:
    """Rows of the window by ascending `updated_at`; all there are without one.

    A row that changes meanwhile goes to the end, where it is met again; it is handed on once.
    """
    start, end = bounds(read)
    if start is not None and _quiet(read, client, first, start):
        return
    climb = first.with_params(sort="updated", direction="asc", per_page=page_size(read))
    begin = climb if start is None else climb.with_params(since=text(start - SECOND))
    seen: set[Any] = set()
    before: Response | None = None
    for response in walk(read, client, begin, lenient=lenient, keep=start is None, follow=_climbing(climb, end)):
        records = rows_of(response)
        moved = again(client, before) if before is not None and _followed(response.request) else []
        yield fresh([*moved, *records], seen)
        before = response


def _climbing(climb: Request, end: datetime | None) -> paging.Paging:
    """From one page to the next: by the time of its last row, or by its link where too many rows share that time."""

    def follow(request: Request, response: Response) -> Request | None:
        following = _FOLLOW(request, response)
        times = [moment(one["updated_at"]) for one in rows_of(response)]
        if following is None or not times or times != sorted(times):
            return following
        if end is not None and times[-1] >= end:
            return None
        anchor = times[-1] - SECOND  # whether `since` includes its own second has changed in GitHub's pages
        since = dict(request.params).get("since")
        repeated = sum(time >= anchor for time in times)
        if (since is None or moment(since) < anchor) and repeated * _FEW <= len(times):
            return climb.with_params(since=text(anchor))
        return following

    return follow


def _followed(request: Request) -> bool:
    """Whether a page was reached by the link of the one before."""
    params = dict(request.params)
    return "after" in params or params.get("page", "1") != "1"


def _quiet(read: Read, client: Client, first: Request, start: datetime) -> bool:
    """Whether nothing changed since *start*; asked at an address that stays the same, which a cache answers."""
    if not read.settings.get("etag_cache"):
        return False
    response, fault = ask(read, client, first.with_params(sort="updated", direction="desc", per_page=1))
    if fault is not None:
        return False
    return all(moment(one["updated_at"]) < start for one in rows_of(response))
