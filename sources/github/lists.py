"""Plain lists of a repository: read in full each time, some of them from several pages at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from operator import itemgetter
from typing import Any

from lakeflow_sources import Page, Read, Slice
from lakeflow_sources.http import Client, Fault, Request, Response, get

from .faults import NOTHING
from .pages import ask, failure, last_page, page_size, rows_of, skippable, up_to_cap, walk
from .repositories import Repository, crowd, few, lenient, repositories, repository_path, slice_of
from .walks import Key, fresh

__all__ = ["Listing", "ended", "fetch", "first_request", "readable", "slices", "spread"]

Pin = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]] | None
_WORTH = 4  # pages that a slice of its own is worth


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a list is: *path* below the repository, *params* beside paging, *accept* for another form of it.

    *stable*: new rows come at its end, so that pages may be read at once. *key*: what tells its rows apart.
    *shown*: pages after which GitHub shows no more.
    """

    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    key: Key = itemgetter("id")
    stable: bool = False
    accept: str = ""
    shown: int | None = None


def first_request(read: Read, piece: Slice) -> Request:
    """The first page of a list, or of the part of it that the slice stands for."""
    listing: Listing = read.table.data
    headers = {"Accept": listing.accept} if listing.accept else None
    path = repository_path(piece, listing.path)
    return get(path, headers=headers, per_page=page_size(read), page=piece["page"]).with_params(**listing.params)


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The rows of a repository, each once."""
    listing: Listing = read.table.data
    seen: set[Any] = set()
    pages = walk(read, client, first_request(read, piece), lenient=lenient(read))
    for response in up_to_cap(read, client, pages):
        yield Page(response, records=fresh(rows_of(response), seen, listing.key))
        if ended(read, piece, response):
            return


def ended(read: Read, piece: Slice, response: Response) -> bool:
    """Whether a page is the last one of its slice; it may be smaller than was planned."""
    if piece["to"] is None:
        return False
    params = dict(response.request.params)
    return int(params.get("page", 1)) * int(params["per_page"]) >= int(piece["to"]) * page_size(read)


def slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository; more where a few repositories would leave tasks idle and the pages can be counted."""
    found = repositories(read, client)
    if not read.table.data.stable or not few(read, found):
        return readable(read, client, found, first_request)
    return spread(read, client, found, first_request, shown=read.table.data.shown)


def spread(
    read: Read,
    client: Client,
    found: Sequence[Repository],
    request: Callable[[Read, Slice], Request],
    pin: Pin = None,
    shown: int | None = None,
) -> list[Slice]:
    """Page ranges of the lists of a few repositories, by the count of pages that the first page names.

    *pin*: further values of a slice, from the rows of that page, so that all ranges read the same list.
    *shown*: a list with that many pages is read by one slice, which knows another way to the rest.
    """
    answers = [ask(read, client, request(read, slice_of(one))) for one in found]
    _check(read, answers)
    share = crowd(read) // max(1, len(found))
    pieces: list[Slice] = []
    for one, (response, fault) in zip(found, answers, strict=True):
        rows = [] if fault else rows_of(response)
        pages = (last_page(response) or 1) if rows else 1
        pages = 1 if shown and pages >= shown else pages
        pieces += _ranges(one, pages, share, **(pin(rows) if pin and rows else {}))
    return pieces


def readable(
    read: Read, client: Client, found: Sequence[Repository], request: Callable[[Read, Slice], Request]
) -> list[Slice]:
    """One slice a repository, after making sure that one at least can be read.

    Those that cannot are left out with a note, but a right that is missing everywhere must not look like empty tables.
    """
    answers = []
    for one in found if lenient(read) else ():
        answers.append(ask(read, client, request(read, slice_of(one)).with_params(per_page=1)))
        if _tells(answers[-1][1]):
            break
    else:
        _check(read, answers)
    return [slice_of(one) for one in found]


def _check(read: Read, answers: Sequence[tuple[Response, Fault | None]]) -> None:
    """Raise what is wrong with the answers of all repositories, or with one that is not left out."""
    wrong = [(response, fault) for response, fault in answers if fault is not None]
    for response, fault in wrong:
        if not skippable(fault, lenient=lenient(read)):
            raise failure(response, fault)
    if wrong and not any(_tells(fault) for _, fault in answers):
        raise failure(*wrong[0])


def _tells(fault: Fault | None) -> bool:
    """Whether an answer shows that the credentials may read such lists."""
    return fault is None or fault.code in NOTHING


def _ranges(one: Repository, pages: int, most: int, **values: Any) -> list[Slice]:
    """Even ranges of pages; the last one is open, so that rows that come meanwhile are read as well."""
    count = min(most, pages // _WORTH)
    if count < 2:  # noqa: PLR2004 (nothing to divide)
        return [slice_of(one, weight=pages)]
    width = ceil(pages / count)
    cuts = [*range(1, pages + 1, width), None]
    return [
        slice_of(one, page=page, to=following - 1 if following else None, weight=width, **values)
        for page, following in pairwise(cuts)
    ]
