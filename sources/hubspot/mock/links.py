"""Links between records: made from their indexes for any two object types, with what tests changed on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lakeflow_sources.testing.samples import number_of

from .account import Account, Thing
from .records import LIVE, Index, scatter_all

__all__ = ["Associations", "Link"]

_MOST = 3  # targets of an ordinary record
_HUB = 3  # every third record is linked to the first target as well,
_HUB_UNTIL = 6_000  # up to this one
_LABELLED = 5  # every fifth link has a label of the account's own too
_KNOWN = {
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("contacts", "deals"): 4,
    ("deals", "contacts"): 3,
    ("contacts", "tickets"): 15,
    ("tickets", "contacts"): 16,
    ("companies", "deals"): 6,
    ("deals", "companies"): 5,
    ("deals", "line_items"): 19,
    ("line_items", "deals"): 20,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A record's link to another one."""

    to_id: int
    labelled: bool


@dataclass(frozen=True)
class _Edges:
    """The seeded links between two types: from the index in `starts` on, until the next start."""

    starts: Index
    targets: Index


class Associations:
    """All links of the account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._edges: dict[tuple[str, str], _Edges] = {}
        self._added: dict[tuple[str, str, int], set[int]] = {}
        self._removed: set[tuple[str, str, int, int]] = set()

    def links(self, thing: Thing, index: int, target: Thing) -> list[Link]:
        """The links of a record to live records of the other type, by ascending id."""
        first, second = thing.kind.api, target.kind.api
        edges = self._seeded(thing, target)
        places: set[int] = set()
        if index < len(edges.starts) - 1:
            places.update(edges.targets[edges.starts[index] : edges.starts[index + 1]].tolist())
        places |= self._added.get((first, second, index), set())
        state, ids = target.records.state, target.records.ids
        return [
            Link(int(ids[place]), (index + place) % _LABELLED == 0)
            for place in sorted(places)
            if state[place] == LIVE and (first, second, index, place) not in self._removed
        ]

    def types(self, thing: Thing, target: Thing, *, labelled: bool) -> list[dict[str, Any]]:
        """The kinds of link that a link between two types has."""
        pair = (thing.kind.api, target.kind.api)
        number = _KNOWN.get(pair) or 300 + number_of("type", *pair) % 700
        plain = [{"category": "HUBSPOT_DEFINED", "typeId": number, "label": None}]
        if not labelled:
            return plain
        own = {"category": "USER_DEFINED", "typeId": 1 + number_of("label", *pair) % 90, "label": 'Decision "maker"'}
        return [*plain, own]

    def rows(self, thing: Thing, target: Thing) -> list[dict[str, Any]]:
        """Every kind of every link of live records as a row."""
        return [row for index in thing.records.chosen(LIVE).tolist() for row in self._rows(thing, index, target)]

    def _rows(self, thing: Thing, index: int, target: Thing) -> Iterator[dict[str, Any]]:
        for link in self.links(thing, index, target):
            for kind in self.types(thing, target, labelled=link.labelled):
                yield {"fromId": str(thing.records.ids[index]), "toId": str(link.to_id), **kind}

    def link(self, thing: Thing, index: int, target: Thing, place: int, *, present: bool) -> None:
        """Make or cut the link between two records, seen from both."""
        for one in ((thing.kind.api, target.kind.api, index, place), (target.kind.api, thing.kind.api, place, index)):
            first, second, begin, end = one
            if present:
                self._removed.discard(one)
                self._added.setdefault((first, second, begin), set()).add(end)
            else:
                self._removed.add(one)

    def _seeded(self, thing: Thing, target: Thing) -> _Edges:
        pair = (thing.kind.api, target.kind.api)
        if pair not in self._edges:
            names = list(self.account.things)
            first, second = (thing, target) if names.index(pair[0]) <= names.index(pair[1]) else (target, thing)
            begins, ends = _made(self.account.seed, first, second)
            if pair[0] == pair[1]:
                begins, ends = np.append(begins, ends), np.append(ends, begins)
            elif first is target:
                begins, ends = ends, begins
            self._edges[pair] = _grouped(begins, ends, len(thing.records.ids))
        return self._edges[pair]


def _made(seed: int, first: Thing, second: Thing) -> tuple[Index, Index]:
    """Up to three targets for each record; the first target is a hub that many of the first records share."""
    count, others = first.records.seeded, second.records.seeded
    index = np.arange(count if others else 0, dtype=np.uint64)
    mixed = scatter_all(index, number_of(seed, first.kind.api, second.kind.api))
    hub = index[:_HUB_UNTIL:_HUB]
    begins, ends = [hub], [np.zeros_like(hub)]
    for place in range(_MOST):
        chosen = mixed % np.uint64(_MOST + 1) > place
        begins.append(index[chosen])
        ends.append((mixed[chosen] >> np.uint64(8 * place + 8)) % np.uint64(others))
    first_ones, second_ones = np.concatenate(begins).astype(np.int64), np.concatenate(ends).astype(np.int64)
    different = (first_ones != second_ones) | (first is not second)
    return first_ones[different], second_ones[different]


def _grouped(begins: Index, ends: Index, count: int) -> _Edges:
    pairs = np.unique(np.stack([begins, ends], axis=1), axis=0) if len(begins) else np.empty((0, 2), dtype=np.int64)
    return _Edges(np.searchsorted(pairs[:, 0], np.arange(count + 1)), pairs[:, 1])
