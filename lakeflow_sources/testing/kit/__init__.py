"""The promises of a connector, each a check that runs against a real server process on loopback.

suite ──> promises ──> bench    columns, pages, windows: reads of one connector at one mock, without Spark
          troubles              refused tokens, full quotas
          leaks ────> ears      credentials in what is printed, logged and raised meanwhile
          travel                a process that has neither our package nor the connector's
"""

from __future__ import annotations

from lakeflow_sources.testing.kit.suite import contract

__all__ = ["contract"]
