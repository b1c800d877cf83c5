"""Result pages of a bulk job: CSV, read as a stream in pieces that end with a row, and from there on as Arrow."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from lakeflow_sources import Read, TransientError, VendorError, arrow_type
from lakeflow_sources.http import Client, get

from .calls import spare
from .content import lists

__all__ = ["result_batches"]

_PIECE = 1 << 20
_ATTEMPTS = 5
_LAST = "null"
_DIGITS = 38  # of Arrow's decimals
_LIST = pa.list_(pa.field("element", pa.string()))


def result_batches(read: Read, client: Client, path: str, rows: int) -> Iterator[pa.RecordBatch]:
    """All pages, one after the other; one that breaks off is read again from its first missing row."""
    locator: str | None = None
    seen: set[str | None] = set()
    while True:
        seen.add(locator)
        locator = yield from _page(read, client, path, (locator, rows))
        if locator == _LAST:
            return
        if not locator or locator in seen:
            what = "a page that was read before" if locator else "neither a next page nor an end"
            raise VendorError(f"The results of {read.table.name} name {what}", "read again, or set api=rest")


def _page(
    read: Read, client: Client, path: str, place: tuple[str | None, int]
) -> Generator[pa.RecordBatch, None, str | None]:
    """One page; gives the locator of the next one back."""
    request = get(path, headers={"Accept": "text/csv"}, locator=place[0], maxRecords=place[1])
    done = 0
    for attempt in range(_ATTEMPTS):
        skip = done
        try:
            with client.stream(request) as body:
                spare(read, body.headers)
                for batch in _batches(read, body):
                    fresh = batch.slice(min(skip, batch.num_rows))
                    skip -= batch.num_rows - fresh.num_rows
                    done += fresh.num_rows
                    if fresh.num_rows:
                        yield fresh
                _check_whole(read, body.headers, done)
                return body.headers.get("sforce-locator")
        except TransientError:
            if attempt == _ATTEMPTS - 1:
                raise
    return None


def _check_whole(read: Read, headers: Mapping[str, str], done: int) -> None:
    """Raise `TransientError` for a page that came in part."""
    expected = headers.get("sforce-numberofrecords", "")
    if expected.isdecimal() and expected != str(done):
        raise TransientError(f"{done} of {expected} rows of {read.table.name} arrived", "read again")


def _batches(read: Read, body: Any) -> Iterator[pa.RecordBatch]:
    """The rows of a stream that begins with a header."""
    names: list[str] | None = None
    for whole in _pieces(body):
        lines = whole
        if names is None:
            head, _, lines = whole.partition(b"\n")
            names = _header(read, head)
        if lines:
            yield _parsed(read, names, lines)


def _pieces(body: Any) -> Iterator[bytes]:
    """The content in pieces of whole rows."""
    waiting: list[bytes] = []
    size = 0
    while piece := body.read(_PIECE):
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            buffer = b"".join(waiting)
            end = _end_of_rows(buffer)
            if end:
                yield buffer[:end]
            waiting, size = [buffer[end:]], 0
    last = b"".join(waiting)
    if last:
        yield last


def _end_of_rows(buffer: bytes) -> int:
    """Where the last whole row ends: behind a newline with an even number of quotes before it."""
    quotes = buffer.count(b'"')
    end = len(buffer)
    while (newline := buffer.rfind(b"\n", 0, end)) >= 0:
        quotes -= buffer.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0


def _header(read: Read, line: bytes) -> list[str]:
    try:
        names = next(csv.reader([line.decode(errors="replace")]), [])
    except csv.Error:
        names = []
    missing = [one.source for one in read.columns if one.source not in names and not one.source.startswith(("@", "_"))]
    if missing:
        what = f"The results of {read.table.name} lack {', '.join(missing)}"
        raise TransientError(what, "read again, or set api=rest")  # mostly an answer that was spoilt on its way
    return names


def _parsed(read: Read, names: Sequence[str], lines: bytes) -> pa.RecordBatch:
    """Typed at once where each cell fits its column, else as text, which is then converted cell by cell.

    Null where there is nothing: the Bulk API writes empty texts the same way.
    """
    try:
        table = _table(names, lines, _typed(read))
    except pa.ArrowInvalid:
        table = _texts(read, names, lines)
    for path in lists(read):
        place = table.schema.get_field_index(path)
        choices = pc.split_pattern(table.column(place), ";").cast(_LIST)
        table = table.set_column(place, path, choices)
    return table.combine_chunks().to_batches()[0]


def _texts(read: Read, names: Sequence[str], lines: bytes) -> pa.Table:
    try:
        return _table(names, lines, {})
    except pa.ArrowInvalid as error:
        raise TransientError(f"The results of {read.table.name} are damaged ({error})", "read again") from None


def _typed(read: Read) -> dict[str, pa.DataType]:
    """Arrow types of the columns whose cells the CSV reader either takes as the decoder would, or refuses."""
    kinds = {one.source: arrow_type(one.type) for one in read.columns}
    return {name: kind for name, kind in kinds.items() if pa.types.is_primitive(kind) or pa.types.is_decimal(kind)}


def _read_as(kind: pa.DataType) -> pa.DataType:
    """Whole numbers come as 12.0, a digit more than they may have; scaled beyond 38 digits they would wrap around."""
    if pa.types.is_integer(kind):
        return pa.decimal128(_DIGITS, 0)
    return pa.decimal128(_DIGITS - kind.scale, kind.scale) if pa.types.is_decimal(kind) else kind


def _table(names: Sequence[str], lines: bytes, typed: Mapping[str, pa.DataType]) -> pa.Table:
    table = pacsv.read_csv(
        pa.BufferReader(lines),
        pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(lines) + 1),
        pacsv.ParseOptions(newlines_in_values=True),
        pacsv.ConvertOptions(
            column_types={name: _read_as(typed.get(name, pa.string())) for name in names},
            strings_can_be_null=True,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
        ),
    )
    return table.cast(pa.schema([(name, typed.get(name, pa.string())) for name in names]))
