"""Pages to record batches of exactly the declared columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources.convert import Misfit, convert, convert_texts, json_text
from lakeflow_sources.declare import Column, Page, Read, Slice, Window
from lakeflow_sources.errors import DataError, VendorError
from lakeflow_sources.types import arrow_type

__all__ = ["RESCUED", "Decoder", "dig", "records_of"]

RESCUED = "_rescued_data"
_SHOWN = 60  # characters of a value in an error


def dig(document: Any, path: str) -> Any:
    """The value at a dotted *path*, `None` where a step is missing; the document itself for an empty path."""
    for step in path.split(".") if path else ():
        if not isinstance(document, Mapping):
            return None
        document = document.get(step)
    return document


def records_of(page: Page, *, exact: bool = False) -> Sequence[Mapping[str, Any]]:
    """The records of *page*; raises `VendorError` where its path does not lead to an array."""
    if page.records is not None:
        return page.records
    if page.response is None:
        return ()
    parsed = json.loads(page.response.body, parse_float=Decimal) if exact else page.response.json()
    found = dig(parsed, page.path)
    if not isinstance(found, list):
        where = page.path or "the top"
        raise VendorError(
            f"{page.response.request.method} {page.response.request.url} answered without an array at {where}",
            "the API changed, or base_url leads to another service: compare the answer with the table's declaration",
        )
    return found


@dataclass
class Decoder:
    """Turns the records of slices into batches.

    Stateless but for what is worked out once: schema, way into the record and known fields.
    """

    read: Read
    schema: pa.Schema = field(init=False)
    """Of the batches that come out."""
    _columns: tuple[Column, ...] = field(init=False)
    _drift: str = field(init=False)
    _known: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.schema = pa.schema([pa.field(one.name, arrow_type(one.type)) for one in self.read.columns])
        self._drift = self.read.settings.get("on_schema_drift") or "ignore"
        self._columns = (*self.read.columns, *self._hidden())
        self._known = _tree(self.read.known or self._columns, self.read.table.ignored)

    def _hidden(self) -> tuple[Column, ...]:
        """The cursor, where rows are filtered by it although the caller did not ask for it."""
        cursor = self.read.table.cursor
        if cursor is None or not cursor.client_side or self.read.window is None:
            return ()
        if any(one.name == cursor.field for one in self.read.columns):
            return ()
        return tuple(one for one in self.read.known if one.name == cursor.field)

    def rows(self, piece: Slice, page: Page) -> Sequence[Mapping[str, Any]]:
        """The rows that the records of *page* stand for."""
        records = records_of(page, exact=self.read.table.exact_numbers)
        reshape = self.read.table.rows
        if reshape is None:
            return records
        return [row for record in records for row in reshape(self.read, piece, record)]

    def batch(self, parts: Iterable[tuple[Slice, Sequence[Mapping[str, Any]]]]) -> pa.RecordBatch:
        """One batch of the rows of several pages."""
        pieces: list[tuple[Slice, int]] = []
        rows: list[Mapping[str, Any]] = []
        for piece, some in parts:
            rows += some
            pieces.append((piece, len(some)))
        rescued: list[dict[str, Any]] = [{} for _ in rows] if self._drift != "ignore" else []
        if self._drift != "ignore":
            self._find_drift(rows, rescued)
        arrays = {}
        for column in self._columns:
            if column.name != RESCUED:
                array, misfits = convert(_values(rows, pieces, column), column)
                self._report(misfits, rescued)
                arrays[column.name] = array
        if any(one.name == RESCUED for one in self.read.columns):
            arrays[RESCUED] = pa.array([json_text(one) if one else None for one in rescued], pa.string())
        return self._finish(arrays)

    def passed(self, piece: Slice, given: pa.RecordBatch) -> pa.RecordBatch:
        """The batch that a connector made, with columns of exactly the declared types."""
        rescued: list[dict[str, Any]] = [{} for _ in range(given.num_rows)] if self._drift == "rescue" else []
        arrays = {}
        for column in self._columns:
            if column.name != RESCUED:
                array, misfits = _array(piece, given, column)
                self._report(misfits, rescued)
                arrays[column.name] = array
        if any(one.name == RESCUED for one in self.read.columns):
            arrays[RESCUED] = pa.array([json_text(one) if one else None for one in rescued], pa.string())
        return self._finish(arrays)

    def _finish(self, arrays: dict[str, pa.Array]) -> pa.RecordBatch:
        batch = pa.RecordBatch.from_arrays([arrays[name] for name in self.schema.names], schema=self.schema)
        cursor, window = self.read.table.cursor, self.read.window
        if cursor is None or window is None or not cursor.client_side:
            return batch
        return batch.filter(_inside(arrays[cursor.field], window))

    def _find_drift(self, rows: Sequence[Mapping[str, Any]], rescued: list[dict[str, Any]]) -> None:
        for row, found in zip(rows, rescued, strict=True):
            _unknown(row, self._known, "", found)
            if found and self._drift == "fail":
                raise DataError(
                    f"Fields that no column reads: {', '.join(sorted(found))}",
                    "restart the read to take them up, or set on_schema_drift to rescue or ignore",
                )

    def _report(self, misfits: Sequence[Misfit], rescued: list[dict[str, Any]]) -> None:
        if misfits and self._drift != "rescue":
            one = misfits[0]
            raise DataError(
                f"Column {one.column.name} of type {one.column.type} cannot hold {repr(one.value)[:_SHOWN]}",
                "set on_schema_drift=rescue to keep such values in _rescued_data, or leave the column out by `columns`",
            )
        for one in misfits:
            rescued[one.row][one.column.source] = one.value


def _array(piece: Slice, given: pa.RecordBatch, column: Column) -> tuple[pa.Array, Sequence[Misfit]]:
    """The array of one column; of nulls where *given* has none."""
    if column.source.startswith("@"):
        return convert([piece[column.source[1:]]] * given.num_rows, column)
    place = given.schema.get_field_index(column.source)
    kind = arrow_type(column.type)
    if place < 0:
        return pa.nulls(given.num_rows, kind), ()
    array = given.column(place)
    return (array, ()) if array.type == kind else convert_texts(array, column)


def _values(rows: Sequence[Mapping[str, Any]], pieces: Sequence[tuple[Slice, int]], column: Column) -> list[Any]:
    path = column.source
    if path.startswith("@"):
        return [piece[path[1:]] for piece, count in pieces for _ in range(count)]
    outer, dot, inner = path.partition(".")
    if not dot:
        return [row.get(outer) for row in rows]
    if "." not in inner:
        return [within.get(inner) if isinstance(within := row.get(outer), dict) else None for row in rows]
    return [dig(row, path) for row in rows]


def _inside(times: pa.Array, window: Window) -> pa.Array:
    kind = pa.timestamp("us", tz="UTC")
    times = times.cast(kind)
    after = pc.greater_equal(times, pa.scalar(window.start, kind))
    return pc.and_(after, pc.less(times, pa.scalar(window.end, kind)))


def _tree(columns: Iterable[Column], ignored: Iterable[str]) -> dict[str, Any]:
    """Known fields as nested mappings; an empty one means that all below it is known."""
    tree: dict[str, Any] = {}
    for column in columns:
        if not column.source.startswith("@") and column.name != RESCUED:
            _plant(tree, column.source.split("."), _below(arrow_type(column.type)))
    for path in ignored:
        _plant(tree, path.split("."), {})
    return tree


def _plant(tree: dict[str, Any], path: list[str], leaf: dict[str, Any]) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = leaf


def _below(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return _below(kind.value_type)
    if pa.types.is_struct(kind):
        return {part.name: _below(part.type) for part in kind}
    return {}


def _unknown(value: Any, known: Mapping[str, Any], path: str, found: dict[str, Any]) -> None:
    """Collect the fields of *value* that *known* does not have, by their path."""
    if isinstance(value, list):
        for one in value:
            _unknown(one, known, path, found)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            place = f"{path}.{name}" if path else name
            if name not in known:
                found[place] = inner
            elif known[name]:
                _unknown(inner, known[name], place, found)
