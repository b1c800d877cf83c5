"""The command `lakeflow-sources`."""

from lakeflow_sources.cli.app import main

__all__ = ["main"]
