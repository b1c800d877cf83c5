"""An increment in which nothing changed costs two calls a table, or one for each part that the vendor has no sum of."""

from datetime import timedelta

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import list_tables, prepare
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import frozen_now, increment, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server

MOST = {"salesforce": 3}  # changes, recycle bin and delete log, which no call shows together
FAST = {"requests_per_second": "5000"}
MORE = {"hubspot": {"search_requests_per_second": "5000"}}
IN_PARTS = {
    "github": None,  # nearly all tables: no list of the vendor goes over several repositories or organizations
    "osipi": None,  # points are listed anew, as a new one must not be missed; values of one data server at a time
    "zoho_crm": {"Deleted_Records"},  # a call a module
}
SHARED = {"zoho_crm": {"Projects"}}  # its list leaves out columns of users, which are asked for once a task


def in_parts(name, table):
    tables = IN_PARTS.get(name, set())
    return tables is None or table in tables or table in SHARED.get(name, set())


def quiet_calls(vendor, options, table, client, server):
    settings = check_options(vendor, {**options, "tableName": table})
    read = prepare(vendor, settings, lambda: client)
    after = frozen_now(read) + timedelta(days=400)
    bound = increment(read, after, after + timedelta(minutes=1))
    server.reset_counters()
    rows = sum(batch.num_rows for pieces in plan(bound, client) for batch in read_share(bound, pieces, client))
    assert rows == 0
    return [f"{call['method']} {call['path']}?{call['query']}{call['body']}" for call in server.requests()]


@pytest.mark.parametrize("name", ["github", "hubspot", "osipi", "salesforce", "zendesk", "zoho_crm"])
def test_an_increment_without_changes_costs_two_calls(name):
    vendor = connector(name)
    with mock_server(name, seed=3) as server:
        options = {**server.options, **FAST, **MORE.get(name, {})}
        settings = check_options(vendor, options)
        with connect(vendor, settings) as client:
            streamed = [
                one.name for one in list_tables(vendor, settings, lambda: client) if one.ingestion != "snapshot"
            ]
            calls = {table: quiet_calls(vendor, options, table, client, server) for table in streamed}
    assert streamed
    too_many = {
        table: found for table, found in calls.items() if len(found) > MOST.get(name, 2) and not in_parts(name, table)
    }
    assert not too_many
