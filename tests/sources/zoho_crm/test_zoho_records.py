"""Records of modules by every way there is, row for row against what the mock holds."""

from dataclasses import replace
from itertools import pairwise

import pytest

from lakeflow_sources import VendorError
from lakeflow_sources.fetch import fetch
from lakeflow_sources.http import get
from lakeflow_sources.sources.zoho_crm import querying
from lakeflow_sources.sources.zoho_crm.coql import Order, select
from lakeflow_sources.sources.zoho_crm.listing import walk
from lakeflow_sources.testing import mock_server
from tests.sources.zoho_crm.reading import inside, planned, read, window
from tests.sources.zoho_crm.truth import Truth

YEAR = window("2023-08-15T00:00:00", "2025-07-01T00:00:00")
ALL = window("1970-01-01T00:00:00", "2030-01-01T00:00:00")


@pytest.fixture(scope="module")
def mock():
    with mock_server(
        "zoho_crm", records={"Accounts": 2_600, "Projects": 40, "Contacts": 60}, seed=3, bulk_page=1_000
    ) as server:
        yield server


@pytest.fixture(scope="module")
def truth(mock):
    return Truth(mock)


STANDARD = [
    "Leads", "Contacts", "Deals", "Campaigns", "Cases", "Solutions", "Products", "Vendors", "Price_Books", "Quotes",
    "Sales_Orders", "Purchase_Orders", "Invoices", "Tasks", "Events", "Calls",
]  # fmt: skip


@pytest.mark.parametrize("table", [*STANDARD, "Projects", "Assets"])
def test_every_module_with_every_type_of_field(mock, truth, table):
    assert read(mock, table).by_id == truth.rows(table, deletes=True)


@pytest.mark.parametrize("table", ["Projects_X_Contacts", "Milestones", "Quoted_Items", "Invoiced_Items"])
def test_linking_and_subform_modules(mock, truth, table):
    assert read(mock, table).by_id == truth.rows(table)


@pytest.mark.parametrize("way", ["list", "query", "bulk"])
def test_everything_is_the_same_by_every_way(mock, truth, way):
    found = read(mock, "Accounts", read_by=way)
    assert found.ways == {way}
    assert found.by_id == truth.rows("Accounts", deletes=True)


@pytest.mark.parametrize("way", ["list", "query", "bulk"])
def test_a_window_is_the_same_by_every_way(mock, truth, way):
    found = read(mock, "Accounts", YEAR, deletes="false", read_by=way)
    expected = {key: row for key, row in truth.rows("Accounts", deletes=True).items() if inside(row, YEAR)}
    assert 2_000 < len(expected) < 2_590
    assert found.ways == {way}
    assert found.by_id == expected


@pytest.mark.parametrize("table", ["Projects", "Quotes", "Events", "Milestones", "Projects_X_Contacts"])
def test_no_answer_holds_more_than_the_columns_know(mock, table):
    assert len(read(mock, table, on_schema_drift="fail").rows) == len(mock.rows(table))


def test_windows_side_by_side_hold_each_record_once(mock, truth):
    stamps = sorted(row["Modified_Time"] for row in truth.rows("Accounts", deletes=True).values())
    cuts = [
        "1970-01-01T00:00:00",
        *(stamps[len(stamps) * part // 4].isoformat() for part in range(1, 4)),
        "2030-01-01T00:00:00",
    ]
    found = [
        row["id"]
        for edges in pairwise(cuts)
        for row in read(mock, "Accounts", window(*edges), deletes="false", columns="id").rows
    ]
    assert sorted(found) == sorted(truth.rows("Accounts"))


@pytest.mark.parametrize("way", ["list", "query", "bulk"])
def test_bounds_of_a_batch_are_half_open_to_the_fraction_of_a_second(mock, truth, way):
    stamp = sorted(row["Modified_Time"] for row in truth.rows("Accounts").values())[10].isoformat()
    columns = {"columns": "id,Modified_Time", "deletes": "false", "read_by": way}
    within = {key for key, row in truth.rows("Accounts").items() if row["Modified_Time"].isoformat() == stamp}
    assert {row["id"] for row in read(mock, "Accounts", start=f"{stamp}Z", end=f"{stamp}.5Z", **columns).rows} == within
    assert read(mock, "Accounts", start=f"{stamp}.1Z", end=f"{stamp}.9Z", **columns).rows == []


def test_more_than_fifty_fields_are_read_in_several_calls_joined_by_id(mock, truth):
    mock.reset_counters()
    found = read(mock, "Assets")
    assert found.by_id == truth.rows("Assets", deletes=True)
    asked = [call["query"] for call in mock.requests() if call["path"].endswith("/Assets")]
    assert len(asked) > 2
    sizes = [len(query.split("fields=")[1].split("&")[0].split(",")) for query in asked if "fields=" in query]
    assert max(sizes) <= 50
    assert sum(sizes) >= len(truth.fields["Assets"])


def test_only_what_the_columns_need_is_asked_for(mock, truth):
    mock.reset_counters()
    found = read(mock, "Projects", columns="id,Name,Budget")
    assert {row["id"]: row["Budget"] for row in found.rows} == {
        key: row["Budget"] for key, row in truth.rows("Projects").items()
    }
    calls = [call for call in mock.requests() if "/Projects" in call["path"]]
    assert len(calls) == 2  # count and list: no call a record
    assert "fields=Modified_Time,Name,Budget&" in calls[-1]["query"]


@pytest.mark.parametrize("inclusive", [True, False])
def test_whether_the_header_includes_its_own_second_does_not_matter(inclusive):
    """More records share one second than fit a page, and than pages by number reach."""
    with mock_server(
        "zoho_crm", records={"Leads": 1_000}, seed=5, page_cap=400, modified_since_inclusive=inclusive
    ) as server:
        server.write("create", module="Leads", count=900, time="2026-02-01T10:00:00Z")
        span = window("2026-02-01T10:00:00", "2026-02-01T10:00:01")
        assert len(read(server, "Leads", span, columns="id").by_id) == 900
        assert len(read(server, "Leads", columns="id,Modified_Time").by_id) == len(server.rows("Leads"))


def test_the_walk_passes_the_end_of_page_tokens():
    """2,000 records by page and 100,000 by token are where the list ends: here 200 and 600."""
    with mock_server("zoho_crm", records={"Vendors": 1_900}, seed=5, page_cap=200, token_cap=600) as server:
        assert read(server, "Vendors", columns="id,Vendor_Name,Owner").by_id.keys() == {
            row["id"] for row in server.rows("Vendors")
        }


def test_records_that_change_while_the_list_is_walked_are_neither_lost_nor_doubled():
    """A position would shift by as many places as there are records before it that moved or went."""
    with mock_server("zoho_crm", records={"Vendors": 1_500}, each=4, seed=7) as server:
        expected = {row["id"] for row in server.rows("Vendors")}
        found, shares, client = planned(server, "Vendors", columns="id,Vendor_Name", read_by="list", concurrency="1")
        original, read_so_far = client.attempt, []

        def attempt(request):
            answer = original(request)
            if request.url.endswith("/Vendors") and answer[1] is None:
                read_so_far.extend(row["id"] for row in answer[0].json()["data"])
                there = [one for one in dict.fromkeys(read_so_far) if one in expected]
                server.write("change", module="Vendors", ids=there[:30])
                expected.difference_update(server.write("delete", module="Vendors", ids=there[30:40])["ids"])
            return answer

        client.attempt = attempt
        ids = [row["id"] for page in fetch(found, shares[0][0], client) for row in page.records]
        assert len(ids) == len(set(ids))
        assert expected <= set(ids)
        assert len(expected) < 1_450


def test_endless_pages_of_a_list_end_with_an_error():
    with mock_server("zoho_crm", records={"Vendors": 90}, each=4, seed=7) as server:
        server.faults("endless_pages", paths=["/Vendors$"])
        with pytest.raises(VendorError, match="TOKEN_BOUND_DATA_MISMATCH"):
            read(server, "Vendors", columns="id", read_by="list")


@pytest.mark.parametrize(("table", "sort"), [("Vendors", "Modified_Time"), ("Quoted_Items", "id")])
def test_a_page_of_hidden_records_is_not_the_end(table, sort):
    """Such a page is empty and says that there are more."""
    with mock_server("zoho_crm", records={"Vendors": 900, "Quotes": 500}, seed=7, deleted=0) as server:
        names = sorted(server.rows(table), key=lambda row: (row.get(sort, ""), int(row["id"])))
        ids = [row["id"] for row in names]
        assert len(ids) > 600
        hidden = ids[200:400]
        server.write("hide", ids=hidden)
        assert read(server, table, columns="id", read_by="list").by_id.keys() == set(ids) - set(hidden)


def test_an_empty_page_of_a_query_that_has_more_is_an_error_and_no_end(mock):
    found, shares, client = planned(mock, "Accounts", columns="id", read_by="query", parallelism="1", concurrency="1")
    original = client.attempt

    def attempt(request):
        response, fault = original(request)
        if request.url.endswith("/coql"):
            response = replace(response, body=b'{"data":[],"info":{"count":0,"more_records":true}}')
        return response, fault

    client.attempt = attempt
    with pytest.raises(VendorError, match="Accounts with an empty page although there are more"):
        list(fetch(found, shares[0][0], client))


def test_converted_leads_are_read(mock):
    with mock_server("zoho_crm", records={"Leads": 2_600}, seed=9) as server:
        converted = server.write("convert", count=700)["ids"]
        found = read(server, "Leads", columns="id,Last_Name")
        assert found.ways == {"list"}
        assert set(converted) <= set(found.by_id)
        assert len(found.by_id) == len(server.rows("Leads"))


def test_a_column_that_coql_refuses_is_fetched_by_id(mock, truth):
    mock.write("refuse_column", name="Website")
    try:
        found = read(mock, "Accounts", read_by="query")
    finally:
        mock.write("accept_columns")
    assert found.by_id == truth.rows("Accounts", deletes=True)
    assert any("Website" in note for note in found.client.stats.facts()["notes"])


@pytest.mark.parametrize("area", ["coql", "count", "users"])
def test_what_the_token_may_not_use_is_done_without(mock, truth, area):
    mock.write("deny", area=area, code="OAUTH_SCOPE_MISMATCH")
    try:
        found = read(mock, "Accounts", *(() if area == "users" else (ALL,)), deletes="false")
    finally:
        mock.write("allow", area=area)
    assert found.by_id == truth.rows("Accounts", deletes=True)


def test_subforms_are_read_fifty_parents_at_once(mock, truth):
    mock.reset_counters()
    found = read(mock, "Quotes", columns="id,Quoted_Items")
    assert {row["id"]: row["Quoted_Items"] for row in found.by_id.values()} == {
        key: row["Quoted_Items"] for key, row in truth.rows("Quotes").items()
    }
    assert sum("coql" in call["path"] for call in mock.requests()) == 1


def test_subforms_come_record_by_record_where_coql_may_not_be_used(mock, truth):
    mock.write("deny", area="coql", code="OAUTH_SCOPE_MISMATCH")
    try:
        found = read(mock, "Quotes")
    finally:
        mock.write("allow", area="coql")
    assert found.by_id == truth.rows("Quotes", deletes=True)


@pytest.mark.parametrize("table", ["Assets", "Projects"])
def test_a_record_that_is_deleted_between_two_calls_is_left_out(table):
    """By record ids or record by record, for what the list does not carry: the deleted record brings nothing more."""
    with mock_server("zoho_crm", records={table: 30}, each=6, seed=3) as server:
        expected = {row["id"] for row in server.rows(table)}
        found, shares, client = planned(server, table)
        gone = []
        original = client.attempt

        def attempt(request):
            answer = original(request)
            if not gone and "page" in dict(request.params):
                gone.extend(server.write("delete", module=table, count=3)["ids"])
            return answer

        client.attempt = attempt
        ids = {row["id"] for page in fetch(found, shares[0][0], client) for row in page.records}
        assert ids == expected - set(gone)
        assert len(gone) == 3


def test_more_columns_than_one_query_may_have(mock, truth, monkeypatch):
    monkeypatch.setattr(querying, "QUERIED", 50)
    found = read(mock, "Assets", read_by="query", page_size="15")
    assert found.by_id == truth.rows("Assets", deletes=True)


def test_a_page_token_that_has_gone_stale_is_done_without():
    """Tokens live for a day."""
    with mock_server("zoho_crm", records={"Leads": 10}, each=4, seed=5) as server:
        made = server.write("create", module="Leads", count=700, time="2026-02-01T10:00:00Z")["ids"]
        span = window("2026-02-01T10:00:00", "2026-02-01T10:00:01")
        found, shares, client = planned(server, "Leads", span, columns="id", read_by="list")
        original, advanced = client.attempt, []

        def attempt(request):
            if "page_token" in dict(request.params) and not advanced:
                advanced.append(server.advance(100_000))
            return original(request)

        client.attempt = attempt
        (piece,) = [one for share in shares for one in share if one["way"] == "list"]
        ids = [row["id"] for page in fetch(found, piece, client) for row in page.records]
        assert advanced
        assert sorted(ids) == sorted(made)


def test_a_list_that_shows_the_same_page_for_ever_ends_with_an_error(mock):
    found, _, client = planned(mock, "Deals", columns="id", read_by="list")
    answer = client.attempt(
        get("/crm/v8/Deals", fields="Modified_Time", per_page=5, sort_by="Modified_Time", sort_order="asc")
    )
    client.attempt = lambda request: answer
    with pytest.raises(VendorError, match="does not come to an end"):
        list(walk(found, client, None, ("Modified_Time",)))


def test_queries_that_are_not_sorted_end_with_an_error(mock):
    found, shares, client = planned(mock, "Accounts", columns="id", read_by="query", page_size="20")
    first = client.attempt(select(found.settings, ("id",), "Accounts", "id is not null", Order(limit=20)))
    client.attempt = lambda request: first
    with pytest.raises(VendorError, match="does not sort the records of Accounts"):
        list(fetch(found, shares[0][0], client))
