"""Vendors' APIs on loopback, for tests of connectors and of the pipelines that use them."""

from lakeflow_sources.testing.handle import MockServer, mock_server

__all__ = ["MockServer", "mock_server"]
