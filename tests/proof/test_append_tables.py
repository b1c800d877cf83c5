"""Rows that are appended are not merged by key, so no increment of theirs may reach back."""

import pytest

from lakeflow_sources.registry import connector, connector_names


def declared():
    for name in connector_names():
        tables = connector(name).tables
        yield from () if callable(tables) else ((name, table) for table in tables)
    for table in connector("zoho_crm").static_tables:
        yield "zoho_crm", table


@pytest.mark.parametrize(("name", "table"), list(declared()), ids=lambda one: getattr(one, "name", one))
def test_an_append_table_waits_for_late_rows_and_never_reaches_back(name, table):
    assert table.ingestion != "append" or table.cursor.lookback == 0


def test_append_tables_of_salesforce_as_well():
    from lakeflow_sources.sources.salesforce import kinds

    found = [one for one in vars(kinds).values() if isinstance(one, kinds.Kind) and one.ingestion == "append"]
    assert found
    assert all(one.cursor.lookback == 0 for one in found)
