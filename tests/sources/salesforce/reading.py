"""Reading without Spark, for tests of what the connector asks and answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Window
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector

SALESFORCE = connector("salesforce")


@dataclass
class Answer:
    """What a read gave."""

    rows: list
    pieces: list
    client: object
    columns: tuple

    @property
    def ids(self):
        found = [row["Id"] for row in self.rows]
        assert len(found) == len(set(found)), "a row came twice"
        return set(found)

    @property
    def ways(self):
        return {piece["way"] for piece in self.pieces}


def settings_of(options):
    return check_options(
        SALESFORCE, {"requests_per_second": "2000", **{key: str(value) for key, value in options.items()}}
    )


def read(mock, table, *, way=None, window=None, **options):
    """A read of *table*; *window* is a pair of ISO times, as a stream would have it."""
    given = mock.sign_in(way) if way else mock.options
    settings = settings_of({**given, "tableName": table, **options})
    with connect(SALESFORCE, settings) as client:
        bound = prepare(SALESFORCE, settings, lambda: client)
        span = Window(*map(datetime.fromisoformat, window)) if window else batch_window(bound)
        bound = replace(bound, window=span)
        shares = plan(bound, client)
        rows = [row for pieces in shares for batch in read_share(bound, pieces, client) for row in batch.to_pylist()]
    return Answer(rows, [piece for pieces in shares for piece in pieces], client, bound.columns)


def live(mock, table):
    return {one["Id"] for one in mock.rows(table)}


def queries(mock, after=0):
    """The SOQL of the latest calls, in bulk jobs and composites too."""
    import json
    from urllib.parse import parse_qs, unquote

    found = []
    for call in mock.requests(after):
        if call["path"].endswith(("/query", "/queryAll")) and call["method"] == "GET":
            found += parse_qs(call["query"])["q"]
        elif call["path"].endswith("/jobs/query"):
            found.append(json.loads(call["body"])["query"])
        elif call["path"].endswith("/composite"):
            found.append(unquote(call["body"]))
    return found
