"""Reads of a mock without Spark."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lakeflow_sources import Window
from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from tests.sources.zoho_crm.truth import by_id

ZOHO = connector("zoho_crm")
QUICK = {"requests_per_second": "5000", "poll_seconds": "0.01", "parallelism": "4", "concurrency": "2"}


@dataclass
class Outcome:
    """What a read gave."""

    read: Any
    shares: Any
    rows: list
    client: Any

    @property
    def by_id(self):
        return by_id(self.rows, {one.name: one.type for one in self.read.columns})

    @property
    def ways(self):
        return {piece["way"] for share in self.shares for piece in share}

    @property
    def pieces(self):
        return [piece for share in self.shares for piece in share]


def client_of(mock, **options):
    settings = check_options(ZOHO, {**mock.options, **QUICK, **options})
    return settings, connect(ZOHO, settings)


def planned(mock, table, window=None, **options):
    """A read and its shares."""
    settings, client = client_of(mock, tableName=table, **options)
    read = prepare(ZOHO, settings, lambda: client)
    read = replace(read, window=window or batch_window(read))
    return read, plan(read, client), client


def read(mock, table, window=None, **options):
    found, shares, client = planned(mock, table, window, **options)
    rows = [row for share in shares for batch in read_share(found, share, client) for row in batch.to_pylist()]
    return Outcome(found, shares, rows, client)


def window(start, end):
    return Window(*(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end)))


def inside(row, span):
    return span.start.replace(tzinfo=None) <= row["Modified_Time"] < span.end.replace(tzinfo=None)
