"""The records of one object type as columns of numbers; what was changed lies in a small layer above them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lakeflow_sources.testing.samples import number_of

from .catalogue import Kind

__all__ = ["ARCHIVED", "GONE", "LIVE", "Before", "Index", "Records", "Snapshot", "scatter_all"]

LIVE, ARCHIVED, GONE = 0, 1, 2
Index = NDArray[np.int64]

_YEAR = 365 * 86_400_000
_SHARING = 3
_GAP = 8_000_000_000
"""Between the old ids and the new ones: the last tenth of the records lies far behind the others."""


class Snapshot(Protocol):
    """Records at one moment."""

    @property
    def ids(self) -> Index: ...
    @property
    def created(self) -> Index: ...
    @property
    def modified(self) -> Index: ...
    @property
    def changes(self) -> Mapping[int, Mapping[str, str | None]]: ...
    @property
    def archived_at(self) -> Mapping[int, int]: ...


@dataclass(frozen=True, slots=True)
class Before:
    """What a record was until *at*, for a search index that lags behind."""

    at: int
    index: int
    modified: int
    state: int
    changes: Mapping[str, str | None] | None


class Records:
    """All records of one type; *version* moves with every write."""

    def __init__(self, seed: int, kind: Kind, *, live: int, archived: int, until: int) -> None:
        count = live + (archived if live else 0)
        key = number_of(seed, kind.api, "record")
        index = np.arange(count, dtype=np.uint64)
        spread = scatter_all(index, key)
        self.kind = kind
        self.seeded = count
        self.ids: Index = (kind.first_id + index * kind.stride + spread % kind.stride).astype(np.int64)
        self.ids[count - count // 10 :] += _GAP
        self.modified: Index = _modified(index, key, until)
        self.created: Index = _created(self.modified, spread, until)
        self.state = np.zeros(count, dtype=np.uint8)
        self.changes: dict[int, dict[str, str | None]] = {}
        self.archived_at: dict[int, int] = {}
        self.recent: deque[Before] = deque()
        self.lag = 0
        self.version = 0
        self._chosen: dict[int, tuple[int, Index]] = {}
        for place in range(count - live):
            one = (2 * place + 1) * count // (2 * (count - live))
            self.state[one] = ARCHIVED
            self.archived_at[one] = int(self.modified[one]) + 60_000

    def chosen(self, state: int) -> Index:
        """Indexes of the records in this state, ascending."""
        version, found = self._chosen.get(state, (-1, None))
        if found is None or version != self.version:
            found = np.flatnonzero(self.state == state)
            self._chosen[state] = (self.version, found)
        return found

    def find(self, record_id: int) -> int | None:
        """The index of a record that is live or archived."""
        place = int(np.searchsorted(self.ids, record_id))
        if place < len(self.ids) and self.ids[place] == record_id and self.state[place] != GONE:
            return place
        return None

    def create(self, moments: Index, values: Mapping[str, str | None], at: int) -> Index:
        """New records, one for each of *moments*, behind all others."""
        count = len(moments)
        last = int(self.ids[-1]) if len(self.ids) else self.kind.first_id
        made = np.arange(len(self.ids), len(self.ids) + count)
        self.ids = np.append(self.ids, last + self.kind.stride * np.arange(1, count + 1))
        self.created = np.append(self.created, moments)
        self.modified = np.append(self.modified, moments)
        self.state = np.append(self.state, np.zeros(count, dtype=np.uint8))
        for index in made.tolist():
            self._remember(Before(at, index, 0, GONE, None))
            if values:
                self.changes[index] = dict(values)
        self.version += 1
        return made

    def change(self, indexes: Index, moments: Index, values: Mapping[str, str | None], at: int) -> None:
        """Give records other values and times of change."""
        self._keep(indexes, at)
        for index in indexes.tolist():
            self.changes[index] = {**self.changes.get(index, {}), **values}
        self.modified[indexes] = moments
        self.version += 1

    def move(self, indexes: Index, state: int, at: int) -> None:
        """Archive, restore or purge records; what is restored counts as changed."""
        self._keep(indexes, at)
        self.state[indexes] = state
        if state == LIVE:
            self.modified[indexes] = at
        for index in indexes.tolist():
            if state == ARCHIVED:
                self.archived_at[index] = at
            else:
                self.archived_at.pop(index, None)
        self.version += 1

    def _keep(self, indexes: Index, at: int) -> None:
        if self.lag:
            for index in indexes.tolist():
                modified, state = int(self.modified[index]), int(self.state[index])
                self._remember(Before(at, index, modified, state, self.changes.get(index)))

    def _remember(self, before: Before) -> None:
        if self.lag:
            self.recent.append(before)
            while self.recent and self.recent[0].at < before.at - self.lag:
                self.recent.popleft()


def scatter_all(index: NDArray[np.uint64], key: int) -> NDArray[np.uint64]:
    """What `samples.scatter` gives, for many indexes at once."""
    mixed = (index + np.uint64(key)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)


def _modified(index: NDArray[np.uint64], key: int, until: int) -> Index:
    """Two years before *until*; three of ten records share their time, some times are whole seconds."""
    shared = np.where(index % 10 < _SHARING, index - index % 10, index)
    mixed = scatter_all(shared, key + 1)
    moments = until - 1 - (mixed % np.uint64(2 * _YEAR)).astype(np.int64)
    return np.where(mixed >> np.uint64(60) == 0, moments // 1000 * 1000, moments)


def _created(modified: Index, spread: NDArray[np.uint64], until: int) -> Index:
    """Up to three years before *until*, never behind the change; one of four was never changed."""
    earliest = until - 3 * _YEAR
    back = (spread >> np.uint64(8)) % (modified - earliest).astype(np.uint64)
    return modified - np.where(spread % 4 == 0, np.uint64(0), back).astype(np.int64)
