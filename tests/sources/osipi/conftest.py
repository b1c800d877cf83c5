"""One plant for the tests that only read, and one for each that changes something."""

import pytest

from lakeflow_sources.testing import mock_server


@pytest.fixture(scope="session")
def plant():
    """A small plant that no test changes."""
    with mock_server("osipi", records={"points": 24}, days=1, seed=5) as server:
        yield server
