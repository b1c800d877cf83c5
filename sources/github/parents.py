"""Tables below another one: for each parent that changed, its children are read with calls of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from math import ceil
from operator import itemgetter
from typing import Any

from lakeflow_sources import AccessError, Page, Read, Slice
from lakeflow_sources.http import Client, MissingError, Request, get

from .lists import readable
from .pages import ask, page_size, up_to_cap, walk
from .repositories import Repository, crowd, lenient, repositories, repository_path, slice_of
from .walks import Key, Records, fresh, steady

__all__ = ["Family", "Parent", "fetch", "slices"]

_LEAST, _MOST = 5, 50  # parents of a slice: enough to be worth a slice, few enough to spread


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent by its *key* in addresses, a number most often, and the time of its last change."""

    key: int | str
    at: str


Changed = Callable[[Read, Slice, Client], Iterator[list[Parent]]]


@dataclass(frozen=True, slots=True)
class Family:
    """How children are found: *path* below the repository with `{}` for the parent's key.

    *parents*: pages of the parents that changed in the window of the read; *probe*: the first call of that.
    *number* and *time*: columns that get the parent's key and the time of its change.
    *single*: there is one child, which is the whole answer.
    *complete*: further children, where the list has a cap that *count* rows have reached.
    """

    path: str
    parents: Changed
    probe: Callable[[Read, Slice], Request]
    number: str
    time: str
    key: Key = itemgetter("id")
    params: Mapping[str, object] = field(default_factory=dict)
    single: bool = False
    complete: Callable[[Read, Slice, Client, Parent, int], Iterator[Records]] | None = None


def slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository; where a few would leave tasks idle, the parents are listed now and dealt out."""
    found = repositories(read, client)
    family: Family = read.table.data
    pieces = readable(read, client, found, family.probe)
    if len(found) >= crowd(read):
        return pieces
    return [piece for one in found for piece in _dealt(read, client, one, crowd(read) // max(1, len(found)))]


def _dealt(read: Read, client: Client, one: Repository, share: int) -> Iterator[Slice]:
    parents = [[p.key, p.at] for p in chain.from_iterable(_changed(read, slice_of(one), client))]
    size = min(max(ceil(len(parents) / share), _LEAST), _MOST)
    for start in range(0, len(parents), size):
        some = parents[start : start + size]
        yield slice_of(one, parents=some, weight=len(some))


def _changed(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    family: Family = read.table.data
    return family.parents(read, piece, client)


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The children of all parents of a slice."""
    listed = piece["parents"]
    parents = iter([[Parent(*one) for one in listed]]) if listed is not None else _changed(read, piece, client)
    for parent in chain.from_iterable(parents):
        try:
            yield from _children(read, piece, client, parent)
        except AccessError as error:
            if not isinstance(error, MissingError) and lenient(read):
                client.note(f"nothing is read of it: {error.cause}")
            elif isinstance(error, MissingError) and _gone(read, piece, client, parent):
                client.note(f"deleted while it was read: {error.cause}")
            else:
                raise


def _gone(read: Read, piece: Slice, client: Client, parent: Parent) -> bool:
    """Whether a parent was deleted: where it is there and its list is not, a right or a product is missing."""
    family: Family = read.table.data
    _, unread = ask(read, client, get(repository_path(piece)))
    if unread is not None or family.single:
        return unread is None
    own = family.path.rpartition("/")[0].format(parent.key)
    return ask(read, client, get(repository_path(piece, own)))[1] is not None


def _children(read: Read, piece: Slice, client: Client, parent: Parent) -> Iterator[Page]:
    family: Family = read.table.data
    size = None if family.single else page_size(read)
    first = get(repository_path(piece, family.path.format(parent.key)), per_page=size).with_params(**family.params)
    seen: set[Any] = set()
    pages = walk(read, client, first, lenient=False)
    lists = ([one.json()] for one in pages) if family.single else steady(client, pages, family.key)
    for records in up_to_cap(read, client, lists):
        yield _page(family, parent, fresh(records, seen, family.key))
    if family.complete is not None:
        for records in up_to_cap(read, client, family.complete(read, piece, client, parent, len(seen))):
            yield _page(family, parent, fresh(records, seen, family.key))


def _page(family: Family, parent: Parent, records: Records) -> Page:
    return Page(records=[{**one, family.number: parent.key, family.time: parent.at} for one in records])
