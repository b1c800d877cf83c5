"""The records of one module: columns of numbers, with a small layer of changes above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lakeflow_sources.testing.samples import number_of, scatter

from .catalogue import Module

__all__ = ["LIVE", "PERMANENT", "RECYCLED", "Deletion", "Index", "Records"]

LIVE, RECYCLED, PERMANENT = 0, 1, 2
Index = NDArray[np.int64]

_FIRST = 5_725_767_000_000_000_000  # 19 digits: no double holds them
_ROOM = 20_000_000_000
_STRIDE = 13
_YEAR = 365 * 86_400
_SHARING = 3
_BURST = (0.40, 0.55)
"""This part of the records was touched by one mass update, in one second."""
_BURST_LEAST = 400


@dataclass(frozen=True, slots=True)
class Deletion:
    """An entry of the deleted records."""

    index: int
    at: int
    permanent: bool


class Records:
    """All records of one module; times are whole seconds since 1970, *version* moves with every write."""

    def __init__(self, seed: int, module: Module, place: int, count: int, until: int) -> None:
        index = np.arange(count, dtype=np.int64)
        self.module = module
        self.key = number_of(seed, module.name, "records")
        spread = np.array([scatter(self.key, one) >> 1 for one in range(count)], dtype=np.int64)
        self.first = _FIRST + place * _ROOM
        self.ids: Index = self.first + index * _STRIDE + spread % _STRIDE
        shared = np.where(index % 10 < _SHARING, index - index % 10, index)
        back = np.array([scatter(self.key + 1, one) % (2 * _YEAR) for one in shared.tolist()], dtype=np.int64)
        self.modified: Index = until - 1 - back
        if count >= _BURST_LEAST:
            begin, end = (round(share * count) for share in _BURST)
            self.modified[begin:end] = until - _YEAR
        self.created: Index = self.modified - spread % (3 * _YEAR)
        self.state = np.zeros(count, dtype=np.uint8)
        self.changes: dict[int, dict[str, Any]] = {}
        self.deletions: dict[int, Deletion] = {}
        self.converted: set[int] = set()
        self.version = 0
        self._orders: dict[str, tuple[int, Index]] = {}

    @property
    def live(self) -> Index:
        """Indexes of what is there, by ascending id."""
        return self.ordered("id")

    def ordered(self, by: str) -> Index:
        """Indexes of what is there, by ascending `id`, `Created_Time` or `Modified_Time`; ties by ascending id."""
        version, found = self._orders.get(by, (-1, np.empty(0, dtype=np.int64)))
        if version != self.version:
            found = np.flatnonzero(self.state == LIVE)
            if by != "id":
                column = self.created if by == "Created_Time" else self.modified
                found = found[np.argsort(column[found], kind="stable")]
            self._orders[by] = (self.version, found)
        return found

    def find(self, record_id: object) -> int | None:
        """The index of a record that is there."""
        text = str(record_id)
        if not text.isdigit():
            return None
        place = int(np.searchsorted(self.ids, int(text)))
        there = place < len(self.ids) and int(self.ids[place]) == int(text) and self.state[place] == LIVE
        return place if there else None

    def create(self, moments: Sequence[int], values: Mapping[str, Any]) -> list[int]:
        """New records behind all others, one for each of *moments*."""
        count = len(moments)
        last = int(self.ids[-1]) if len(self.ids) else self.first
        made = range(len(self.ids), len(self.ids) + count)
        times = np.array(moments, dtype=np.int64)
        self.ids = np.append(self.ids, last + _STRIDE * np.arange(1, count + 1, dtype=np.int64))
        self.created, self.modified = np.append(self.created, times), np.append(self.modified, times)
        self.state = np.append(self.state, np.zeros(count, dtype=np.uint8))
        for index in made:
            if values:
                self.changes[index] = dict(values)
        self.version += 1
        return list(made)

    def change(self, indexes: Sequence[int], moments: Sequence[int], values: Mapping[str, Any]) -> None:
        """Other values, and a new time of change."""
        for index, moment in zip(indexes, moments, strict=True):
            self.changes[index] = {**self.changes.get(index, {}), **values}
            self.modified[index] = moment
        self.version += 1

    def delete(self, indexes: Sequence[int], at: int, *, permanent: bool) -> None:
        """To the recycle bin, or for ever."""
        for index in indexes:
            self.state[index] = PERMANENT if permanent else RECYCLED
            self.deletions[index] = Deletion(index, at, permanent)
        self.version += 1

    def restore(self, indexes: Sequence[int], at: int) -> None:
        """Out of the recycle bin; that is a change."""
        for index in indexes:
            self.state[index] = LIVE
            self.modified[index] = at
            self.deletions.pop(index, None)
        self.version += 1
