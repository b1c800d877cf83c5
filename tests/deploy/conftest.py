"""A workspace on loopback for the tests of the deployer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lakeflow_sources.testing.workspace import LoopbackWorkspace, loopback_workspace


@pytest.fixture(scope="session")
def workspace_process() -> Iterator[LoopbackWorkspace]:
    with loopback_workspace() as workspace:
        yield workspace


@pytest.fixture
def loopback(workspace_process: LoopbackWorkspace) -> LoopbackWorkspace:
    """An empty workspace."""
    workspace_process.clear()
    return workspace_process
