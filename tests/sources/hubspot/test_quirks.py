"""What is special about HubSpot, one test for each."""

from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources import Slice
from lakeflow_sources.connect import connect
from lakeflow_sources.decode import records_of
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import AccessError, ConfigurationError, SignInError, TransientError, VendorError
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import as_batch, plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server
from tests.sources.hubspot.reading import read_rows


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 12_000, "deals": 300}, seed=21) as server:
        yield server


@pytest.fixture
def small(lakeflow_mock):
    return lakeflow_mock("hubspot", records={"contacts": 250}, seed=4)


def ids(rows):
    found = [row["id"] for row in rows]
    assert len(found) == len(set(found)), "a row came twice"
    return set(found)


def live(server, table="contacts"):
    return {one["id"] for one in server.rows(table)}


def test_a_full_read_is_cut_into_id_ranges_that_meet_without_gap_or_overlap(mock):
    rows, shares = read_rows("hubspot", mock.options, "contacts", parallelism=8, columns="id")
    assert shares == 8
    assert ids(rows) == live(mock)


def test_a_range_with_more_records_than_planned_gives_back_parts_that_meet_without_gap_or_overlap(mock):
    vendor = connector("hubspot")
    settings = check_options(vendor, {**mock.options, "tableName": "contacts", "columns": "id"})
    numbers = sorted(int(one) for one in live(mock))
    first, highest = numbers[1_000], numbers[-1]
    waiting = [Slice({"from": "list", "first": first, "end": None, "highest": highest}, weight=5)]
    found, parts = [], []
    with connect(vendor, settings) as client:
        read = prepare(vendor, settings, lambda: client)
        while waiting:
            for one in read.table.fetch(read, waiting.pop(), client):
                if isinstance(one, Slice):
                    waiting.append(one)
                    parts.append(one)
                else:
                    found += [int(row["id"]) for row in records_of(one)]
    assert sorted(found) == numbers[1_000:]
    assert len(parts) >= 3


def test_a_full_read_walks_the_list_in_one_when_asked(mock):
    rows, shares = read_rows("hubspot", mock.options, "deals", parallel_list="false", columns="id")
    assert shares == 1
    assert ids(rows) == live(mock, "deals")


def test_records_that_search_does_not_know_yet_are_in_a_full_read(lakeflow_mock):
    lagging = lakeflow_mock("hubspot", records={"contacts": 2_500}, seed=2, index_lag=3600)
    created = lagging.write("create", object_type="contacts", count=120, same_time=True)["ids"]
    rows, shares = read_rows("hubspot", lagging.options, "contacts", columns="id")
    assert shares > 1
    assert set(created) <= ids(rows) == live(lagging)


def test_the_10000_rows_of_a_search_are_no_end(mock):
    rows, _ = read_rows("hubspot", mock.options, "contacts", columns="id,_deleted", start="1971-01-01")
    assert ids([row for row in rows if not row["_deleted"]]) == live(mock)
    assert max(int(one["after"] or 0) for one in searches(mock)) == 0  # positions are never used: they shift


def searches(server):
    import json

    calls = [one for one in server.requests() if one["path"].endswith("/search")]
    return [{"after": json.loads(one["body"]).get("after") if one["body"].endswith("}") else None} for one in calls]


def test_more_than_10000_rows_of_one_millisecond(lakeflow_mock):
    server = lakeflow_mock("hubspot", records={"contacts": 10_500}, seed=6)
    server.write("change", object_type="contacts", count=10_400, same_time=True)
    rows, _ = read_rows(
        "hubspot", server.options, "contacts", columns="id,lastmodifieddate,_deleted", start="2026-11-01", lag_seconds=0
    )
    assert len(ids([row for row in rows if not row["_deleted"]])) >= 10_400


def test_windows_that_touch_neither_lose_nor_double_the_row_on_the_border(mock):
    border = mock.rows("deals")[100]["updatedAt"]
    before, _ = read_rows("hubspot", mock.options, "deals", columns="id,_deleted", start="1971-01-01", end=border)
    after, _ = read_rows("hubspot", mock.options, "deals", columns="id,_deleted", start=border)
    alive = [[row for row in rows if not row["_deleted"]] for rows in (before, after)]
    assert ids(alive[0] + alive[1]) == live(mock, "deals")
    assert ids(alive[0])
    assert ids(alive[1])


def test_hundreds_of_properties_do_not_overflow_the_address_or_the_search(lakeflow_mock):
    wide = lakeflow_mock("hubspot", records={"contacts": 250}, seed=8, extra_properties=600)
    full, _ = read_rows("hubspot", wide.options, "contacts")
    changes, _ = read_rows("hubspot", wide.options, "contacts", start="1971-01-01")
    assert len(full[0]) > 600
    assert ids(full) == ids([row for row in changes if not row["_deleted"]]) == live(wide)
    by_id = {row["id"]: row for row in full}
    for row in changes:
        if not row["_deleted"]:
            assert row == by_id[row["id"]]


def test_columns_narrow_what_is_asked_for(small):
    small.reset_counters()
    rows, _ = read_rows("hubspot", small.options, "contacts", columns="id,email")
    assert list(rows[0]) == ["id", "email"]
    listed = [
        one
        for one in small.requests()
        if one["method"] == "GET" and one["path"].endswith("/contacts") and "objects" in one["path"]
    ]
    assert listed
    assert all("properties=email&" in f"{one['query']}&" for one in listed)


def test_archived_records_are_tombstones_of_the_window_in_which_they_were_archived(small):
    rows, _ = read_rows("hubspot", small.options, "contacts", start="1971-01-01", lag_seconds=0)
    tombs = {row["id"]: row for row in rows if row["_deleted"]}
    truth = {one["id"]: one for one in small.rows("contacts", archived=True)}
    assert set(tombs) == set(truth)
    for key, row in tombs.items():
        assert row["lastmodifieddate"] == datetime.fromisoformat(truth[key]["archivedAt"]).astimezone(UTC)


@pytest.mark.parametrize(("days", "notes"), [(91, 1), (89, 0)])
def test_archived_records_that_hubspot_may_have_forgotten_are_told_of(small, days, notes):
    vendor = connector("hubspot")
    start = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    settings = check_options(vendor, {**small.options, "tableName": "contacts", "start": start})
    with connect(vendor, settings) as client:
        read = as_batch(prepare(vendor, settings, lambda: client))
        for pieces in plan(read, client):
            list(read_share(read, pieces, client))
        found = [one for one in client.stats.facts()["notes"] if "archived contacts for 90 days" in one]
    assert len(found) == notes


def test_a_replay_of_a_window_gives_equal_rows(small):
    window = {"start": "2025-06-01", "end": "2026-06-01"}
    first, _ = read_rows("hubspot", small.options, "contacts", **window)
    again, _ = read_rows("hubspot", small.options, "contacts", **window)
    assert first
    assert sorted(first, key=lambda row: row["id"]) == sorted(again, key=lambda row: row["id"])


@pytest.mark.parametrize("version", ["2026-03", "2026-09", "v3"])
def test_every_version_of_the_paths(small, version):
    rows, _ = read_rows("hubspot", small.options, "contacts", api_version=version, columns="id")
    assert ids(rows) == live(small)
    links, _ = read_rows("hubspot", small.options, "associations_contacts_companies", api_version=version)
    assert len(links) == len(small.rows("associations_contacts_companies"))


def test_a_missing_scope_is_named(small):
    small.write("deny", area="deals", scope="crm.objects.deals.read")
    with pytest.raises(AccessError, match=r"hubspot.*grant the scope crm\.objects\.deals\.read"):
        read_rows("hubspot", small.options, "deals")
    rows, _ = read_rows("hubspot", small.options, "contacts", columns="id")
    assert rows


def test_accounts_without_custom_objects_read_everything_else(small):
    small.write("deny", area="schemas", scope="crm.schemas.custom.read")
    rows, _ = read_rows("hubspot", small.options, "pipelines")
    assert rows


def test_a_wrong_token_is_one_sentence_without_the_token(small):
    with pytest.raises(SignInError) as caught:
        read_rows("hubspot", {**small.options, "access_token": "pat-na1-wrong-token"}, "contacts")
    assert "pat-na1-wrong-token" not in str(caught.value)
    assert "401" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_daily_limit_ends_the_read_and_says_when_it_resets(small):
    from lakeflow_sources.errors import QuotaError

    small.faults("429", count=1, policy="DAILY", paths=["objects/.*/contacts$"])
    with pytest.raises(QuotaError, match="midnight"):
        read_rows("hubspot", small.options, "contacts", columns="id")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "429", "retry_after": 0},
        {"kind": "429", "retry_after": 1},
        {"kind": "503"},
        {"kind": "500"},
        {"kind": "423"},
        {"kind": "477", "retry_after": 1},
        {"kind": "drop"},
        {"kind": "truncate"},
        {"kind": "invalid_json"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_fault_that_passes_costs_no_row(small, fault):
    small.faults(count=2, skip=3, **fault)
    rows, _ = read_rows("hubspot", small.options, "contacts", columns="id", page_size=25)
    assert ids(rows) == live(small)


def test_an_answer_that_is_not_json_names_the_address(small):
    small.faults("html")
    with pytest.raises((VendorError, TransientError), match="not JSON|HTML"):
        read_rows("hubspot", small.options, "contacts", columns="id", max_retries=1)


def test_an_unreachable_host_is_named():
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:9"):
        read_rows(
            "hubspot",
            {"access_token": "pat-na1-some-token", "base_url": "http://127.0.0.1:9"},
            "contacts",
            max_retries=1,
        )


def test_an_unknown_table_names_the_nearest(small):
    with pytest.raises(ConfigurationError, match="hubspot has no table 'contact': did you mean contacts"):
        read_rows("hubspot", small.options, "contact")


def test_an_unknown_property_names_the_nearest(small):
    with pytest.raises(ConfigurationError, match="has no column 'emial': did you mean email"):
        read_rows("hubspot", small.options, "contacts", columns="id,emial")


def test_a_refresh_token_signs_in(small):
    rows, _ = read_rows("hubspot", small.sign_in("refresh_token"), "contacts", columns="id")
    assert ids(rows) == live(small)
    assert small.counters()["tokens_issued"] == 1
