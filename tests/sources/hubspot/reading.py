"""Reading without Spark, for tests of what a connector asks and answers."""

from dataclasses import replace

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector


def read_rows(name, options, table, **more):
    """All rows of a batch read as dicts, its shares one after the other, and how many shares there were."""
    vendor = connector(name)
    fast = {"requests_per_second": "2000", **({"search_requests_per_second": "2000"} if name == "hubspot" else {})}
    given = {**fast, **options, "tableName": table, **{key: str(value) for key, value in more.items()}}
    settings = check_options(vendor, given)
    with connect(vendor, settings) as client:
        read = prepare(vendor, settings, lambda: client)
        read = replace(read, window=batch_window(read))
        shares = plan(read, client)
        rows = [row for pieces in shares for batch in read_share(read, pieces, client) for row in batch.to_pylist()]
    return rows, len(shares)
