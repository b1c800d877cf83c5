"""Tables of a declaration: checked keys to the same values that built-in connectors are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lakeflow_sources.declaration.calls import Fetch, make_call
from lakeflow_sources.declaration.clock_text import is_coarse
from lakeflow_sources.declaration.columns import DELETED, make_columns
from lakeflow_sources.declaration.deletes import Tombstones
from lakeflow_sources.declaration.inference import Sample
from lakeflow_sources.declaration.keys import TABLE
from lakeflow_sources.declaration.paging import make_pager
from lakeflow_sources.declaration.problems import Path, Problems, nearest
from lakeflow_sources.declaration.relations import Place, check_relations
from lakeflow_sources.declaration.scope import Clock, Vocabulary
from lakeflow_sources.declaration.shape import seconds_of
from lakeflow_sources.declaration.slices import Slicing, make_dimension, names_of
from lakeflow_sources.declare import Column, Cursor, Table
from lakeflow_sources.options import moment

__all__ = ["make_tables"]

_PAGE = 100
_LAG = 60.0


def make_tables(name: str, tables: Mapping[str, Any], rates: Mapping[str, Any], words: Vocabulary) -> tuple[Table, ...]:
    """All tables of the connector called *name*; what is wrong goes to the problems of *words*."""
    maker = _Maker(name, tables, rates, words)
    for one in tables:
        maker.table(one)
    return tuple(maker.made[one] for one in tables if one in maker.made)


@dataclass
class _Maker:
    """Makes parents before their children."""

    connector: str
    tables: Mapping[str, Any]
    rates: Mapping[str, Any]
    words: Vocabulary
    made: dict[str, Table] = field(default_factory=dict)
    _begun: list[str] = field(default_factory=list)

    @property
    def problems(self) -> Problems:
        return self.words.problems

    def table(self, name: str) -> None:
        """Make the table called *name*, without those of its keys that are wrong already."""
        path: Path = ("tables", name)
        given = self.tables[name]
        if name in self.made or not isinstance(given, dict):
            return
        self._begun.append(name)
        whole = not self.problems.below(path)
        keys = {
            one: value for one, value in given.items() if one in TABLE.keys and not self.problems.below((*path, one))
        }
        slices = _many(keys.get("slices", []))
        for number, one in enumerate(slices):
            place = (*path, "slices", number) if isinstance(keys["slices"], list) else (*path, "slices")
            self._parent(one, place)
        made, columns = self._make(name, keys, path, broken=frozenset(given) - frozenset(keys))
        if whole:
            check_relations(keys, made, columns, self.rates, Place(self.problems, path))
        self.made[name] = replace(made, columns=self._columns(keys, made, columns))
        self._begun.remove(name)

    def _parent(self, keys: Mapping[str, Any], path: Path) -> None:
        if "parent" not in keys:
            if "name" not in keys:
                self.problems.add(path, "name is missing in slices", "add `name:`, by which templates show its value")
            return
        parent = keys["parent"]
        if not keys.get("map"):
            self.problems.add(path, "map is missing beside parent", "add `map: {name: path in a row of the parent}`")
        if parent not in self.tables:
            self.problems.add(path, f"there is no table {parent}", nearest(parent, self.tables))
        elif parent in self._begun:
            ring = " -> ".join([*self._begun[self._begun.index(parent) :], parent])
            self.problems.add(path, f"tables are each other's parents ({ring})", "read one of them without slices")
        else:
            self.table(parent)

    def _make(
        self, name: str, keys: Mapping[str, Any], path: Path, *, broken: frozenset[str]
    ) -> tuple[Table, tuple[Column, ...]]:
        """The table without its columns, and the columns."""
        given, slices = keys.get("cursor"), _many(keys.get("slices", []))
        names = None if "slices" in broken else tuple(one for part in slices for one in names_of(part))
        words = self.words.inside(names, window=given is not None or "cursor" in broken)
        clock = Clock(given.get("format", "iso"), given.get("end_inclusive", False)) if given else Clock()
        call = make_call(keys, words, path, clock)
        many = isinstance(keys.get("slices"), list)
        dimensions = [
            made
            for number, one in enumerate(slices)
            if (made := make_dimension(one, self.words, (*path, "slices", *([number] if many else [])), self.made))
        ]
        cursor, begin = _cursor(given, words, path) if given else (None, None)
        records, paging = keys.get("records", ""), keys.get("paging")
        pager = make_pager(paging, records, call.method) if paging else None
        piece = seconds_of(given["window"]) if given and "window" in given else None
        slicing = Slicing(tuple(dimensions), begin, piece, clock.form, call.rate)
        deletes = keys.get("deletes")
        table = Table(
            name=name,
            columns=(),
            primary_key=tuple(_many(keys.get("primary_key", []))),
            cursor=cursor,
            ingestion=keys.get("ingestion", "snapshot"),
            records=records,
            slices=slicing if slicing != Slicing() else None,
            fetch=Fetch(call, pager, records, keys.get("single", False), keys.get("missing") == "skip"),
            rows=Tombstones(deletes["field"], tuple(_many(deletes.get("equals", [])))) if deletes else None,
            ignored=tuple(keys.get("ignored", ())),
            exact_numbers=keys.get("exact_numbers", False),
            page_size=(paging or {}).get("size", _PAGE),
            category=keys.get("category", ""),
            description=keys.get("description", ""),
        )
        return table, make_columns(keys, names, path, self.problems)

    def _columns(self, keys: Mapping[str, Any], table: Table, columns: tuple[Column, ...]) -> Any:
        if "infer" in keys:
            needed = (*table.primary_key, *((table.cursor.field,) if table.cursor else ()))
            return Sample(self.connector, table, columns, needed)
        return (*columns, DELETED) if table.ingestion == "cdc_with_deletes" else columns


def _cursor(keys: Mapping[str, Any], words: Vocabulary, path: Path) -> tuple[Cursor, datetime | None]:
    """The cursor of checked *keys*, and the moment before which nothing is."""
    place, begin = (*path, "cursor"), None
    if "begin" in keys:
        try:
            begin = moment(keys["begin"])
        except ValueError:
            words.problems.add((*place, "begin"), f"{keys['begin']!r} is no time", "write one such as 2020-01-01")
    if "window" in keys and "begin" not in keys:
        words.problems.add((*place, "window"), "a first read has no beginning to cut from", "add `begin: 2020-01-01`")
    if "window" in keys and words.edges != {"start", "end"}:
        cause = "pieces of a window overlap where calls do not name both of its ends"
        words.problems.add(
            (*place, "window"), cause, "add start_param and end_param, or use window.start and window.end"
        )
    exact = (
        words.edges == {"start", "end"} and not is_coarse(keys.get("format", "iso")) and not keys.get("end_inclusive")
    )
    return Cursor(
        keys["field"],
        seconds_of(keys["lag"]) if "lag" in keys else _LAG,
        seconds_of(keys["lookback"]) if "lookback" in keys else 0.0,
        keys.get("client_side", not exact),
    ), begin


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
