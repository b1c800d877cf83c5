"""Full reads: the list endpoint, walked from several record ids at once.

The list is sorted by id and its `after` is the id to go on from, so that a walk may begin anywhere; as HubSpot does
not document this, each page is checked for it. The last range is open, so records that search does not know yet
are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import ceil
from typing import Any

from lakeflow_sources import Page, Read, Slice, VendorError
from lakeflow_sources.http import Client, Request, Response, get, paginate, paging, post

from .density import cuts
from .records import LONGEST_URL, by_id, object_path, properties

__all__ = ["list_ids", "list_pages", "list_request", "list_slices"]

_PAGE = 100
_LEAST = 1_000  # records that a range of its own is worth
_PAGES_PER_PROBE = 50  # pages of a read for each call that looks where its records lie
_LARGER = 2  # times as many calls as planned: a range where ids lie more closely than elsewhere


def list_slices(read: Read, client: Client) -> list[Slice]:
    """Ranges of record ids with about as many records each; one for few records, or where `parallel_list` is off."""
    whole = [Slice({"from": "list"})]
    if not read.settings.flag("parallel_list"):
        return whole
    with ThreadPoolExecutor(2) as pool:
        (lowest, total), (highest, _) = pool.map(partial(_nearest, read, client), ("ASCENDING", "DESCENDING"))
    tasks = (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)
    count = min(tasks, ceil(total / _LEAST))
    if lowest is None or highest is None or count < 2:  # noqa: PLR2004 (nothing to divide)
        return whole

    def beyond(one: int, side: str) -> tuple[int | None, int]:
        return _nearest(read, client, "ASCENDING" if side == "GTE" else "DESCENDING", {"operator": side, "value": one})

    found = cuts(lowest, highest, total, count, beyond, total // _PAGE // _PAGES_PER_PROBE)
    weight = total / count / _PAGE
    return [_range(first, end, highest, weight) for first, end in zip([None, *found], [*found, None], strict=True)]


def _range(first: int | None, end: int | None, highest: int, weight: float) -> Slice:
    return Slice({"from": "list", "first": first, "end": end, "highest": highest}, weight=weight)


def _nearest(
    read: Read, client: Client, direction: str, within: Mapping[str, Any] | None = None
) -> tuple[int | None, int]:
    """The record id at one end, of all records or of those *within* a bound, and how many of them search knows."""
    request = post(
        object_path(read, "search"),
        rate="search",
        limit=1,
        sorts=[{"propertyName": "hs_object_id", "direction": direction}],
        properties=["hs_object_id"],
        filterGroups=[{"filters": [{"propertyName": "hs_object_id", **within}]}] if within else [],
    )
    answer = client.send(request).json()
    found = answer["results"]
    return (int(found[0]["id"]) if found else None), int(answer.get("total") or 0)


def list_request(read: Read, *, archived: bool) -> tuple[Request, bool]:
    """The first page, and whether its properties have to be read by batch as the address would be too long."""
    size = min(read.settings.integer("page_size") or _PAGE, _PAGE)
    names = ",".join(properties(read))
    request = get(object_path(read), limit=size, properties=names or "hs_object_id", archived=archived)
    if len(request.target) <= LONGEST_URL:
        return request, False
    return request.with_params(properties="hs_object_id"), True


def list_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page | Slice]:
    """Live records with *first* <= id < *end*; half of what is left is given back where there are more than planned."""
    request, short = list_request(read, archived=False)
    stretch = _Stretch(piece)
    for response, inside in _walk(request, stretch, client):
        if short:
            yield from by_id(read, response.values("results", "id") if inside is None else inside, client)
        elif inside is None:
            yield Page(response, "results")
        else:
            kept = set(inside)
            yield Page(response, "results", [one for one in response.json()["results"] if one["id"] in kept])
        part = stretch.given_back()
        if part is not None:
            yield part


def list_ids(read: Read, piece: Slice, client: Client) -> Iterator[list[str]]:
    """Ids alone of the same records, a page at a time."""
    request = get(object_path(read), limit=_PAGE, properties="hs_object_id", archived=False)
    for response, inside in _walk(request, _Stretch(piece), client):
        yield response.values("results", "id") if inside is None else inside


class _Stretch:
    """Where a walk is in its range of ids, whose end comes nearer when a part of it is given back."""

    def __init__(self, piece: Slice) -> None:
        self.first, self.end, self._highest = piece["first"], piece["end"], piece["highest"]
        self.last = -1
        self._pages, self._planned = 0, piece.weight

    @property
    def bounded(self) -> bool:
        """Whether some records of a page may lie outside."""
        return self.first is not None or self.end is not None

    def inside(self, ids: list[str]) -> list[str] | None:
        """Those of the *ids* of a page that belong to the range; nothing where all of them do."""
        self._pages += 1
        self.last = _checked(ids, self.last)
        if not ids or (self._has(ids[0]) and self._has(ids[-1])):
            return None
        return [one for one in ids if self._has(one)]

    def _has(self, one: str) -> bool:
        return (self.first is None or int(one) >= self.first) and (self.end is None or int(one) < self.end)

    def given_back(self) -> Slice | None:
        """The upper half of what is left, when this has taken twice the calls that were planned for it."""
        end = self._highest if self.end is None else self.end
        if self._pages < _LARGER * self._planned or end is None or end - self.last < _LEAST:
            return None
        middle = (self.last + end) // 2
        part = _range(middle, self.end, self._highest, self._pages)
        self.end, self._planned = middle, self._pages
        return part


def _walk(request: Request, stretch: _Stretch, client: Client) -> Iterator[tuple[Response, list[str] | None]]:
    """Answers, and the ids of their records that belong to *stretch*; nothing where all of them do."""
    if stretch.first is not None:
        # One before the first: right whether `after` belongs to the page or not.
        request = request.with_params(after=stretch.first - 1)
    for response in paginate(client.send, request, _next(stretch)):
        yield response, stretch.inside(response.values("results", "id")) if stretch.bounded else None


def _next(stretch: _Stretch) -> Any:
    follow = paging.token("paging.next.after", param="after")

    def next_page(request: Request, response: Response) -> Request | None:
        # The ids of the next page are not below `after`.
        following = follow(request, response)
        ended = following and stretch.end is not None and int(dict(following.params)["after"]) >= stretch.end
        return None if ended else following

    return next_page


def _checked(ids: list[str], last: int) -> int:
    """The last of the *ids* of a page, which ascend and follow those before it."""
    for one in ids:
        number = int(one)
        if number <= last:
            raise VendorError(
                f"HubSpot's list is not sorted by record id any more ({number} came after {last})",
                "set parallel_list=false to walk it from its beginning",
            )
        last = number
    return last
