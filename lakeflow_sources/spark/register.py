"""Make connectors known to a Spark session."""

from __future__ import annotations

from pyspark import cloudpickle
from pyspark.sql import SparkSession

import lakeflow_sources
from lakeflow_sources.registry import connector, connector_names
from lakeflow_sources.spark.source import data_source

__all__ = ["register"]


def register(spark: SparkSession, *names: str) -> None:
    """Register connectors called *names*, all without any, on classic Spark or Spark Connect; safe to call twice.

    The package travels with the data source, so that workers need not be able to import it.
    """
    cloudpickle.register_pickle_by_value(lakeflow_sources)  # type: ignore[no-untyped-call]  # vendored without types
    for name in names or connector_names():
        spark.dataSource.register(data_source(connector(name)))
