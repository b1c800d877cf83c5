"""Streams on real Spark: restarts with writes in between."""

import time

import pytest

from tests.sources.zendesk import truth
from tests.sources.zendesk.reading import UNPACED

pytestmark = pytest.mark.spark

LAG = 1  # seconds; the mock hides nothing here, and its times are whole seconds


@pytest.fixture(scope="module")
def mock():
    from lakeflow_sources.testing import mock_server

    with mock_server("zendesk", seed=6, records={"tickets": 90}, hidden_seconds=0) as server:
        yield server


class Stream:
    """An available-now stream into a parquet folder, which starts anew from its checkpoint at every run."""

    def __init__(self, spark, mock, folder, table, **options):
        self.spark, self.folder, self.table = spark, folder, table
        self.options = {**mock.options, **UNPACED, "lag_seconds": str(LAG), "tableName": table, **options}

    def run(self):
        """Rows that this run brought."""
        time.sleep(LAG + 0.1)
        before = self.rows()
        query = (
            self.spark.readStream.format("zendesk")
            .options(**self.options)
            .load()
            .writeStream.format("parquet")
            .option("checkpointLocation", str(self.folder / "checkpoint"))
            .option("path", str(self.folder / "rows"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        assert query.exception() is None
        after = self.rows()
        for row in before:
            after.remove(row)
        return after

    def arrow(self):
        return self.spark.read.parquet(str(self.folder / "rows")).toArrow()

    def rows(self):
        return self.arrow().to_pylist() if (self.folder / "rows").exists() else []

    def merged(self, cursor):
        """Newest row for each key without the deleted ones: what the target of a cdc flow holds."""
        newest = {}
        for row in sorted(self.rows(), key=lambda row: row[cursor]):
            newest[row["id"]] = row
        return {key: row for key, row in newest.items() if not row["_deleted"]}


def test_tickets_with_changes_deletes_and_restarts(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "tickets")
    first = stream.run()
    assert sorted(row["id"] for row in first) == sorted(one["id"] for one in mock.rows("tickets", archived=None))
    truth.check(stream.arrow(), mock.rows("tickets", archived=None))

    live = [one["id"] for one in mock.rows("tickets")]
    mock.write("change", table="tickets", ids=live[:5], values={"priority": "urgent"})
    mock.write("touch", ids=live[5:8])
    mock.write("delete", table="tickets", ids=live[8:10])
    made = mock.write("create", table="tickets", count=3)["ids"]
    second = stream.run()
    assert sorted(row["id"] for row in second) == sorted([*live[:10], *made])
    assert sorted(row["id"] for row in second if row["_deleted"]) == live[8:10]
    merged = stream.merged("generated_timestamp")
    assert sorted(merged) == sorted(one["id"] for one in mock.rows("tickets"))
    assert all(merged[key]["priority"] == "urgent" for key in live[:5])

    assert stream.run() == []


def test_comments_are_appended_once_each(spark, mock, tmp_path):
    stream = Stream(spark, mock, tmp_path, "ticket_comments", parallelism="4")
    stream.run()
    truth.check(stream.arrow(), mock.rows("ticket_comments"))
    tickets = [one["id"] for one in mock.rows("tickets")][20:30]
    said = [mock.write("comment", ticket=ticket, values={"body": "späť\n“quoted”"})["id"] for ticket in tickets]
    second = stream.run()
    assert sorted(row["id"] for row in second) == sorted(said)
    assert {row["body"] for row in second} == {"späť\n“quoted”"}
    truth.check(stream.arrow(), mock.rows("ticket_comments"))
