"""Connectors as Spark data sources."""

from lakeflow_sources.spark.register import register
from lakeflow_sources.spark.source import data_source

__all__ = ["data_source", "register"]
