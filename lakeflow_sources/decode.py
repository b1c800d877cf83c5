"""Pages to record batches of exactly the declared columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources.convert import Misfit, convert, convert_texts, json_text, long_number
from lakeflow_sources.declare import Column, Page, Read, Slice, Window
from lakeflow_sources.drift import RESCUED, known_fields, unknown_fields
from lakeflow_sources.errors import DataError, VendorError
from lakeflow_sources.json_columns import REFUSALS, JsonColumns
from lakeflow_sources.types import arrow_type

__all__ = ["RESCUED", "Decoder", "Part", "dig", "records_of"]

_SHOWN = 60  # characters of a value in an error
_REFUSALS = 3  # in a row, after which pages are not offered to Arrow any more


def dig(document: Any, path: str) -> Any:
    """The value at a dotted *path*, `None` where a step is missing; the document itself for an empty path."""
    for step in path.split(".") if path else ():
        if not isinstance(document, Mapping):
            return None
        document = document.get(step)
    return document


def records_of(page: Page, *, exact: bool = False) -> Sequence[Mapping[str, Any]]:
    """The records of *page*; raises `VendorError` where its path does not lead to an array of objects."""
    if page.records is not None:
        return page.records
    if page.response is None:
        return ()
    found = dig(page.response.json(exact=exact), page.path)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        what = "with a record that is no object" if isinstance(found, list) else "without an array"
        where = page.path or "the top"
        raise VendorError(
            f"{page.response.request.method} {page.response.request.url} answered {what} at {where}",
            "the API changed, or base_url leads to another service: compare the answer with the table's declaration",
        )
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A page that waits to be decoded: the JSON *text* of its records, or its *rows* where those have to be made."""

    piece: Slice
    page: Page
    text: msgspec.Raw | None = None
    rows: Sequence[Mapping[str, Any]] = ()


@dataclass
class Decoder:
    """Turns the pages of slices into batches: many at once by Arrow where it can read them, else value by value.

    It keeps what is worked out once: schema, way into the record, known fields, and how the columns are written.
    """

    read: Read
    schema: pa.Schema = field(init=False)
    """Of the batches that come out."""
    _columns: tuple[Column, ...] = field(init=False)
    _drift: str = field(init=False)
    _known: Mapping[str, Any] = field(init=False)
    _decimals: tuple[Column, ...] = field(init=False)
    _fast: JsonColumns | None = field(init=False)
    _refused: int = 0
    _learnt: bool = False

    def __post_init__(self) -> None:
        table = self.read.table
        self.schema = pa.schema([pa.field(one.name, arrow_type(one.type)) for one in self.read.columns])
        self._drift = self.read.settings.get("on_schema_drift") or "ignore"
        self._columns = (*self.read.columns, *self._hidden())
        self._known = known_fields(self.read.known or self._columns, table.ignored)
        self._decimals = tuple(one for one in self._columns if pa.types.is_decimal(arrow_type(one.type)))
        known = None if self._drift == "ignore" else self._known
        inside = [one for one in self._columns if one.name != RESCUED and not one.source.startswith("@")]
        fast = JsonColumns(inside, known, table.exact_numbers)
        self._fast = fast if table.rows is None and fast.usable else None

    def _hidden(self) -> tuple[Column, ...]:
        """The cursor, where rows are filtered by it although the caller did not ask for it."""
        cursor = self.read.table.cursor
        if cursor is None or not cursor.client_side or self.read.window is None:
            return ()
        if any(one.name == cursor.field for one in self.read.columns):
            return ()
        return tuple(one for one in self.read.known if one.name == cursor.field)

    def part(self, piece: Slice, page: Page) -> Part:
        """*page* made ready; raises `VendorError` where its path does not lead to an array of objects."""
        if self._learnt and self._fast is not None and page.records is None and page.response is not None:
            text = page.response.text(page.path)
            if text is not None and bytes(memoryview(text)[:1]) == b"[":
                return Part(piece, page, text)
        return Part(piece, page, rows=self.rows(piece, page))

    def decode(self, parts: Sequence[Part]) -> Iterator[pa.RecordBatch]:
        """Batches of all *parts*; the same ones whichever way they are read."""
        for rows_made, run in groupby(parts, lambda one: one.text is None):
            some = list(run)
            yield (None if rows_made else self._fast_batch(some)) or self._slow_batch(some)

    def _fast_batch(self, parts: Sequence[Part]) -> pa.RecordBatch | None:
        """The batch as Arrow reads it, or nothing where it refuses to; who is refused three times asks no more."""
        if self._fast is None:
            return None
        try:
            arrays, counts = self._fast.read([one.text for one in parts])
        except REFUSALS:
            self._refused += 1
            if self._refused >= _REFUSALS:
                self._fast = None
            return None
        self._refused = 0
        pieces = list(zip((one.piece for one in parts), counts, strict=True))
        for column in self._columns:
            if column.name == RESCUED:
                arrays[RESCUED] = pa.nulls(sum(counts), pa.string())
            elif column.source.startswith("@"):
                arrays[column.name], misfits = convert(_values((), pieces, column), column)
                self._report(misfits, [{} for _ in range(sum(counts))])
        return self._finish(arrays)

    def _slow_batch(self, parts: Sequence[Part]) -> pa.RecordBatch:
        return self.batch([(one.piece, one.rows or self.rows(one.piece, one.page)) for one in parts])

    def rows(self, piece: Slice, page: Page) -> Sequence[Mapping[str, Any]]:
        """The rows that the records of *page* stand for."""
        records = records_of(page, exact=self.read.table.exact_numbers)
        if page.records is None and self._may_lose_digits(page, records):
            records = records_of(page, exact=True)
        reshape = self.read.table.rows
        if reshape is None:
            return records
        return [row for record in records for row in reshape(self.read, piece, record)]

    def _may_lose_digits(self, page: Page, records: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a number that a decimal is made of went through a double that may not hold it."""
        if page.response is None or self.read.table.exact_numbers:
            return False
        numbers = any(isinstance(dig(one, column.source), float) for column in self._decimals for one in records)
        return numbers and long_number(page.response.body)

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
                values = _values(rows, pieces, column)
                if self._fast is not None and not column.source.startswith("@"):
                    self._fast.learn(column, values)
                array, misfits = convert(values, column)
                self._report(misfits, rescued)
                arrays[column.name] = array
        if any(one.name == RESCUED for one in self.read.columns):
            arrays[RESCUED] = pa.array([json_text(one) if one else None for one in rescued], pa.string())
        self._learnt = True
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
            unknown_fields(row, self._known, "", found)
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
