"""The Bulk API: jobs made, waited for, read, and cleared away whatever happens."""

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import ConfigurationError, DataError, TransientError, VendorError
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.sources.salesforce import result_files
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce import truth
from tests.sources.salesforce.reading import SALESFORCE, live, queries, read, settings_of

NARROW = "Id,Name,Amount__c,Count__c,Due__c,Sent__c,Paid__c,SystemModstamp"


@pytest.fixture(scope="module")
def server():
    with mock_server("salesforce", records={"Load__c": 3_000, "Account": 300}, seed=8) as started:
        yield started


@pytest.fixture
def mock(server):
    server.clear_faults()
    server.reset_counters()
    return server


def watch(mock):
    return mock.write("watch")


@pytest.fixture
def nothing_left(mock):
    yield
    mock.clear_faults()
    assert watch(mock)["jobs_open"] == 0


def calls(mock, end):
    return [one for one in mock.requests() if one["path"].endswith(end)]


@pytest.mark.usefixtures("nothing_left")
def test_pages_of_results_repeat_their_header_and_end_with_the_word_null(mock):
    answer = read(mock, "Load__c", columns=NARROW, page_size=700)
    assert answer.ids == live(mock, "Load__c")
    pages = calls(mock, "/results")
    assert len(pages) == 5
    assert "locator" not in pages[0]["query"]
    assert "locator=null" not in "".join(one["query"] for one in pages)


@pytest.mark.usefixtures("nothing_left")
def test_text_stays_text_and_nothing_is_null(mock):
    rows = {row["Id"]: row for row in read(mock, "Account", api="bulk", columns="Id,Phone,Description,Industry").rows}
    assert {"NA", "null", "nul\x00byte", "one\ntwo\r\nthree", 'She said "no"', " leading and trailing "} <= {
        row["Description"] for row in rows.values()
    }
    for raw in mock.rows("Account"):
        assert rows[raw["Id"]] == {name: raw[name] for name in ("Id", "Phone", "Description", "Industry")}
    assert None in {row["Phone"] for row in rows.values()}


@pytest.mark.usefixtures("nothing_left")
def test_numbers_have_all_their_digits_by_either_way(mock):
    columns = "Id,Whole__c,Fine__c,Rate__c,Total__c,Count__c,Long__c,Place__Latitude__s,Score__c"
    bulk = {row["Id"]: row for row in read(mock, "Invoice__c", api="bulk", columns=columns).rows}
    rest = {row["Id"]: row for row in read(mock, "Invoice__c", api="rest", columns=columns).rows}
    assert bulk == rest
    kinds = {"Whole__c": "decimal(18,0)", "Fine__c": "decimal(18,10)", "Total__c": "decimal(18,2)", "Long__c": "bigint"}
    for raw in mock.rows("Invoice__c"):
        for name, kind in kinds.items():
            assert bulk[raw["Id"]][name] == truth.value(raw[name], kind)


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("piece", [1 << 20, 6_000], ids=["before its rows", "amid its rows"])
@pytest.mark.parametrize("fault", ["drop", "truncate", "503"])
def test_a_page_that_breaks_off_is_read_again_alone(mock, fault, piece, monkeypatch):
    monkeypatch.setattr(result_files, "_PIECE", piece)
    mock.faults(fault, count=1, skip=1, paths=["/results"])
    answer = read(mock, "Load__c", columns=NARROW, page_size=1000)
    assert answer.ids == live(mock, "Load__c")
    pages = [one["query"] for one in calls(mock, "/results")]
    assert len(pages) == 4
    assert len(set(pages)) == 3
    assert watch(mock)["jobs_open"] == 0


def test_a_page_that_always_breaks_off_ends_the_read_with_an_error_and_without_the_job(mock, nothing_left):
    mock.faults("truncate", paths=["/results"])
    with pytest.raises(TransientError, match="Load__c.*broke off"):
        read(mock, "Load__c", columns=NARROW, max_retries=1)


@pytest.mark.usefixtures("nothing_left")
def test_a_session_that_ends_between_two_pages_is_replaced(mock):
    mock.faults("expired", count=1, skip=1, paths=["/results"])
    answer = read(mock, "Load__c", way="client_credentials", columns=NARROW, page_size=1000)
    assert answer.ids == live(mock, "Load__c")


def test_a_failed_job_is_an_error_and_not_an_empty_table(mock, nothing_left):
    mock.write("fail_jobs", message="InternalServerError: something broke")
    with pytest.raises(VendorError, match="ended as Failed \\(InternalServerError: something broke\\): read again"):
        read(mock, "Load__c", columns=NARROW)


@pytest.mark.usefixtures("nothing_left")
def test_a_job_that_is_too_wide_is_made_again_in_halves(mock):
    window = ("2020-01-01T00:00:00+00:00", "2025-06-01T00:00:00+00:00")
    mock.write("fail_jobs", message="Batch failed: retried more than fifteen times")
    before = watch(mock)["jobs_created"]
    answer = read(mock, "Load__c", columns=NARROW, window=window, deletes="none")
    assert answer.ids == live(mock, "Load__c")
    assert watch(mock)["jobs_created"] - before == 3


def test_a_job_that_never_ends_is_aborted_and_cleared_away(mock, nothing_left, lakeflow_mock):
    slow = lakeflow_mock("salesforce", records={"Load__c": 2_500}, job_polls=10_000)
    with pytest.raises(TransientError, match="is InProgress after 1 seconds.*job_timeout_seconds"):
        read(slow, "Load__c", job_timeout_seconds=1)
    assert [one["method"] for one in slow.requests() if one["method"] in ("PATCH", "DELETE")] == ["PATCH", "DELETE"]
    assert watch(slow)["jobs_open"] == 0


@pytest.mark.usefixtures("nothing_left")
def test_an_open_span_that_is_too_wide_is_halved_between_its_first_and_last_row(mock):
    mock.write("fail_jobs", message="Batch failed: retried more than fifteen times", count=2)
    before = watch(mock)["jobs_created"]
    assert read(mock, "Load__c", columns=NARROW).ids == live(mock, "Load__c")
    assert watch(mock)["jobs_created"] - before == 5
    spans = [one for one in queries(mock) if "CreatedDate" in one and "LIMIT" not in one]
    assert any("CreatedDate >=" in one and "CreatedDate <" not in one for one in spans), "open at its end"
    assert any("CreatedDate <" in one and "CreatedDate >=" not in one for one in spans), "open at its beginning"


@pytest.mark.usefixtures("nothing_left")
def test_a_job_that_ended_unseen_is_deleted_although_it_cannot_be_aborted(mock):
    mock.faults("truncate", paths=[r"/jobs/query/\w+$"], method="GET", skip=1)
    with pytest.raises(TransientError):
        read(mock, "Load__c", columns=NARROW, max_retries=0)
    assert watch(mock)["jobs_open"] == 0


@pytest.mark.usefixtures("nothing_left")
def test_a_reader_that_stops_early_leaves_no_job(mock):
    settings = settings_of({**mock.options, "tableName": "Load__c", "columns": NARROW, "page_size": "200"})
    with connect(SALESFORCE, settings) as client:
        bound = prepare(SALESFORCE, settings, lambda: client)
        batches = read_share(bound, plan(bound, client)[0], client)
        next(batches)
        batches.close()


def test_objects_that_bulk_refuses_are_read_by_rest_and_the_summary_says_so(mock):
    answer = read(mock, "Ledger__c", api="bulk")
    assert answer.ids == live(mock, "Ledger__c")
    assert "Ledger__c is not served by the Bulk API, so it is read by REST" in str(answer.client.stats.facts())


def test_what_bulk_cannot_read_is_refused_before_any_row(mock):
    with pytest.raises(ConfigurationError, match="Attachment cannot be read with api=bulk, as the Bulk API does not"):
        read(mock, "Attachment", api="bulk")
    with pytest.raises(ConfigurationError, match="does not serve the type of Scan__c, Place__c: leave api out"):
        read(mock, "Invoice__c", api="bulk", columns="Id,Scan__c,Place__c")


@pytest.mark.usefixtures("nothing_left")
def test_large_tables_are_cut_by_their_creation_so_that_changes_cannot_move_rows(mock):
    answer = read(mock, "Load__c", columns=NARROW, parallelism=4, job_rows=300)
    assert answer.ids == live(mock, "Load__c")
    assert 3 <= len(answer.pieces) <= 8
    starts = sorted((piece["from"] or "", piece["to"] or "9") for piece in answer.pieces)
    assert starts[0][0] == ""
    assert starts[-1][1] == "9"
    assert [end for _, end in starts[:-1]] == [start for start, _ in starts[1:]], "no gap, no overlap"
    assert all("CreatedDate" in one for one in queries(mock) if "COUNT()" not in one and "LIMIT" not in one)


@pytest.mark.usefixtures("nothing_left")
def test_a_value_that_does_not_fit_is_named_or_rescued(mock):
    mock.write("change", object="Load__c", count=1, values={"Rate__c": "123456.78"})
    with pytest.raises(DataError, match=r"Column Rate__c of type decimal\(5,2\) cannot hold '123456.78'"):
        read(mock, "Load__c", columns="Id,Rate__c", api="bulk")
    rows = read(mock, "Load__c", columns="Id,Rate__c,_rescued_data", api="bulk", on_schema_drift="rescue").rows
    kept = [row for row in rows if row["_rescued_data"]]
    assert [row["_rescued_data"] for row in kept] == ['{"Rate__c":"123456.78"}']


def test_uncompressed_results_are_read_as_well(lakeflow_mock):
    plain = lakeflow_mock("salesforce", records={"Load__c": 2_200}, gzip=False)
    assert read(plain, "Load__c", columns=NARROW).ids == live(plain, "Load__c")


def test_an_empty_result_is_no_row(mock):
    window = ("2001-01-01T00:00:00+00:00", "2001-01-02T00:00:00+00:00")
    assert read(mock, "Load__c", window=window, deletes="none").rows == []
    assert read(mock, "Account", api="bulk", columns="Id").ids == live(mock, "Account")
