"""What the keys of a table mean to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declaration.problems import Path, Problems, nearest
from lakeflow_sources.declare import Column, Table

__all__ = ["Place", "check_relations"]


@dataclass(frozen=True, slots=True)
class Place:
    """Notes what is wrong below the *path* of a table."""

    problems: Problems
    path: Path

    def add(self, keys: Path, cause: str, remedy: str) -> None:
        """Note what is wrong at *keys*."""
        self.problems.add((*self.path, *keys), cause, remedy)


def check_relations(
    keys: Mapping[str, Any], table: Table, columns: tuple[Column, ...], rates: Mapping[str, Any], at: Place
) -> None:
    """Check a *table* made of *keys*, each of which is right by itself."""
    _check_ingestion(table, at)
    if "infer" not in keys:
        _check_columns(table, columns, at)
    if "body" in keys and keys.get("method") != "POST":
        at.add(("body",), "a GET has no body", "write `method: POST`, or use params")
    paging = keys.get("paging") or {}
    if paging.get("end") == "short" and "size" not in paging:
        at.add(("paging", "end"), "nobody knows how long a full page is", "add `size:`")
    rate = keys.get("rate", "default")
    if rate != "default" and rate not in rates:
        remedy = nearest(rate, rates) if rates else "declare `rates`"
        at.add(("rate",), f"there is no rate {rate}", remedy)


def _check_ingestion(table: Table, at: Place) -> None:
    kind = f"an {table.ingestion}" if table.ingestion == "append" else f"a {table.ingestion}"
    if table.ingestion.startswith("cdc") and not table.primary_key:
        at.add((), f"{kind} table needs a primary_key", "name the columns that identify a row")
    if table.ingestion != "snapshot" and table.cursor is None:
        at.add((), f"{kind} table needs a cursor", "declare it, or write `ingestion: snapshot`")
    if table.ingestion == "append" and table.cursor is not None and table.cursor.lookback:
        cause = "rows that increments reach back for come twice, and those of an append table are not merged by key"
        at.add(("cursor", "lookback"), cause, "wait for late rows by `lag`, or write `ingestion: cdc`")
    if table.ingestion == "cdc_with_deletes" and table.rows is None:
        at.add((), f"{kind} table needs the rule `deletes`", "declare it, or write `ingestion: cdc`")
    if table.ingestion != "cdc_with_deletes" and table.rows is not None:
        at.add(("deletes",), f"{kind} table tells of no deletes", "write `ingestion: cdc_with_deletes`")


def _check_columns(table: Table, columns: tuple[Column, ...], at: Place) -> None:
    known = {one.name: one for one in columns}
    if not known:
        at.add((), "it has no columns", "declare `columns`, or write `infer: sample`")
        return
    for name in table.primary_key:
        if name not in known:
            at.add(("primary_key",), f"there is no column {name}", nearest(name, known))
    if table.cursor is None:
        return
    name, place = table.cursor.field, ("cursor", "field")
    if name not in known:
        at.add(place, f"there is no column {name}", nearest(name, known))
    elif known[name].type != "timestamp":
        cause = f"{name} is of type {known[name].type}, and windows are spans of time"
        at.add(place, cause, "give the column the type timestamp")
