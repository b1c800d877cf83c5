"""The query resource: locators, long queries, wide queries, limits of the day."""

from dataclasses import replace

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Column
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import AccessError, ConfigurationError, QuotaError, TransientError, VendorError
from lakeflow_sources.http import Request, Response, get
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.sources.salesforce import faults, slices
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce import truth
from tests.sources.salesforce.reading import SALESFORCE, live, queries, read, settings_of


@pytest.fixture(scope="module")
def server():
    records = {"Load__c": 2_500, "Task": 200}
    with mock_server("salesforce", records=records, seed=5, page_rows=300, extra_fields=250) as started:
        yield started


@pytest.fixture
def mock(server):
    server.clear_faults()
    server.write("spend", calls=0)
    server.reset_counters()
    return server


def test_pages_shorter_than_asked_for_are_no_end(mock):
    answer = read(mock, "Load__c", api="rest", columns="Id,Name")
    assert answer.ids == live(mock, "Load__c")
    assert sum("/query/" in one["path"] for one in mock.requests()) >= 8


def test_the_page_size_is_asked_for_within_the_vendors_bounds(mock):
    assert read(mock, "Account", page_size=5, columns="Id").ids == live(mock, "Account")
    assert read(mock, "Account", page_size=999_999, columns="Id").ids == live(mock, "Account")


def test_a_locator_that_died_is_replaced_from_the_last_row_on(mock):
    settings = settings_of({**mock.options, "tableName": "Load__c", "api": "rest", "columns": "Id"})
    with connect(SALESFORCE, settings) as client:
        bound = prepare(SALESFORCE, settings, lambda: client)
        ((piece,),) = plan(bound, client)
        found = []
        for number, page in enumerate(bound.table.fetch(bound, piece, client)):
            found += [one["Id"] for one in page.records]
            if number in (1, 4):
                mock.write("forget_locators")
    assert len(found) == len(set(found))
    assert set(found) == live(mock, "Load__c")
    assert sum("Id > '" in one for one in queries(mock)) == 2


def test_a_query_too_long_for_an_address_goes_into_a_composite(mock):
    answer = read(mock, "Wide__c")
    assert answer.ids == live(mock, "Wide__c")
    assert len(answer.columns) > 250
    assert any(one["path"].endswith("/composite") for one in mock.requests())
    assert "431" not in mock.counters()["statuses"]
    names = [one.name for one in answer.columns if one.type == "decimal(18,4)"]
    rows = {row["Id"]: row for row in answer.rows}
    for raw in mock.rows("Wide__c"):
        assert [rows[raw["Id"]][name] for name in names] == [truth.value(raw[name], "decimal(18,4)") for name in names]


def test_an_error_inside_a_composite_is_an_error(mock):
    mock.write("time_out", count=2)  # the query, and the question for the first row, between which to cut
    with pytest.raises(VendorError, match="running for too long"):
        read(mock, "Wide__c")


def test_a_whole_table_that_takes_too_long_is_asked_in_halves(mock):
    mock.write("time_out", count=1)
    assert read(mock, "Wide__c").ids == live(mock, "Wide__c")
    mock.write("time_out", count=1)
    assert read(mock, "Account", columns="Id").ids == live(mock, "Account")


@pytest.mark.parametrize(
    ("status", "body"),
    [(204, b""), (412, b'[{"errorCode":"JOB_NOT_COMPLETE","message":"can only download results of completed jobs"}]')],
)
def test_results_that_are_not_there_yet_are_asked_for_again(status, body):
    request = get("/services/data/v64.0/jobs/query/750R/results")
    assert faults.faults(Response(request, status, {}, body)).kind == "retry"
    assert faults.faults(Response(Request("DELETE", "/services/data/v64.0/jobs/query/750R"), 204)) is None


def test_a_query_that_takes_too_long_is_asked_in_halves(mock):
    window = ("2020-01-01T00:00:00+00:00", "2025-06-01T00:00:00+00:00")
    mock.write("time_out", count=2)
    answer = read(mock, "Load__c", api="rest", window=window, columns="Id", deletes="none")
    assert answer.ids == live(mock, "Load__c")
    assert len([one for one in queries(mock) if "ORDER BY Id" in one]) == 5


def test_archived_activities_are_rows_like_others(mock):
    rows = {row["Id"]: row for row in read(mock, "Task").rows}
    assert set(rows) == live(mock, "Task")
    assert {row["IsArchived"] for row in rows.values()} == {True, False}
    assert not any(row["_deleted"] for row in rows.values())


def test_links_that_can_only_be_asked_for_by_id_are_found_by_their_documents(mock):
    assert read(mock, "ContentDocumentLink").ids == live(mock, "ContentDocumentLink")


@pytest.mark.parametrize("fault", ["drop", "truncate", "503", "500", "420", "406"])
def test_passing_troubles_pass(mock, fault):
    mock.faults(fault, count=2, paths=["/query"])
    assert read(mock, "Account", columns="Id").ids == live(mock, "Account")


def test_pages_that_never_end_are_noticed(mock):
    mock.faults("endless_pages", paths=["/query$", "/query/"])
    with pytest.raises(VendorError, match="do not come in the order of their ids|not done|INVALID_QUERY_LOCATOR"):
        read(mock, "Load__c", api="rest", columns="Id")


def test_the_session_is_not_sent_to_another_host(mock):
    mock.faults("foreign_next", paths=["/query$"], skip=1)
    with pytest.raises(VendorError, match="elsewhere.example.com.*must not go"):
        read(mock, "Account", columns="Id")


def test_the_calls_of_the_day_are_an_error_and_not_an_end(mock):
    mock.write("spend", calls=100_000)
    with pytest.raises(QuotaError, match="REQUEST_LIMIT_EXCEEDED.*last 24 hours are used up"):
        read(mock, "Account")
    assert mock.counters()["total"] == 1, "nothing is tried again"


def test_the_reserve_is_left_to_others(mock):
    mock.write("spend", calls=79_000)
    assert read(mock, "Account", reserve=20, columns="Id").ids == live(mock, "Account")
    mock.write("spend", calls=80_001)
    with pytest.raises(QuotaError, match="of the org's 100000 calls in 24 hours are used, and reserve=20 leaves"):
        read(mock, "Account", reserve=20)


def test_what_is_left_of_the_day_is_in_the_summary(mock):
    mock.write("spend", calls=99_000)
    assert 900 < read(mock, "Account", columns="Id").client.stats.facts()["quota_left"] < 1_000


def test_too_many_calls_at_once_pass(mock, monkeypatch):
    monkeypatch.setattr(faults, "_BUSY_SECONDS", 0.2)
    mock.limit(1, 0.3)
    try:
        assert read(mock, "Account", columns="Id").ids == live(mock, "Account")
    finally:
        mock.clear_limits()
    assert mock.counters()["statuses"]["403"] >= 1


def test_a_missing_right_is_named(mock):
    mock.faults("403", paths=["/query"])
    with pytest.raises(AccessError, match="API_DISABLED_FOR_ORG.*let an administrator enable the API"):
        read(mock, "Account")


def test_a_field_that_went_away_asks_for_a_restart(mock):
    settings = settings_of({**mock.options, "tableName": "Account"})
    with connect(SALESFORCE, settings) as client:
        bound = prepare(SALESFORCE, settings, lambda: client)
        bound = replace(bound, columns=(*bound.columns, Column("Removed__c")))
        with pytest.raises(VendorError, match="INVALID_FIELD.*start it again"):
            list(read_share(bound, plan(bound, client)[0], client))


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_field_that_is_removed_ends_reads_that_name_it_and_is_no_column_of_the_next_one(api):
    with mock_server("salesforce", seed=3, records={"Account": 30}, each=2) as org:
        settings = settings_of({**org.options, "tableName": "Account", "api": api})
        with connect(SALESFORCE, settings) as client:
            bound = prepare(SALESFORCE, settings, lambda: client)
            shares = plan(bound, client)
            org.write("remove_field", object="Account", name="Active__c")
            with pytest.raises(VendorError, match="INVALID_FIELD.*start it again"):
                list(read_share(bound, shares[0], client))
        following = read(org, "Account", api=api)
        assert following.ids == live(org, "Account")
        assert "Active__c" in {one.name for one in bound.columns}
        assert "Active__c" not in following.rows[0]


def test_many_rows_by_rest_are_cut_into_chains(mock, monkeypatch):
    monkeypatch.setattr(slices, "_PAGE", 80)
    answer = read(mock, "Load__c", api="rest", columns="Id", parallelism=2, concurrency=2)
    assert answer.ids == live(mock, "Load__c")
    assert len(answer.pieces) >= 3


def test_a_version_that_was_retired_says_so(mock):
    with pytest.raises(ConfigurationError, match="write 31.0 or newer"):
        read(mock, "Account", api_version="29.0")
    with pytest.raises((AccessError, ConfigurationError, TransientError)):
        read(mock, "Account", api_version="99.0")
