"""Vendors for histories."""

import pytest

from lakeflow_sources.testing import mock_server
from tests.proof import history
from tests.proof.accounts.account import iso


@pytest.fixture(scope="module")
def servers():
    """One process for each vendor, started when it is asked for; histories have accounts of their own in it."""
    started = {}

    def server(kind):
        if kind.format == "http":
            return None
        if kind.format not in started:
            options = {**kind.mock_options, "now": iso(history.BEGIN)}
            started[kind.format] = mock_server(kind.format, records=kind.records, **options)
        return started[kind.format]

    yield server
    for one in started.values():
        one.close()
