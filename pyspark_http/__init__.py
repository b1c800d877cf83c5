"""Lets Spark find the format `http` by itself wherever the wheel is installed."""

from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source

__all__ = ["DefaultSource"]

DefaultSource = data_source(connector("http"))
