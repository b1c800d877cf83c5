"""Tombstones: records that tell of a delete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declare import Read, Slice
from lakeflow_sources.decode import dig

__all__ = ["Tombstones"]


@dataclass(frozen=True, slots=True)
class Tombstones:
    """A table's `rows`: a record is one where *field* is one of *values*, or is there at all without any.

    Tombstones are told of as changes, and are no part of what is there.
    """

    field: str
    values: tuple[Any, ...] = ()

    def __call__(self, read: Read, piece: Slice, record: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:  # noqa: ARG002 (the shape of `rows`)
        gone = self._gone(dig(record, self.field))
        if gone and read.window is None:
            return ()
        return ({**record, "_deleted": gone},)

    def _gone(self, value: Any) -> bool:
        if not self.values:
            return value not in (None, "", False, 0)
        return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in self.values)
