"""Full reads: the list endpoint, walked from several record ids at once.

The list is sorted by id and its `after` is the id to go on from, so that a walk may begin anywhere; as HubSpot does
not document this, each page is checked for it. The last range is open, so records that search does not know yet
are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from lakeflow_sources import Page, Read, Slice, VendorError
from lakeflow_sources.http import Client, Request, Response, get, paginate, paging, post

from .records import LONGEST_URL, by_id, object_path, properties

__all__ = ["list_ids", "list_pages", "list_request", "list_slices"]

_PAGE = 100
_LEAST = 1_000  # records that a range of its own is worth


def list_slices(read: Read, client: Client) -> list[Slice]:
    """Even ranges of record ids; one where there are few records, or where `parallel_list` is off."""
    whole = [Slice({"from": "list"})]
    if not read.settings.flag("parallel_list"):
        return whole
    lowest, total = _end(read, client, "ASCENDING")
    tasks = (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)
    count = min(tasks, ceil(total / _LEAST))
    if lowest is None or count < 2:  # noqa: PLR2004 (nothing to divide)
        return whole
    highest, _ = _end(read, client, "DESCENDING")
    return _ranges(lowest, highest or lowest, count, total / count / _PAGE)


def _ranges(lowest: int, highest: int, count: int, weight: float) -> list[Slice]:
    width = max(1, ceil((highest - lowest + 1) / count))
    cuts = [cut for number in range(1, count) if (cut := lowest + number * width) <= highest]
    starts, ends = [None, *cuts], [*cuts, None]
    bounds = zip(starts, ends, strict=True)
    return [Slice({"from": "list", "first": first, "end": end}, weight=weight) for first, end in bounds]


def _end(read: Read, client: Client, direction: str) -> tuple[int | None, int]:
    """The record id at one end, and how many records search knows."""
    request = post(
        object_path(read, "search"),
        rate="search",
        limit=1,
        sorts=[{"propertyName": "hs_object_id", "direction": direction}],
        properties=["hs_object_id"],
        filterGroups=[],
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


def list_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Live records with *first* <= id < *end*."""
    request, short = list_request(read, archived=False)
    for response, ids, inside in _walk(request, piece, client):
        if short:
            yield from by_id(read, inside, client)
        elif len(inside) == len(ids):
            yield Page(response, "results")
        else:
            kept = set(inside)
            yield Page(response, "results", [one for one in response.json()["results"] if one["id"] in kept])


def list_ids(read: Read, piece: Slice, client: Client) -> Iterator[list[str]]:
    """Ids alone of the same records, a page at a time."""
    request = get(object_path(read), limit=_PAGE, properties="hs_object_id", archived=False)
    for _, _, inside in _walk(request, piece, client):
        yield inside


def _walk(request: Request, piece: Slice, client: Client) -> Iterator[tuple[Response, list[str], list[str]]]:
    """Answers, the ids of their records, and those of them that belong to the slice."""
    first, end = piece["first"], piece["end"]
    if first is not None:
        # One before the first: right whether `after` belongs to the page or not.
        request = request.with_params(after=first - 1)
    last = -1
    for response in paginate(client.send, request, _next(end)):
        ids = inside = response.values("results", "id")
        if first is not None or end is not None:
            last = _checked(ids, last)
            inside = [one for one in ids if _within(int(one), first, end)]
        yield response, ids, inside


def _next(end: int | None) -> Any:
    follow = paging.token("paging.next.after", param="after")

    def next_page(request: Request, response: Response) -> Request | None:
        last = response.last("results") if end is not None else None
        if end is not None and last is not None and int(last["id"]) >= end:
            return None
        return follow(request, response)

    return next_page


def _within(number: int, first: int | None, end: int | None) -> bool:
    return (first is None or number >= first) and (end is None or number < end)


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
