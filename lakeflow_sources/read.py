"""A share to record batches: what runs inside a task, and in `preview` without Spark."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import pyarrow as pa

from lakeflow_sources.declare import Read, Slice
from lakeflow_sources.decode import Decoder, Part
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.fetch import pages, place
from lakeflow_sources.heap import keep_memory
from lakeflow_sources.http.client import Client

__all__ = ["read_share"]

_ROWS = 5_000  # of a batch: large enough for Arrow, small enough for memory
_BYTES = 32 << 20  # of the pages of a batch, however few rows they have
_SECONDS = 5.0  # after which a smaller batch is handed on all the same


def read_share(read: Read, pieces: Sequence[Slice], client: Client) -> Iterator[pa.RecordBatch]:
    """The rows of *pieces* as batches of exactly the declared columns; a failed slice fails the share."""
    keep_memory()
    decoder = Decoder(read)
    waiting = _Waiting()
    for found in pages(read, pieces, client):
        if found is None:
            if waiting.full:
                yield from _decoded(decoder, waiting)
            continue
        piece, page = found
        if page.batch is not None:
            yield from _cut(decoder, map(partial(decoder.passed, piece), [page.batch]))
            continue
        try:
            waiting.add(decoder.part(piece, page))
        except LakeflowError as error:
            raise error.at(place(read, piece)) from None
        if waiting.full:
            yield from _decoded(decoder, waiting)
    yield from _decoded(decoder, waiting)


class _Waiting:
    """Pages that wait for a batch: how many rows a text holds is guessed from those before."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._rows_per_byte = 0.0
        self._begin()

    def _begin(self) -> None:
        self._rows = self._bytes = 0
        self._since = time.monotonic()

    def add(self, part: Part) -> None:
        self.parts.append(part)
        self._rows += len(part.rows)
        self._bytes += 0 if part.text is None else len(memoryview(part.text))

    @property
    def full(self) -> bool:
        if not self._rows_per_byte:
            return bool(self._rows or self._bytes)  # what comes first tells how large a row is
        enough = self._rows + self._bytes * self._rows_per_byte >= _ROWS or self._bytes >= _BYTES
        return enough or (self._rows + self._bytes > 0 and time.monotonic() - self._since > _SECONDS)

    def take(self) -> list[Part]:
        taken, self.parts = self.parts, []
        self._begin()
        return taken

    def learn(self, rows: int, size: int) -> None:
        """*rows* came of *size* bytes."""
        if rows and size:
            self._rows_per_byte = rows / size


def _decoded(decoder: Decoder, waiting: _Waiting) -> Iterator[pa.RecordBatch]:
    """The batches of what waits."""
    parts = waiting.take()
    rows = 0
    for batch in _cut(decoder, decoder.decode(parts)):
        rows += batch.num_rows
        yield batch
    waiting.learn(rows, sum(len(one.page.response.body) for one in parts if one.page.response is not None))


def _cut(decoder: Decoder, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    try:
        for batch in batches:
            for start in range(0, batch.num_rows, 2 * _ROWS):
                yield batch.slice(start, 2 * _ROWS)
    except LakeflowError as error:
        raise error.at(f"{decoder.read.connector.name}.{decoder.read.table.name}") from None
