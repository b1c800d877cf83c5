"""Triggers of streams: what is there now and then an end, and again and again as time goes on; both go on after a stop."""

import threading
import time

import pytest

from tests.spark.frames import drained

pytestmark = pytest.mark.spark

QUICK = {
    "requests_per_second": "2000",
    "search_requests_per_second": "2000",
    "lag_seconds": "0",
    "lookback_seconds": "0",
}
SLIM = {"columns": "id,lastmodifieddate,_deleted"}


@pytest.fixture
def mock(lakeflow_mock):
    return lakeflow_mock("hubspot", records={"contacts": 200}, seed=8)


def contacts(spark, mock):
    return spark.readStream.format("hubspot").options(**mock.options, **QUICK, **SLIM).load("contacts")


def live(rows):
    return sorted(row["id"] for row in rows if not row["_deleted"])


def truth(mock):
    return sorted(one["id"] for one in mock.rows("contacts"))


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.2)


def test_available_now_ends_although_rows_go_on_coming(spark, mock, tmp_path):
    over = threading.Event()

    def write():
        while not over.wait(0.1):
            mock.write("create", object_type="contacts", count=1, same_time=True)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        first = live(drained(contacts(spark, mock), tmp_path, "first"))
    finally:
        over.set()
        writer.join()
    second = live(drained(contacts(spark, mock), tmp_path, "second"))
    assert len(first) >= 200
    assert second, "rows came while the first run went on"
    assert sorted(first + second) == truth(mock)


def test_processing_time_brings_each_change_once_and_goes_on_after_a_stop(spark, mock, tmp_path):
    target = str(tmp_path / "rows")

    def query():
        return (
            contacts(spark, mock)
            .writeStream.format("parquet")
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .option("path", target)
            .trigger(processingTime="1 second")
            .start()
        )

    def arrived():
        committed = list((tmp_path / "rows" / "_spark_metadata").glob("[0-9]*"))
        return live(spark.read.schema(contacts(spark, mock).schema).parquet(target).collect()) if committed else []

    running = query()
    wait_for(lambda: arrived() == truth(mock))
    made = mock.write("create", object_type="contacts", count=5, same_time=True)["ids"]
    wait_for(lambda: set(made) <= set(arrived()))
    assert running.isActive
    running.stop()
    mock.write("create", object_type="contacts", count=7, same_time=True)
    again = query()
    wait_for(lambda: arrived() == truth(mock))
    assert again.exception() is None
    again.stop()


def test_a_quiet_source_makes_no_batches(spark, mock, tmp_path):
    drained(contacts(spark, mock), tmp_path, "first")
    commits = tmp_path / "checkpoint" / "commits"
    before = len(list(commits.glob("[0-9]*")))
    mock.reset_counters()
    assert drained(contacts(spark, mock), tmp_path, "second") == []
    assert len(list(commits.glob("[0-9]*"))) <= before + 1
