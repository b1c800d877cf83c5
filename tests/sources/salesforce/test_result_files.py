"""Result pages cut into pieces of whole rows, wherever the stream happens to break."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.sources.salesforce import result_files

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
