"""Reading without Spark, for tests of what the connector asks and answers."""

from contextlib import contextmanager
from dataclasses import replace

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Window
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options, moment
from lakeflow_sources.plan import batch_window, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector

FAST = {"requests_per_second": "2000", "lag_seconds": "0"}


@contextmanager
def reader(options, table, **more):
    """A read of *table* that is bound to `start` and `end`, and a client for it."""
    vendor = connector("osipi")
    given = {**FAST, **options, "tableName": table, **{key: str(value) for key, value in more.items()}}
    settings = check_options(vendor, given)
    with connect(vendor, settings) as client:
        read = prepare(vendor, settings, lambda: client)
        yield replace(read, window=batch_window(read)), client


def rows_of(read, client):
    """All rows of a read, and its shares."""
    shares = plan(read, client)
    return [row for pieces in shares for batch in read_share(read, pieces, client) for row in batch.to_pylist()], shares


def read_rows(options, table, **more):
    """All rows of a batch read as dicts."""
    with reader(options, table, **more) as (read, client):
        return rows_of(read, client)[0]


def window_rows(options, table, start, end, **more):
    """The rows of one half-open window, as a micro-batch reads it."""
    with reader(options, table, **more) as (read, client):
        return rows_of(replace(read, window=Window(moment(start), moment(end))), client)[0]
