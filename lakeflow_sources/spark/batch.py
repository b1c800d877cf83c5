"""Batch reads: everything there is now, or the changes of a window."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql.datasource import DataSourceReader, InputPartition

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Read
from lakeflow_sources.plan import as_batch
from lakeflow_sources.spark.cargo import Carried
from lakeflow_sources.spark.share import guarded, run, shares

__all__ = ["BatchReader"]


class BatchReader(Carried, DataSourceReader):
    """Plans on the driver, reads in tasks; Spark pickles it before planning, so a plan travels in its partitions."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def partitions(self) -> list[InputPartition]:
        """One per share; signs in once for all of them."""
        settings = self._read.settings
        with guarded(settings), connect(self._read.connector, settings) as client:
            read = as_batch(self._read)
            return shares(read, client)

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of one share."""
        return run(self._read, partition)
