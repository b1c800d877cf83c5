"""The promises of a connector, each a check that runs against a real server process on loopback.

suite ──> promises ──> bench            reads of one connector at one mock, without Spark
          leaks        ears             what is printed, logged and raised meanwhile
          travel       bare worker      a process that has neither our package nor the connector's
"""

from __future__ import annotations

from lakeflow_sources.testing.kit.suite import contract

__all__ = ["contract"]
