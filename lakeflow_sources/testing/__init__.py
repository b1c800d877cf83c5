"""Vendors' APIs on loopback, and the contract of a connector: for tests of connectors and of pipelines with them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lakeflow_sources.testing.handle import MockServer, mock_server

if TYPE_CHECKING:
    from lakeflow_sources.testing import fake_api
    from lakeflow_sources.testing.kit import contract

__all__ = ["MockServer", "contract", "fake_api", "mock_server"]


def __getattr__(name: str) -> Any:
    """What only tests of connectors need: pytest loads this package for everybody."""
    if name == "contract":
        return importlib.import_module("lakeflow_sources.testing.kit").contract
    if name == "fake_api":
        return importlib.import_module("lakeflow_sources.testing.fake_api")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
