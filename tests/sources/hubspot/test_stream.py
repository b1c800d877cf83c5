"""Streams of HubSpot on real Spark: restarts, deletes, ties, more changes than one search shows."""

import pytest

from tests.sources.hubspot import truth
from tests.spark.frames import drained

pytestmark = pytest.mark.spark

RECORDS = {"contacts": 300, "deals": 120, "notes": 60}


@pytest.fixture
def mock(lakeflow_mock):
    return lakeflow_mock("hubspot", records=RECORDS, seed=11)


class Stream:
    """An available-now stream that starts anew from its checkpoint at every run."""

    def __init__(self, spark, mock, folder, table, **options):
        self.spark, self.mock, self.folder, self.table = spark, mock, folder, table
        self.options = {
            "requests_per_second": "2000",
            "search_requests_per_second": "2000",
            "lag_seconds": "0",
            "lookback_seconds": "0",
            **options,
        }
        self.runs = []

    def run(self):
        """Rows that this run brought, in no order."""
        source = self.spark.readStream.format("hubspot").options(**self.mock.options, **self.options)
        found = drained(source.load(self.table), self.folder, f"run{len(self.runs)}")
        self.runs.append([row.asDict(recursive=True) for row in found])
        return self.runs[-1]

    def rows(self):
        return [row for batch in self.runs for row in batch]

    def merged(self, cursor):
        """Newest row per id without the deleted ones: what a cdc target holds."""
        newest = {}
        for row in sorted(self.rows(), key=lambda row: row[cursor]):
            newest[row["id"]] = row
        return {key: row for key, row in newest.items() if not row.get("_deleted")}


def expected(spark, mock, table):
    frame = spark.read.format("hubspot").options(**mock.options).load(table)
    return {one["id"]: truth.record(one, frame.schema) for one in mock.rows(table)}


def test_a_stream_with_restarts_holds_what_the_account_holds(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "contacts")
    first = stream.run()
    # Everything once, and a tombstone for each record that was archived before the stream began.
    ids = [row["id"] for row in first]
    assert len(ids) == len(set(ids))
    assert stream.merged("lastmodifieddate") == expected(spark, mock, "contacts")
    assert {row["id"] for row in first if row["_deleted"]} == {
        one["id"] for one in mock.rows("contacts", archived=True)
    }

    live = [one["id"] for one in mock.rows("contacts")]
    mock.write("change", object_type="contacts", ids=live[:7], same_time=True)
    mock.write("archive", object_type="contacts", ids=live[7:10])
    created = mock.write("create", object_type="contacts", count=5, same_time=True)
    second = stream.run()
    assert sorted(row["id"] for row in second) == sorted([*live[:10], *created["ids"]])
    assert {row["id"] for row in second if row["_deleted"]} == set(live[7:10])
    assert stream.merged("lastmodifieddate") == expected(spark, mock, "contacts")

    assert stream.run() == []


def test_a_deleted_row_sorts_behind_its_last_change(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "deals")
    stream.run()
    victim = mock.rows("deals")[0]["id"]
    mock.write("change", object_type="deals", ids=[victim], same_time=True)
    mock.write("archive", object_type="deals", ids=[victim])
    (tombstone,) = stream.run()
    assert tombstone["_deleted"] is True
    assert all(
        tombstone["hs_lastmodifieddate"] > row["hs_lastmodifieddate"]
        for row in stream.rows()
        if row["id"] == victim and not row["_deleted"]
    )


def test_more_changes_than_a_search_shows_and_more_ties_than_it_shows(spark, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("hubspot", records={"contacts": 25_000}, seed=5)
    stream = Stream(spark, mock, tmp_path, "contacts", columns="id,lastmodifieddate,_deleted")
    first = stream.run()
    assert sorted(row["id"] for row in first if not row["_deleted"]) == sorted(
        one["id"] for one in mock.rows("contacts")
    )
    # A bulk job of the vendor sets one time for all: no window divides them.
    mock.write("change", object_type="contacts", count=12_000, same_time=True)
    second = stream.run()
    assert len(second) == len({row["id"] for row in second}) == 12_000
    assert len({row["lastmodifieddate"] for row in second}) == 1


def test_a_property_added_between_runs_arrives_with_the_next_one(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "contacts")
    stream.run()
    mock.write("add_property", object_type="contacts", name="churn_risk", kind="number")
    some = mock.rows("contacts")[0]["id"]
    mock.write("change", object_type="contacts", ids=[some], same_time=True, properties={"churn_risk": "0.25"})
    (row,) = stream.run()
    assert str(row["churn_risk"]).rstrip("0") == "0.25"


def test_a_quiet_increment_takes_two_calls(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "contacts")
    stream.run()
    mock.reset_counters()
    assert stream.run() == []
    data = [one["path"] for one in mock.requests() if "/properties" not in one["path"]]
    assert len(data) == 2, data


def test_types_without_an_archive_stream_without_deletes(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "notes")
    rows = stream.run()
    assert "_deleted" not in rows[0]
    assert sorted(row["id"] for row in rows) == sorted(one["id"] for one in mock.rows("notes"))


def test_a_snapshot_table_says_that_it_cannot_be_streamed(spark, mock):
    with pytest.raises(Exception, match="owners is a snapshot and cannot be streamed: read it with spark.read"):
        spark.readStream.format("hubspot").options(**mock.options).load("owners").writeStream.format("noop").trigger(
            availableNow=True
        ).option("checkpointLocation", "/tmp/never").start().awaitTermination(60)
