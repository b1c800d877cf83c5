"""Columns of a table as it declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lakeflow_sources.declaration.problems import Path, Problems, nearest
from lakeflow_sources.declare import Column
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.fields import fields
from lakeflow_sources.types import arrow_type

__all__ = ["DELETED", "make_columns"]

DELETED = Column("_deleted", "boolean", comment="Whether this row tells of a delete.")


def make_columns(
    keys: Mapping[str, Any], slices: Sequence[str] | None, path: Path, problems: Problems
) -> tuple[Column, ...]:
    """The declared columns of a table's checked *keys*, without `_deleted`."""
    cursor = keys.get("cursor") or {}
    found: dict[str, Column] = {}
    for number, one in enumerate(keys.get("columns", ())):
        place = (*path, "columns", number)
        column = _column(one)
        if column.name == cursor.get("field") and cursor.get("format") in ("millis", "seconds"):
            shared = column.format if isinstance(one, dict) and "format" in one else cursor["format"]
            column = replace(column, format=shared)
        _check(column, slices, place, problems)
        if column.name.lower() in (name.lower() for name in found):
            problems.add(place, f"there are two columns called {column.name}", "give one of them another name by ->")
        found[column.name] = column
    return tuple(found.values())


def _column(one: Any) -> Column:
    if isinstance(one, dict):
        kept = {name: value for name, value in one.items() if name in Column.__dataclass_fields__}
        return Column(**{**kept, "type": str(kept.get("type", "string")).strip()})
    return fields(one)[0]


def _check(column: Column, slices: Sequence[str] | None, place: Path, problems: Problems) -> None:
    for text in (column.name, column.type):
        if any(text.count(left) != text.count(right) for left, right in ("()", "<>")):
            problems.add(place, f"{text!r} was cut at a comma", "put the whole column into quotes")
            return
    try:
        arrow_type(column.type)
    except ConfigurationError as error:
        problems.take(place, error)
    if column.name == DELETED.name:
        problems.add(place, "_deleted is made by the rule `deletes`", "leave the column out")
    if slices is not None and column.source.startswith("@") and column.source[1:] not in slices:
        remedy = nearest(column.source[1:], slices, what="write @ and") if slices else "declare slices for this table"
        problems.add(place, f"no slice of this table has a value {column.source[1:]}", remedy)
