"""Tables beside the CRM records, against what the mock holds."""

import pytest

from lakeflow_sources.fields import snake_case
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server
from tests.sources.hubspot.reading import read_rows

RECORDS = {"contacts": 2_500, "companies": 400}


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records=RECORDS, seed=9) as server:
        yield server


def key(row, names):
    return tuple(str(row[name]) for name in names)


REFERENCE = ("pipelines", "pipeline_stages", "properties", "lists", "list_memberships", "campaigns")


@pytest.mark.parametrize("table", REFERENCE)
def test_reference_tables_hold_every_row_once(mock, table):
    keys = next(one.primary_key for one in connector("hubspot").static_tables if one.name == table)
    rows, _ = read_rows("hubspot", mock.options, table)
    found = [key(row, keys) for row in rows]
    truth = [key({snake_case(name): value for name, value in one.items()}, keys) for one in mock.rows(table)]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(truth)


@pytest.mark.parametrize("table", ["owners", "forms", "marketing_emails"])
def test_archived_rows_of_reference_tables_are_there_and_marked(mock, table):
    if table != "owners":
        ids = [one["id"] for one in mock.rows(table)[:3]]
        mock.write("edit", table=table, ids=ids, values={"archived": True})
    rows, _ = read_rows("hubspot", mock.options, table)
    live = {row["id"] for row in rows if not row["archived"]}
    gone = {row["id"] for row in rows if row["archived"]}
    assert live == {one["id"] for one in mock.rows(table)}
    assert gone == {one["id"] for one in mock.rows(table, archived=True)}
    assert gone
    assert len(rows) == len(live) + len(gone)


@pytest.mark.parametrize(
    "table",
    [
        "associations_contacts_companies",
        "associations_companies_contacts",
        "associations_deals_line_items",
        "associations_line_items_quotes",
    ],
)
def test_associations_hold_every_link_once_for_pairs_that_are_listed_and_not(mock, table):
    rows, _ = read_rows("hubspot", mock.options, table)
    found = [(row["from_id"], row["to_id"], row["type_id"], row["category"], row["label"]) for row in rows]
    truth = [(one["fromId"], one["toId"], one["typeId"], one["category"], one["label"]) for one in mock.rows(table)]
    assert len(found) == len(set(found)) > 0
    assert sorted(found, key=str) == sorted(truth, key=str)


def test_custom_objects_are_tables_with_their_own_properties(mock):
    for name in ("cars", "projects"):
        rows, _ = read_rows("hubspot", mock.options, name)
        assert sorted(row["id"] for row in rows) == sorted(one["id"] for one in mock.rows(name))


def test_marketing_emails_of_a_window_lie_in_it(mock):
    times = sorted(one["updatedAt"] for one in mock.rows("marketing_emails", archived=None))
    start, end = times[3], times[9]
    rows, _ = read_rows("hubspot", mock.options, "marketing_emails", start=start, end=end)
    truth = {one["id"] for one in mock.rows("marketing_emails", archived=None) if start <= one["updatedAt"] < end}
    assert {row["id"] for row in rows} == truth
    assert len(rows) == len(truth)


def test_json_columns_hold_json_and_not_python(mock):
    rows, _ = read_rows("hubspot", mock.options, "forms")
    assert all(row["field_groups"].startswith("[") and "'" not in row["field_groups"][:3] for row in rows)
