"""What travels to a task: slices and a short-lived token, in a value that prints neither."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa
from pyspark.sql.datasource import InputPartition

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Read, Slice
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.token import Token
from lakeflow_sources.options import Settings
from lakeflow_sources.plan import plan
from lakeflow_sources.summary import Summary, logged, summarized

__all__ = ["Share", "guarded", "run", "shares"]


class Share(InputPartition):
    """One task's work; *read* is bound to the window of this read or micro-batch."""

    def __init__(self, read: Read, pieces: tuple[Slice, ...], token: Token | None) -> None:
        super().__init__(None)
        self.window = read.window
        self.pieces = pieces
        self.token = token

    def __repr__(self) -> str:
        return f"Share({len(self.pieces)} slices)"


def shares(read: Read, client: Client) -> list[InputPartition]:
    """The work of *read*, cut for its tasks; signs in once for all of them."""
    began = time.monotonic()
    found: list[InputPartition] = [Share(read, pieces, client.sign_in()) for pieces in plan(read, client)]
    told = Summary(read.connector.name, read.table.name, "plan", seconds=time.monotonic() - began)
    logged(read, client.stats, told)
    return found


def run(read: Read, partition: InputPartition) -> Iterator[pa.RecordBatch]:
    """The batches of *partition*; Spark hands in an empty one when there is nothing to read."""
    if not isinstance(partition, Share):
        return
    from lakeflow_sources.read import read_share  # decoding takes time to import, and planners do none

    bound = replace(read, window=partition.window)
    with guarded(read.settings), connect(read.connector, read.settings, partition.token) as client:
        yield from summarized(bound, read_share(bound, partition.pieces, client), client.stats)


@contextmanager
def guarded(settings: Settings) -> Iterator[None]:
    """Nothing leaves but errors of our own tree, with every secret masked."""
    try:
        yield
    except LakeflowError as error:
        redact = settings.redactor()
        raise type(error)(redact(error.cause), redact(error.remedy)) from None
    except Exception as error:  # noqa: BLE001 (a foreign text may hold a secret)
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
        raise LakeflowError(
            settings.redactor()(f"{settings.connector}: {type(error).__name__} at {place}: {error}"),
            "this is a defect of the connector, please report it with this line",
        ) from None
