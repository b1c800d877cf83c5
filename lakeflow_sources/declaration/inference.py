"""Columns found in a sample: the records of the first page, or of the first pages while they are few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from lakeflow_sources.declaration.columns import DELETED
from lakeflow_sources.declare import Column, Connector, Read, Slice, Table
from lakeflow_sources.decode import records_of
from lakeflow_sources.errors import DataError
from lakeflow_sources.fetch import fetch
from lakeflow_sources.http.auth import NoAuth
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import Settings

__all__ = ["Sample", "column_type"]

_SLICES, _PAGES, _ENOUGH = 5, 5, 100  # where the first slice or page has few records, others are asked
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONG = 1 << 63


@dataclass(frozen=True)
class Sample:
    """A table's `columns` where they are to be found out: asked once, on the driver, before a read is planned.

    *needed*: columns that key and cursor name.
    """

    connector: str
    table: Table
    declared: tuple[Column, ...]
    needed: tuple[str, ...] = ()

    def __call__(self, settings: Settings, client: Client) -> tuple[Column, ...]:
        connector = Connector(self.connector, self.connector, "", _no_auth, ())
        read = Read(connector, replace(self.table, columns=()), settings, ())
        records = list(self._records(read, client))
        if not records:
            raise DataError(
                "There is no record to find columns in", "declare the columns, or read when there are records"
            )
        found = (*self.declared, *_found(records, self.declared, self.table.ignored))
        missing = [name for name in self.needed if name not in {one.name for one in found}]
        if missing:
            raise DataError(
                f"The sample has no {', '.join(missing)}, which key or cursor name",
                f"declare these columns, or name some of {', '.join(one.name for one in found)}",
            )
        return (*found, DELETED) if self.table.ingestion == "cdc_with_deletes" else found

    def _records(self, read: Read, client: Client) -> Iterable[Mapping[str, Any]]:
        slices = self.table.slices(read, client) if self.table.slices else (Slice(),)
        count = 0
        for piece in islice(slices, _SLICES):
            for page in islice(fetch(read, piece, client), _PAGES):
                records = records_of(page)
                yield from records
                count += len(records)
                if count >= _ENOUGH:
                    return


def _no_auth(_settings: Settings) -> NoAuth:
    return NoAuth()


def _found(
    records: Iterable[Mapping[str, Any]], declared: Iterable[Column], ignored: Iterable[str]
) -> Iterable[Column]:
    """A column for each field that no other reads; a name with a dot cannot be told from a path and is left out."""
    read = {one.source.partition(".")[0] for one in declared} | {name.partition(".")[0] for name in ignored}
    taken = {one.name.lower() for one in declared} | {DELETED.name}
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            if name and name not in read and "." not in name and not name.startswith("@"):
                values.setdefault(name, []).append(value)
    for field, some in values.items():
        name, number = field, 2
        while name.lower() in taken:  # Spark does not tell upper from lower case
            name, number = f"{field}_{number}", number + 1
        taken.add(name.lower())
        yield Column(name, column_type(some), "" if name == field else field)


def column_type(values: Iterable[Any]) -> str:
    """The narrowest type that holds *values*; text where they differ, JSON where they are lists or objects."""
    kinds = {_kind(value) for value in values if value is not None}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {"long", "double"}:
        return "double"
    if kinds and kinds <= {"date", "timestamp"}:
        return "string"
    return "json" if "json" in kinds else "string"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long" if -_LONG <= value < _LONG else "string"
    if isinstance(value, float):
        return "double"
    if isinstance(value, str):
        return "timestamp" if _TIME.fullmatch(value) else "date" if _DAY.fullmatch(value) else "string"
    return "json"
