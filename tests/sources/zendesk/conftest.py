"""Two accounts for all tests: one that nobody changes, and one in which each test has a day of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.zendesk.reading import span

NOW = "2026-03-01T12:00:00Z"


@pytest.fixture(scope="session")
def still():
    """An account that nobody changes."""
    with mock_server("zendesk", seed=9, now=NOW) as server:
        yield server


@pytest.fixture(scope="session")
def shared():
    with mock_server("zendesk", seed=10, now=NOW) as server:
        server.day = datetime(2026, 3, 1, tzinfo=UTC)
        yield server


@pytest.fixture
def mock(shared):
    """An account whose clock stands still at noon, on another day for each test that changes something."""
    shared.day += timedelta(days=1)
    shared.at = lambda time: f"{shared.day:%Y-%m-%d}T{time}Z"
    shared.since = lambda time: span(shared.at(time), shared.at("12:00:00"))
    shared.freeze(shared.at("12:00:00"))
    shared.clear_faults()
    for area in ("exports", "side_conversations", "audit_logs", "help_center", "community"):
        shared.write("allow", area=area)
    shared.reset_counters()
    return shared
