"""Reads of declared tables without Spark, and services that page in every way."""

from dataclasses import replace
from datetime import UTC, datetime

from lakeflow_sources.connect import connect
from lakeflow_sources.declaration import load
from lakeflow_sources.declare import Window
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, increment, plan
from lakeflow_sources.read import read_share
from tests.http.loopback import jsons


def declared(service, text):
    """The connector of *text*, which begins behind name and base_url."""
    return load(f"name: acme\nbase_url: {service.url}\n{text}")


def rows(connector, table, window=None, **options):
    """All rows as dicts, in the order of their shares."""
    settings = check_options(connector, {"tableName": table, "max_retries": "1", **options})
    with connect(connector, settings) as client:
        read = prepare(connector, settings, lambda: client)
        read = increment(read, *window) if window else replace(read, window=batch_window(read))
        shares = plan(read, client)
        return [row for pieces in shares for batch in read_share(read, pieces, client) for row in batch.to_pylist()]


def span(start, end):
    return instant(start), instant(end)


def window(start, end):
    return Window(*span(start, end))


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def items(count, first=1):
    return [{"id": number, "name": f"item {number}"} for number in range(first, first + count)]


def listed(found, call, size=10):
    """A page of *found* by `page` and `size` of the call, numbered from 1."""
    page, size = int(call.query.get("page", 1)), int(call.query.get("size", size))
    return jsons({"data": found[(page - 1) * size : page * size]})
