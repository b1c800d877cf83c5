"""The records of one object as columns of numbers; what was changed lies in a small layer above them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lakeflow_sources.testing.samples import number_of

from .catalogue import Kind
from .ids import id_of, number_in

__all__ = ["DELETED", "GONE", "LIVE", "Index", "Records"]

LIVE, DELETED, GONE = 0, 1, 2
Index = NDArray[np.int64]

_YEAR = 365 * 86_400
_STRIDE = 29
_POD_GAP = 62**8
"""Between the ids of one pod and the next: a third of the records came from another one."""
_SHARING = 4
_TIES = 10


class Records:
    """All records of one object; times are whole seconds since 1970."""

    def __init__(self, seed: int, kind: Kind, *, count: int, until: int) -> None:
        key = number_of(seed, kind.name, "record")
        index = np.arange(count, dtype=np.uint64)
        spread = _scatter(index, key)
        self.kind = kind
        self.numbers: Index = (1_000_000 + index * _STRIDE + spread % _STRIDE).astype(np.int64)
        self.numbers[count - count // 3 :] += _POD_GAP
        shared = np.where(index % _TIES < _SHARING, index - index % _TIES, index)
        back = (_scatter(shared, key + 1) % np.uint64(2 * _YEAR)).astype(np.int64)
        self.modified: Index = until - 1 - back
        self.stamp: Index = self.modified + (spread % np.uint64(3) == 0) * (spread % np.uint64(50)).astype(np.int64)
        self.stamp = np.minimum(self.stamp, until - 1)
        age = (spread >> np.uint64(8)) % np.uint64(_YEAR)
        self.created: Index = self.modified - np.where(spread % 4 == 0, np.uint64(0), age).astype(np.int64)
        self.state = np.zeros(count, dtype=np.uint8)
        self.archived = np.zeros(count, dtype=bool)
        self.changes: dict[int, dict[str, Any]] = {}
        self.deleted_at: dict[int, int] = {}
        self.logged: dict[int, int] = {}
        """Deletes that getDeleted knows: the delete log outlives the recycle bin."""
        self.version = 0
        """Moves with every write."""

    def __len__(self) -> int:
        return len(self.numbers)

    def id(self, index: int) -> str:
        """The id of the record at *index*."""
        return id_of(self.kind.prefix, int(self.numbers[index]))

    def find(self, record_id: str) -> int | None:
        """The index of a record that is live or in the recycle bin."""
        number = number_in(record_id)
        if number is None or not record_id.startswith(self.kind.prefix):
            return None
        place = int(np.searchsorted(self.numbers, number))
        if place < len(self) and self.numbers[place] == number and self.state[place] != GONE:
            return place
        return None

    def create(self, count: int, stamp: int) -> range:
        """New records behind all others."""
        self.version += 1
        first = len(self)
        last = int(self.numbers[-1]) if first else 1_000_000
        steps = last + _STRIDE * np.arange(1, count + 1)
        self.numbers = np.append(self.numbers, steps)
        times = np.full(count, stamp, dtype=np.int64)
        self.created, self.modified, self.stamp = (
            np.append(column, times) for column in (self.created, self.modified, self.stamp)
        )
        self.state = np.append(self.state, np.zeros(count, dtype=np.uint8))
        self.archived = np.append(self.archived, np.zeros(count, dtype=bool))
        return range(first, first + count)

    def change(self, indexes: list[int], values: dict[str, Any], stamp: int, *, automated: bool = False) -> None:
        """Give records other values; an *automated* change moves the stamp alone."""
        self.version += 1
        for index in indexes:
            self.changes[index] = {**self.changes.get(index, {}), **values}
            self.stamp[index] = stamp
            if not automated:
                self.modified[index] = stamp

    def delete(self, indexes: list[int], moment: int) -> None:
        """Into the recycle bin; the stamp moves."""
        self.version += 1
        for index in indexes:
            self.state[index] = DELETED
            self.stamp[index] = moment
            self.deleted_at[index] = moment
            self.logged[index] = moment

    def undelete(self, indexes: list[int], moment: int) -> None:
        """Back out of the recycle bin, with a newer stamp."""
        self.version += 1
        for index in indexes:
            self.state[index] = LIVE
            self.stamp[index] = moment
            self.deleted_at.pop(index, None)
            self.logged.pop(index, None)

    def purge(self, indexes: list[int], moment: int) -> None:
        """Out of the recycle bin, or past it; the delete log still knows."""
        self.version += 1
        for index in indexes:
            self.state[index] = GONE
            self.logged.setdefault(index, moment)
            self.deleted_at.pop(index, None)


def _scatter(index: NDArray[np.uint64], key: int) -> NDArray[np.uint64]:
    """`samples.scatter` for many indexes at once."""
    mixed = (index + np.uint64(key)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)
