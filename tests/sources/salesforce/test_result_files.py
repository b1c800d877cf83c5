"""Result pages cut into pieces of whole rows, wherever the stream happens to break."""

import csv
import io

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources import Column, DataError, Read, Slice, Table
from lakeflow_sources.decode import Decoder
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.sources.salesforce import result_files

SALESFORCE = connector("salesforce")
OPTIONS = {"instance_url": "http://127.0.0.1:1", "access_token": "token-1", "tableName": "Thing"}

TEXT = st.text(st.sampled_from('ab",;\n\r\x00é '), max_size=12)


class Stream(io.RawIOBase):
    """Gives at most *step* bytes at once, as a network does."""

    def __init__(self, content, step):
        super().__init__()
        self._content, self._step, self._place = content, step, 0

    def read(self, size=-1):
        piece = self._content[self._place : self._place + min(self._step, size)]
        self._place += len(piece)
        return piece


def written(rows):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=30), st.integers(1, 40), st.integers(1, 60))
def test_pieces_end_with_rows_and_lose_nothing(rows, step, size):
    content = written(rows)
    original, result_files._PIECE = result_files._PIECE, size
    try:
        pieces = list(result_files._pieces(Stream(content, step)))
    finally:
        result_files._PIECE = original
    assert b"".join(pieces) == content
    assert all(piece.count(b'"') % 2 == 0 and piece.endswith(b"\n") for piece in pieces)


def test_a_row_longer_than_a_piece_is_waited_for():
    content = written([("x" * 3_000_000, "y\n" * 500_000), ("a", "b")])
    pieces = list(result_files._pieces(Stream(content, 1 << 16)))
    assert b"".join(pieces) == content
    assert pieces[0].startswith(b'"xxx')


def test_a_last_row_without_a_newline_is_a_row():
    assert list(result_files._pieces(Stream(b'"a"\n"b"', 3))) == [b'"a"\n"b"']
    assert list(result_files._pieces(Stream(b"", 3))) == []


CELLS = st.sampled_from([
    "", "0", "12", "12.0", "-7.50", "1e3", "1e30", "1E-2", "99999999999999999999", "0.005", "NaN", "true", "false", "TRUE",
    " 5", "2026-11-24", "2026-11-24T10:00:00.000Z", "2026-11-24T10:00:00.123+0000", "9999-12-31T23:59:59.999Z", "NA", "x",
])  # fmt: skip
KINDS = ("string", "boolean", "int", "long", "double", "decimal(18,2)", "decimal(38,18)", "date", "timestamp")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.lists(CELLS, min_size=1, max_size=6))
def test_cells_that_are_typed_at_once_are_those_that_are_converted_one_by_one(kind, cells):
    columns = (Column("Id"), Column("Cell", kind))
    read = Read(SALESFORCE, Table("Thing", columns), check_options(SALESFORCE, OPTIONS), columns, columns)
    lines = written([(str(number), cell) for number, cell in enumerate(cells)])
    names = ["Id", "Cell"]
    whole = pa.RecordBatch.from_struct_array(
        result_files._texts(read, names, lines).combine_chunks().to_struct_array().chunk(0)
    )

    def decoded(batch):
        try:
            return Decoder(read).passed(Slice(), batch).column("Cell").to_pylist()
        except DataError:
            return "refused"

    typed, texts = decoded(result_files._parsed(read, names, lines)), decoded(whole)
    assert str(typed) == str(texts)
