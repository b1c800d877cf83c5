"""The pytest fixture `lakeflow_mock`, for tests of pipelines against a vendor's API on loopback."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from lakeflow_sources.testing.handle import MockServer, mock_server

__all__ = ["lakeflow_mock"]


@pytest.fixture
def lakeflow_mock() -> Iterator[Callable[..., MockServer]]:
    """Starts mocks that end with the test: `lakeflow_mock("hubspot", records={"contacts": 1000}, seed=1)`."""
    with contextlib.ExitStack() as stack:

        def start(name: str, **settings: object) -> MockServer:
            return stack.enter_context(mock_server(name, **settings))  # type: ignore[arg-type]  # handed through

        yield start
