"""Plain lists of a repository: read in full each time, and lists whose rows stay where they are from several pages."""

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
from .repositories import Repository, crowd, lenient, repositories, repository_path, slice_of
from .walks import Key, steady

__all__ = ["Listing", "ended", "fetch", "first_request", "readable", "slices", "spread"]

Pin = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]] | None
_WORTH = 4  # pages that a slice of its own is worth


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a list is: *path* below the repository, *params* beside paging, *accept* for another form of it.

    *key*: what tells its rows apart.
    """

    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    key: Key = itemgetter("id")
    accept: str = ""


def first_request(read: Read, piece: Slice) -> Request:
    """The first page of a list."""
    listing: Listing = read.table.data
    headers = {"Accept": listing.accept} if listing.accept else None
    path = repository_path(piece, listing.path)
    return get(path, headers=headers, per_page=page_size(read)).with_params(**listing.params)


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The rows of a repository, each once."""
    listing: Listing = read.table.data
    pages = walk(read, client, first_request(read, piece), lenient=lenient(read))
    for records in up_to_cap(read, client, steady(client, pages, listing.key)):
        yield Page(records=records)


def ended(read: Read, piece: Slice, response: Response) -> bool:
    """Whether a page is the last one of its slice; it may be smaller than was planned."""
    if piece["to"] is None:
        return False
    params = dict(response.request.params)
    return int(params.get("page", 1)) * int(params["per_page"]) >= int(piece["to"]) * page_size(read)


def slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository: rows may go, and then pages that are read at once would lack some."""
    return readable(read, client, repositories(read, client), first_request)


def spread(
    read: Read,
    client: Client,
    found: Sequence[Repository],
    request: Callable[[Read, Slice], Request],
    pin: Pin = None,
) -> list[Slice]:
    """Page ranges of the lists of a few repositories, by the count of pages that the first page names.

    *pin*: further values of a slice, from the rows of that page, so that all ranges read the same list.
    """
    answers = [ask(read, client, request(read, slice_of(one))) for one in found]
    _check(read, answers)
    share = crowd(read) // max(1, len(found))
    pieces: list[Slice] = []
    for one, (response, fault) in zip(found, answers, strict=True):
        rows = [] if fault else rows_of(response)
        pages = (last_page(response) or 1) if rows else 1
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
