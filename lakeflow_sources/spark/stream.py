"""Micro-batches over half-open windows of the cursor, which a replay asks for again just as they were.

initialOffset   {"until": start option, or 1970}
latestOffset    {"until": now - lag}                 frozen once for an available-now trigger
partitions      plan of [start - lookback, end)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pyarrow as pa
from pyspark.sql.datasource import DataSourceStreamReader, InputPartition

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import EPOCH, Read
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.options import moment
from lakeflow_sources.plan import frozen_now, increment
from lakeflow_sources.spark.cargo import Carried
from lakeflow_sources.spark.share import guarded, run, shares

try:  # Spark 4.2; before it an available-now trigger takes one micro-batch, which holds all there is
    from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow
except ImportError:

    class SupportsTriggerAvailableNow:  # type: ignore[no-redef]
        """Stands in where Spark has none."""


__all__ = ["StreamReader"]

_STEP = timedelta(seconds=1)  # shorter windows would only ask the vendor the same question more often


class StreamReader(Carried, DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Increments of a table with a cursor."""

    def __init__(self, read: Read, clock: Clock = Clock()) -> None:  # noqa: B008 (a frozen value)
        self._read = read
        self._clock = clock
        self._target: datetime | None = None
        self._client: Client | None = None

    def initialOffset(self) -> dict[str, str]:
        """Where a new query begins."""
        return _offset(self._read.settings.moment("start") or EPOCH)

    def prepareForTriggerAvailableNow(self) -> None:
        """Fix where this run ends."""
        self._target = frozen_now(self._read, self._clock)

    def latestOffset(self, start: dict[str, str] | None = None, limit: object = None) -> dict[str, str]:  # noqa: ARG002 (Spark 4.2 hands it in)
        """The upper bound of the next micro-batch; *start* itself while there is nothing to ask for."""
        until = self._target or frozen_now(self._read, self._clock)
        begun = moment(start["until"]) if start else None
        if begun and (until <= begun if self._target else until < begun + _STEP):
            return _offset(begun)
        return _offset(until)

    def partitions(self, start: dict[str, str], end: dict[str, str]) -> list[InputPartition]:
        """The shares of the window between two offsets."""
        if start == end:  # Spark before 4.2 begins each run with such a one
            return []
        with guarded(self._read.settings):
            if self._client is None:
                self._client = connect(self._read.connector, self._read.settings)
            read = increment(self._read, moment(start["until"]), moment(end["until"]))
            return shares(read, self._client)

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of one share."""
        return run(self._read, partition)

    def commit(self, end: dict[str, str]) -> None:
        """Nothing to do: the vendor keeps no position for us."""

    def stop(self) -> None:
        """Close the planner's connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _offset(until: datetime) -> dict[str, str]:
    return {"until": until.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
