"""Generated notebooks on one laptop: open-source Spark Declarative Pipelines instead of Databricks."""

from __future__ import annotations

from lakeflow_sources.local.report import RunReport, TableReport
from lakeflow_sources.local.run import LocalSettings, query_local, run_local
from lakeflow_sources.local.state import last_report

__all__ = ["LocalSettings", "RunReport", "TableReport", "last_report", "query_local", "run_local"]
