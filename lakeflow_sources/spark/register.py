"""Make connectors known to a Spark session."""

from __future__ import annotations

import importlib
import importlib.util

from pyspark import cloudpickle
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from lakeflow_sources.declare import Connector
from lakeflow_sources.registry import connector, connector_names
from lakeflow_sources.spark.by_value import packages_of
from lakeflow_sources.spark.source import data_source

__all__ = ["register"]


def register(spark: SparkSession, *names: str | Connector) -> None:
    """Register connectors by name or by value, all there are without any, on classic Spark or Spark Connect.

    Safe to call twice. The package travels with the data source, and so do those of connectors from elsewhere,
    so that workers need not be able to import them.
    """
    for name in names or connector_names():
        found = name if isinstance(name, Connector) else connector(name)
        for package in packages_of(found):
            cloudpickle.register_pickle_by_value(importlib.import_module(package))  # type: ignore[no-untyped-call]  # vendored without types
        _make_known(spark, found)


def _make_known(spark: SparkSession, found: Connector) -> None:
    """Register *found*; Spark 4.0 lets nothing replace a source that it found by itself, as `pyspark_<name>`."""
    try:
        spark.dataSource.register(data_source(found))
    except AnalysisException as error:
        already = error.getCondition() == "DATA_SOURCE_ALREADY_EXISTS"
        if not already or importlib.util.find_spec(f"pyspark_{found.name}") is None:
            raise
