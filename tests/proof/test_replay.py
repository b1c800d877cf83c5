"""The same micro-batch twice: every table that streams gives equal rows for equal offsets."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import list_tables
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from lakeflow_sources.testing import mock_server
from tests.proof.engine import Checkpoint, Query, Sink

NOW = "2026-06-01T00:00:00Z"
ACCOUNTS = {
    "hubspot": {"records": {"contacts": 40}, "each": 12},
    "zendesk": {"records": {"tickets": 30, "users": 8}},
    "github": {"records": {"repositories": 1, "issues": 60, "comments": 40, "events": 40, "commits": 40}},
    "salesforce": {"each": 12},
    "zoho_crm": {"each": 8, "token_law": False},
    "osipi": {"records": {"points": 6, "event_frames": 20}, "days": 1},
}
HISTORY = {"osipi": 1}
"""Days before now in which there are rows."""
UNPACED = {"requests_per_second": "5000"}
MORE = {
    "hubspot": {"search_requests_per_second": "5000"},
    "zendesk": {"exports_per_minute": "60000"},
    "github": {"repositories": "octo-labs/hello-world"},
    "salesforce": {"deletes": "recycle_bin"},  # the log of deletes reaches back for two weeks of real time
    "zoho_crm": {"poll_seconds": "0.01"},
}


def streaming_tables(vendor, options):
    settings = check_options(vendor, options)
    with connect(vendor, settings) as client:
        tables = list_tables(vendor, settings, lambda: client)
    return [one.name for one in tables if one.cursor and one.ingestion != "snapshot"]


def windows(chance, count, days):
    """From the beginning, and between any two moments of the last *days*."""
    end = datetime.fromisoformat(NOW)
    yield datetime(1970, 1, 1, tzinfo=UTC), end - timedelta(days=chance.uniform(0, days / 2))
    for _ in range(count):
        start, stop = sorted(end - timedelta(days=chance.uniform(0, days)) for _ in range(2))
        yield start, stop


def offset(moment):
    return {"until": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def rows_of(source, options, start, end):
    query = Query(source, options, Checkpoint(), Sink())
    try:
        return sorted(query.read(offset(start), offset(end)), key=repr)
    finally:
        query.stop()


def replay(name, tally, count, some=None):
    vendor = connector(name)
    source = data_source(vendor)
    chance = random.Random(7)
    with mock_server(name, now=NOW, **ACCOUNTS[name]) as mock:
        options = {**mock.options, **UNPACED, **MORE.get(name, {})}
        found = streaming_tables(vendor, options)
        assert found
        total = 0
        for table in chance.sample(found, min(some or len(found), len(found))):
            for start, end in windows(chance, count, HISTORY.get(name, 700)):
                first = rows_of(source, {**options, "tableName": table}, start, end)
                assert first == rows_of(source, {**options, "tableName": table}, start, end), (table, start, end)
                tally["windows replayed"] += 1
                tally["rows compared"] += len(first)
                total += len(first)
        assert total


@pytest.mark.parametrize("name", ACCOUNTS)
def test_some_tables_give_equal_rows_for_equal_offsets(name, tally):
    replay(name, tally, 0, some=3)


@pytest.mark.proof
@pytest.mark.parametrize("name", ACCOUNTS)
def test_all_streaming_tables_give_equal_rows_for_equal_offsets(name, tally):
    replay(name, tally, 2)
