"""The data source: options checked when it is made, everything else when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pyspark.sql.datasource import DataSource
from pyspark.sql.types import StructType

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Connector, Read
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.options import Settings, check_options, resolved
from lakeflow_sources.spark.batch import BatchReader
from lakeflow_sources.spark.cargo import Carried
from lakeflow_sources.spark.schema import follow, struct_type
from lakeflow_sources.spark.share import guarded
from lakeflow_sources.spark.stream import StreamReader
from lakeflow_sources.spark.unpack import CarriedSource

__all__ = ["ConnectorSource", "data_source"]


class ConnectorSource(Carried, DataSource):
    """A connector under the name that `spark.read.format` knows it by."""

    connector: ClassVar[Connector]
    clock: ClassVar[Clock]

    def __init__(self, options: Mapping[str, str]) -> None:
        # The base class would keep the options, secrets included, where a repr shows them.
        self._connector = resolved(self.connector, options)
        self._settings: Settings = check_options(self._connector, options)
        self._read: Read | None = None

    @classmethod
    def name(cls) -> str:
        """The format name."""
        return cls.connector.name

    def schema(self) -> StructType:
        """Columns of the table, asked of the account where they are the user's own."""
        return struct_type(self._prepared().columns)

    def reader(self, schema: StructType) -> BatchReader:
        """A batch reader of exactly *schema*."""
        return BatchReader(follow(self._prepared(), schema))

    def streamReader(self, schema: StructType) -> StreamReader:
        """A stream reader of exactly *schema*; a table without increments is refused."""
        read = self._prepared()
        if read.table.cursor is None or read.table.ingestion == "snapshot":
            raise ConfigurationError(
                f"{self._connector.name}: table {read.table.name} is a snapshot and cannot be streamed",
                "read it with spark.read, in a pipeline as a materialized view",
            )
        return StreamReader(follow(read, schema), self.clock)

    def _prepared(self) -> Read:
        """Found once: the instance travels from Spark's analyzer to its planner with what it has learnt."""
        if self._read is None:
            with guarded(self._settings):
                self._read = prepare(self._connector, self._settings, lambda: connect(self._connector, self._settings))
        return self._read


class Made(Carried):
    """A class, with all that an instance of it needs where it goes."""

    def __init__(self, source: type[ConnectorSource]) -> None:
        self.source = source


def data_source(connector: Connector, clock: Clock = Clock()) -> type[DataSource]:  # noqa: B008 (a frozen value)
    """The class to register for *connector*, which is bound to it and not looked up on the worker.

    *clock* tells a stream how far it may ask. Spark pickles the class itself, which nothing but its attributes can
    bring our code along with: what is registered makes instances of a class that it holds as such an attribute.
    """
    title = "".join(part.capitalize() for part in connector.name.split("_"))
    name, bound = f"{title}DataSource", {"connector": connector, "clock": clock, "__doc__": connector.title}
    return type(
        name, (CarriedSource,), {"made": Made(type(name, (ConnectorSource,), bound)), "__doc__": connector.title}
    )
