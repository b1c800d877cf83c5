"""A share to record batches: what runs inside a task, and in `preview` without Spark."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from lakeflow_sources.declare import Read, Slice
from lakeflow_sources.decode import Decoder
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.fetch import pages, place
from lakeflow_sources.http.client import Client

__all__ = ["read_share"]

_ROWS = 5_000  # of a batch: large enough for Arrow, small enough for memory
_SECONDS = 5.0  # after which a smaller batch is handed on all the same


def read_share(read: Read, pieces: Sequence[Slice], client: Client) -> Iterator[pa.RecordBatch]:
    """The rows of *pieces* as batches of exactly the declared columns; a failed slice fails the share."""
    decoder = Decoder(read)
    waiting: list[tuple[Slice, Sequence[Mapping[str, Any]]]] = []
    count, rows, since = 0, 0, time.monotonic()
    for piece, page in pages(read, pieces, client):
        if page.batch is not None:
            rows += page.batch.num_rows
            yield from _cut(decoder, partial(decoder.passed, piece, page.batch))
            continue
        try:
            some = decoder.rows(piece, page)
        except LakeflowError as error:
            raise error.at(place(read, piece)) from None
        waiting.append((piece, some))
        count += len(some)
        if count >= _ROWS or (count and time.monotonic() - since > _SECONDS):
            yield from _cut(decoder, partial(decoder.batch, waiting))
            rows, count, since = rows + count, 0, time.monotonic()
            waiting = []
    if count:
        yield from _cut(decoder, partial(decoder.batch, waiting))
    _log(read, rows + count, client)


def _cut(decoder: Decoder, decode: Callable[[], pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    try:
        batch = decode()
    except LakeflowError as error:
        raise error.at(f"{decoder.read.connector.name}.{decoder.read.table.name}") from None
    for start in range(0, batch.num_rows, 2 * _ROWS):
        yield batch.slice(start, 2 * _ROWS)


def _log(read: Read, rows: int, client: Client) -> None:
    facts = {"connector": read.connector.name, "table": read.table.name, "rows": rows, **client.stats.facts()}
    logging.getLogger("lakeflow_sources").info("read %s", json.dumps(facts))
