"""Streams of Salesforce on real Spark: restarts, deletes of both kinds, ties; `test_windows` has what needs no Spark."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.salesforce import truth

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def mock():
    records = {"Invoice__c": 150, "Load__c": 3_000}
    with mock_server("salesforce", records=records, seed=11) as server:
        yield server


class Stream:
    """An available-now stream into a parquet folder, which starts anew from its checkpoint at every run."""

    def __init__(self, spark, mock, folder, table, **options):
        self.spark, self.mock, self.folder, self.table = spark, mock, folder, table
        self.runs = 0
        self.options = {"requests_per_second": "2000", "lag_seconds": "0", "lookback_seconds": "0", **options}

    def run(self):
        """Rows that this run brought, in no order."""
        self.settle()
        self.runs += 1
        source = self.spark.readStream.format("salesforce").options(**self.mock.options, **self.options)
        query = (
            source.load(self.table)
            .writeStream.format("parquet")
            .option("checkpointLocation", str(self.folder / "checkpoint"))
            .option("path", str(self.folder / f"run{self.runs}"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        assert query.exception() is None
        return self.rows_of(self.runs)

    @staticmethod
    def settle():
        """Stamps have whole seconds: a window ends before the second that still goes on."""
        time.sleep(1.1 - time.time() % 1)

    def rows_of(self, run):
        # File by file: a folder that another run of the same stream wrote is no table to Spark.
        files = [str(one) for one in (self.folder / f"run{run}").glob("*.parquet")]
        return [row.asDict(recursive=True) for row in self.spark.read.parquet(*files).collect()] if files else []

    def rows(self):
        return [row for run in range(1, self.runs + 1) for row in self.rows_of(run)]

    def merged(self):
        """Newest row per id without the deleted ones: what a cdc target holds."""
        newest = {}
        for row in sorted(self.rows(), key=lambda row: row["SystemModstamp"]):
            newest[row["Id"]] = row
        return {key: row for key, row in newest.items() if not row["_deleted"]}


def expected(spark, mock, table):
    return truth.table(mock, table, spark.read.format("salesforce").options(**mock.options).load(table).schema)


def deleted(rows):
    return {row["Id"] for row in rows if row["_deleted"]}


def test_a_stream_with_restarts_holds_what_the_org_holds(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "Invoice__c")
    first = stream.run()
    assert len({row["Id"] for row in first}) == len(first)
    assert deleted(first) == {one["Id"] for one in mock.rows("Invoice__c", archived=True)}
    assert stream.merged() == expected(spark, mock, "Invoice__c")

    live = [one["Id"] for one in mock.rows("Invoice__c")]
    mock.write(
        "change", object="Invoice__c", ids=live[:9], values={"Text__c": 'Ünïcode "quoted"\nline', "Total__c": "0.07"}
    )
    mock.write("touch", object="Invoice__c", ids=live[9:12])  # automated: only SystemModstamp moves
    mock.write("delete", object="Invoice__c", ids=live[12:15])  # in the recycle bin
    mock.write("purge", object="Invoice__c", ids=live[15:19])  # deleted for good: only the delete log knows
    undeleted = sorted(deleted(first))[:1]
    mock.write("undelete", object="Invoice__c", ids=undeleted)
    created = mock.write("create", object="Invoice__c", count=5)
    second = stream.run()
    assert sorted(row["Id"] for row in second) == sorted([*live[:19], *undeleted, *created])
    assert deleted(second) == set(live[12:19])
    seen = {row["Id"]: row["SystemModstamp"] for row in first}
    assert all(row["SystemModstamp"] > seen[row["Id"]] for row in second if row["_deleted"]), "behind their last change"
    assert stream.merged() == expected(spark, mock, "Invoice__c")

    assert stream.run() == []


def test_more_changes_in_one_second_than_any_page_holds_come_by_one_bulk_job(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "Load__c", columns="Id,SystemModstamp,_deleted", deletes="recycle_bin")
    first = stream.run()
    assert {row["Id"] for row in first if not row["_deleted"]} == {one["Id"] for one in mock.rows("Load__c")}
    changed = mock.write("change", object="Load__c", count=2_500)
    second = stream.run()
    assert sorted(row["Id"] for row in second) == sorted(changed)
    assert len({row["SystemModstamp"] for row in second}) == 1
    assert mock.write("watch")["jobs_open"] == 0


def test_rows_that_commit_behind_the_cursor_come_with_the_next_run(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "Invoice__c", lookback_seconds="600")
    stream.run()
    behind = (datetime.now(UTC) - timedelta(seconds=400)).isoformat()
    untouched = [one["Id"] for one in mock.rows("Invoice__c") if one["SystemModstamp"] < behind[:10]]
    late = mock.write("change", object="Invoice__c", ids=untouched[:4], stamp=behind, values={"Text__c": "late"})
    late += mock.write("create", object="Invoice__c", count=2, stamp=behind)
    assert set(late) <= {row["Id"] for row in stream.run()}
    assert stream.merged() == expected(spark, mock, "Invoice__c")


def test_a_snapshot_says_that_it_cannot_be_streamed(spark, mock, tmp_path):
    with pytest.raises(Exception, match="OpportunityStage is a snapshot and cannot be streamed"):
        Stream(spark, mock, tmp_path, "OpportunityStage").run()
