"""Bulk reads: when they are chosen, and what can go wrong with jobs and files."""

import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from lakeflow_sources import EPOCH, Column, ConfigurationError, QuotaError, TransientError, VendorError, Window
from lakeflow_sources.sources.zoho_crm import csv_file
from lakeflow_sources.sources.zoho_crm.columns import LINKS, LOOKUP, REGARDING, TAGS, USER
from lakeflow_sources.sources.zoho_crm.cuts import cut
from lakeflow_sources.sources.zoho_crm.demand import BULK_PAGE, Demand
from lakeflow_sources.sources.zoho_crm.times import FOREVER
from lakeflow_sources.testing import mock_server
from tests.sources.zoho_crm.reading import planned, read, window
from tests.sources.zoho_crm.truth import Truth

TEXTS = tuple(Column(f"Text_{place}") for place in range(30))
WIDE = tuple(Column(f"Text_{place}") for place in range(120))
CSV = (*TEXTS, Column("Account", LOOKUP), Column("Owner", USER), Column("Tag", TAGS), Column("Picks", "array<string>"))


@pytest.mark.parametrize(
    ("columns", "nested", "count", "way"),
    [
        (CSV, (), 600, "list"),
        (CSV, (), 601, "query"),  # 3 credits for 2,000 rows, against one for 200
        (CSV, (), 39_000, "query"),
        (CSV, (), 100_000, "bulk"),
        (CSV, (), 5_000_000, "bulk"),
        ((*CSV, Column("Regarding", REGARDING)), (), 100_000, "list"),
        ((*CSV, Column("Papers", "json")), (), 100_000, "list"),
        (CSV, (Column("Members", LINKS),), 100_000, "query"),
        (WIDE, (), 3_000, "query"),
    ],
)
def test_the_cheapest_way_is_chosen(columns, nested, count, way):
    demand = Demand(columns, nested)
    found = demand.way(count, apart=True)
    prices = {
        "list": demand.list_credits(count),
        "query": demand.query_credits(count),
        "bulk": demand.bulk_credits(count),
    }
    assert found == way, prices


def test_a_million_records_cost_five_jobs():
    assert Demand(CSV, ()).bulk_credits(1_000_000) == 5 * 60
    assert Demand(CSV, ()).list_credits(1_000_000) == 5_000
    assert Demand(CSV, ()).query_credits(1_000_000) == 1_500


@pytest.fixture(scope="module")
def large():
    with mock_server("zoho_crm", records={"Vendors": 42_000}, seed=4, each=5) as server:
        yield server


def test_a_large_module_is_read_in_bulk_for_the_price_of_a_job(large):
    before = large.write("credits")
    found = read(large, "Vendors", columns="id,Vendor_Name,Owner")
    assert found.ways == {"bulk"}
    assert len(found.rows) == len({row["id"] for row in found.rows}) == 41_997
    assert large.write("credits") - before < 80
    sample = {row["id"]: row for row in large.rows("Vendors")[::8_000]}
    names = {row["id"]: row for row in found.rows if row["id"] in sample}
    assert {key: names[key]["Owner"]["email"] for key in sample} == {
        key: row["Owner"]["email"] for key, row in sample.items()
    }


def test_a_first_increment_of_everything_is_read_in_bulk_too(large):
    span = window("1970-01-01T00:00:00", "2026-01-01T00:00:00")
    _, shares, _ = planned(large, "Vendors", span)
    assert sorted({piece["way"] for share in shares for piece in share}) == ["bulk", "deleted"]


def test_slices_are_even_and_no_more_than_the_edition_answers_at_once(large):
    columns = "id,Vendor_Name,Owner,Modified_Time"
    for edition, most in (("free", 5), ("standard", 10), ("ultimate", 25)):
        _, shares, _ = planned(
            large, "Vendors", columns=columns, edition=edition, parallelism="8", concurrency="8", start="2023-01-01T00:00:00Z",
            end="2025-06-01T00:00:00Z",
        )  # fmt: skip
        queries = [piece for share in shares for piece in share if piece["way"] != "deleted"]
        assert len(queries) <= most + 1


def test_the_plan_says_what_each_way_would_cost(large):
    _, shares, _ = planned(large, "Vendors", columns="id,Vendor_Name")
    why = {piece["why"] for share in shares for piece in share}
    assert len(why) == 1
    assert re.fullmatch(r"about [\d,]+ records, credits by list \d+, query \d+, bulk \d+", why.pop())


def test_cuts_share_no_record_and_leave_none_out(large):
    found, _, client = planned(large, "Vendors", columns="id")
    windows = cut(found, client, "Modified_Time", Window(EPOCH, FOREVER), 7_000)
    assert windows[0].start == EPOCH
    assert windows[-1].end == FOREVER
    assert all(left.end == right.start for left, right in pairwise(windows))
    stamps = [datetime.fromisoformat(row["Modified_Time"]) for row in large.iter_rows("Vendors")]
    sizes = [sum(one.start <= stamp < one.end for stamp in stamps) for one in windows]
    assert sum(sizes) == len(stamps)
    assert max(sizes) <= 7_000 + 6_400  # records of the one mass update stay together
    assert sorted(sizes)[len(sizes) // 2] <= 7_050


@pytest.fixture(scope="module")
def server():
    with mock_server("zoho_crm", records={"Accounts": 2_100}, each=10, seed=3) as one:
        yield one


@pytest.fixture
def mock(server):
    """What a test forbids is allowed again behind it."""
    server.reset_counters()
    yield server
    server.write("accept_columns")
    server.write("allow", area="bulk")
    server.clear_faults()


def test_jobs_go_on_by_page_token_where_one_is_full(lakeflow_mock):
    mock = lakeflow_mock("zoho_crm", records={"Accounts": 2_100}, each=10, seed=3, bulk_page=1_000)
    found = read(mock, "Accounts", read_by="bulk")
    assert found.by_id == Truth(mock).rows("Accounts", deletes=True)
    jobs = [call["body"] for call in mock.requests() if call["method"] == "POST" and call["path"].endswith("/read")]
    assert len(jobs) == 3
    assert ["page_token" in body for body in jobs] == [False, True, True]


def test_a_refused_field_turns_the_slice_into_queries(mock):
    mock.write("refuse_column", name="Website")
    found = read(mock, "Accounts", read_by="bulk")
    assert found.by_id == Truth(mock).rows("Accounts", deletes=True)
    assert any("bulk read was refused" in note for note in found.client.stats.facts()["notes"])


@pytest.mark.parametrize("area", ["tags", "users"])
def test_where_names_cannot_be_had_it_is_queries(mock, area):
    mock.write("deny", area=area)
    try:
        found = read(mock, "Accounts", read_by="bulk")
    finally:
        mock.write("allow", area=area)
    assert found.by_id == Truth(mock).rows("Accounts", deletes=True)
    assert not any("/crm/bulk/" in call["path"] for call in mock.requests())


def test_without_the_scope_for_bulk_reads_it_is_queries(mock):
    mock.write("deny", area="bulk", code="OAUTH_SCOPE_MISMATCH")
    assert read(mock, "Accounts", read_by="bulk").by_id == Truth(mock).rows("Accounts", deletes=True)


def test_a_job_that_fails_is_told(mock):
    mock.write("fail_bulk", count=1)
    with pytest.raises(TransientError, match="ended as FAILURE"):
        read(mock, "Accounts", read_by="bulk")


def test_a_job_that_takes_too_long_is_told(lakeflow_mock):
    server = lakeflow_mock("zoho_crm", records={"Accounts": 2_100}, each=5, seed=3, bulk_polls=10_000)
    with pytest.raises(TransientError, match="bulk_timeout_seconds"):
        read(server, "Accounts", read_by="bulk", bulk_timeout_seconds="0.3")


@pytest.mark.parametrize("kind", ["truncate", "drop", "503"])
def test_a_broken_download_is_made_again_without_a_new_job(mock, kind):
    mock.faults(kind, paths=["/result$"], count=1)
    found = read(mock, "Accounts", read_by="bulk", columns="id,Account_Name,Annual_Revenue")
    assert len(found.by_id) == len(mock.rows("Accounts"))
    jobs = [call for call in mock.requests() if call["method"] == "POST" and call["path"].endswith("/read")]
    assert len(jobs) == 1
    assert sum(call["path"].endswith("/result") for call in mock.requests()) == 2


def test_decimals_keep_their_digits(mock):
    found = read(mock, "Accounts", read_by="bulk", columns="id,Annual_Revenue")
    values = {row["Annual_Revenue"] for row in found.rows}
    assert Decimal("1234567890123.45") in values
    assert BULK_PAGE == 200_000


def test_more_downloads_than_ten_in_a_minute_wait(mock):
    """The answer to the eleventh has no Retry-After: a minute is what the documentation says."""
    mock.faults("429", paths=["/result$"], count=1)
    with pytest.raises(QuotaError, match="60 seconds"):
        read(mock, "Accounts", read_by="bulk", columns="id,Account_Name", retry_deadline_seconds="5")


def test_columns_that_a_file_cannot_hold_are_named(mock):
    with pytest.raises(ConfigurationError, match=r"cannot read these columns of Projects: .*Milestones.*Regarding"):
        read(mock, "Projects", read_by="bulk")


def archive(*files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, text in files:
            made.writestr(name, text)
    packed.seek(0)
    return packed


def rows_of(monkeypatch, columns, *files, **gaps):
    monkeypatch.setattr(csv_file, "demand_of", lambda read: Demand(columns, ()))
    found = csv_file.Gaps(gaps.get("users", {}), gaps.get("names", {}), gaps.get("tags", {}))
    with csv_file.opened(archive(*files)) as file:
        return [row for batch in csv_file.batches(None, file, found) for row in batch.to_pylist()]


def test_awkward_cells_stay_what_they_are(monkeypatch):
    text = 'Id,Name\n1,NA\n2,"a\nb\r\n""c"", d"\n3,\n4,""\n5,null\n6,nul\x00byte\n7, spaced \n'
    found = rows_of(monkeypatch, (Column("Name"),), ("1.csv", text))
    assert [row["Name"] for row in found] == ["NA", 'a\nb\r\n"c", d', None, None, "null", "nul\x00byte", " spaced "]
    assert [row["id"] for row in found] == list("1234567")


def test_line_breaks_inside_of_cells_at_the_edge_of_a_block(monkeypatch):
    rows = [f'{place},"line {place}\nand ""more"""' for place in range(60_000)]
    found = rows_of(monkeypatch, (Column("Name"),), ("1.csv", "Id,Name\n" + "\n".join(rows) + "\n"))
    assert [row["Name"] for row in found] == [f'line {place}\nand "more"' for place in range(60_000)]


def test_a_row_longer_than_a_block_is_read_once(monkeypatch):
    rows = [f"{place},{'x' * (10 if place != 3 else 3_000_000)}" for place in range(6)]
    found = rows_of(monkeypatch, (Column("Name"),), ("1.csv", "Id,Name\n" + "\n".join(rows) + "\n"))
    assert [(row["id"], len(row["Name"])) for row in found] == [(str(n), 10 if n != 3 else 3_000_000) for n in range(6)]


def test_several_files_and_others_in_one_archive(monkeypatch):
    files = (("1.csv", "id,Name\n1,a\n"), ("readme.txt", "id"), ("2.csv", "Name,ID\nb,2\n"), ("3.csv", ""))
    assert [(row["id"], row["Name"]) for row in rows_of(monkeypatch, (Column("Name"),), *files)] == [
        ("1", "a"),
        ("2", "b"),
    ]


def test_nested_values_are_put_together(monkeypatch):
    columns = (Column("Account", LOOKUP), Column("Owner", USER), Column("Tag", TAGS), Column("Picks", "array<string>"))
    text = 'Id,Account,Account.Account_Name,Owner,Tag,Picks\n1,7,Seven,9,"vip,late",a;b\n2,,,8,,\n'
    one, two = rows_of(
        monkeypatch, columns, ("1.csv", text), names={"Account": "Account.Account_Name"},
        users={"9": {"id": "9", "name": "Nine", "email": "n@x"}}, tags={"vip": {"name": "vip", "id": "5", "color_code": "#1"}},
    )  # fmt: skip
    assert one["Account"] == {"id": "7", "name": "Seven"}
    assert one["Owner"] == {"id": "9", "name": "Nine", "email": "n@x"}
    assert one["Tag"] == [
        {"id": "5", "name": "vip", "color_code": "#1"},
        {"id": None, "name": "late", "color_code": None},
    ]
    assert one["Picks"] == ["a", "b"]
    assert two["Account"] is None
    assert two["Owner"] == {"id": "8", "name": None, "email": None}
    assert (two["Tag"], two["Picks"]) == ([], [])


def test_a_file_without_a_column_that_was_asked_for_is_an_error(monkeypatch):
    with pytest.raises(VendorError, match="no column Name"):
        rows_of(monkeypatch, (Column("Name"),), ("1.csv", "Id,Other\n1,a\n"))
