"""The records of one table, in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["Record", "Shelf"]

Record = dict[str, Any]


class Shelf:
    """Records by id; *version* tells whether anything has changed."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.version = 0
        self._records: dict[Any, Record] = {one["id"]: one for one in records}
        self._keys: tuple[int, list[Any]] = (-1, [])
        self._sorted: dict[str, tuple[int, list[tuple[int, Record]]]] = {}

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def __getitem__(self, key: Any) -> Record:
        return self._records[key]

    def get(self, key: Any) -> Record | None:
        """The record called *key*, if there is one."""
        return self._records.get(key)

    def keys(self) -> list[Any]:
        """All ids; not to be changed."""
        if self._keys[0] != self.version:
            self._keys = (self.version, list(self._records))
        return self._keys[1]

    def put(self, record: Record) -> None:
        """Add it, or put it in the place of the one with its id."""
        self.version += 1
        self._records[record["id"]] = record

    def drop(self, key: Any) -> Record:
        """Take a record away."""
        self.version += 1
        return self._records.pop(key)

    def by_time(self, name: str, moment: Callable[[Record], int]) -> list[tuple[int, Record]]:
        """Records with their times in seconds, in the order of time and id; *name* tells one order from another."""
        version, found = self._sorted.get(name, (-1, []))
        if version != self.version:
            found = sorted(((moment(one), one) for one in self), key=lambda pair: (pair[0], pair[1]["id"]))
            self._sorted[name] = (self.version, found)
        return found
