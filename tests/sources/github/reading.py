"""Reads without Spark, as a task does them."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Window
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from lakeflow_sources.types import arrow_type

GITHUB = connector("github")
UNPACED = {"requests_per_second": "5000"}


def settings(mock, table, **options):
    given = {name: str(value) for name, value in options.items() if value is not None}
    return check_options(GITHUB, {**mock.options, **UNPACED, "tableName": table, **given})


@contextmanager
def reading(mock, table, window=None, **options):
    """A client and a read bound to *window* or to the options `start` and `end`."""
    chosen = settings(mock, table, **options)
    with connect(GITHUB, chosen) as client:
        read = prepare(GITHUB, chosen, lambda: client)
        yield replace(read, window=window or batch_window(read)), client


def whole(mock, name, window=None, **options):
    """All rows as an Arrow table, and what the summary of the read notes."""
    with reading(mock, name, window, **options) as (read, client):
        batches = [batch for pieces in plan(read, client) for batch in read_share(read, pieces, client)]
        schema = pa.schema([(one.name, arrow_type(one.type)) for one in read.columns])
        return pa.Table.from_batches(batches, schema), client.stats.facts()["notes"]


def table(mock, name, window=None, **options):
    return whole(mock, name, window, **options)[0]


def rows(mock, name, window=None, **options):
    return table(mock, name, window, **options).to_pylist()


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def span(start, end):
    return Window(instant(start), instant(end))


def paths(mock):
    """Paths of the calls since the counters were reset, as a client asked for them."""
    return [one["path"] for one in mock.requests()]
