"""OSI PI on real Spark: batch in one and in many partitions, a stream with restarts and writes in between."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sources.osipi import truth

pytestmark = pytest.mark.spark
FAST = {"requests_per_second": "2000", "lag_seconds": "0"}


def keyed(rows):
    return truth.keyed([row.asDict(recursive=True) for row in rows])


@pytest.mark.parametrize("parallelism", ["1", "8"])
def test_recorded_values_row_for_row(spark, plant, parallelism):
    frame = (
        spark.read.format("osipi")
        .options(**plant.options, **FAST, parallelism=parallelism, page_size="1000")
        .load("recorded_values")
    )
    assert keyed(frame.collect()) == truth.recorded(plant.rows("recorded_values"))


def stream(spark, mock, folder, **options):
    """All rows that came up to now, as an available-now stream that begins anew from its checkpoint brings them."""
    source = spark.readStream.format("osipi").options(**mock.options, **FAST, **options)
    query = (
        source.load("pi_timeseries")
        .writeStream.format("parquet")
        .option("checkpointLocation", str(folder / "checkpoint"))
        .option("path", str(folder / "rows"))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination(120)
    assert query.exception() is None
    return [row.asDict(recursive=True) for row in spark.read.parquet(str(folder / "rows")).collect()]


def test_a_stream_with_restarts_holds_what_the_archive_holds(spark, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("osipi", records={"points": 8, "burst": 300}, days=1, sharing="shared")

    def run():
        """What came up to now; rows that came twice are found by their keys."""
        return truth.keyed(stream(spark, mock, tmp_path, page_size="200"))

    first = run()
    assert first == truth.recorded(mock.rows("recorded_values"))
    for value in (1, 2, 3):
        mock.write("add", tag=2, values=[value, value])
    mock.write("add", tag=3, values=[{"Name": "Open", "Value": 1, "IsSystem": False}])
    second = run()
    assert second == truth.recorded(mock.rows("recorded_values"))
    assert len(second) == len(first) + 7
    assert run() == second


def test_late_and_edited_events_reach_a_stream_within_its_lookback(spark, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("osipi", records={"points": 6}, days=1)
    before = stream(spark, mock, tmp_path, lookback_seconds="7200")
    held = truth.keyed(before)
    assert held == truth.recorded(mock.rows("recorded_values"))
    ago = lambda minutes: (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")  # noqa: E731
    mock.write("add", tag=1, time=ago(90), values=[1.5, 2.5])
    mock.write("add", tag=3, time=ago(300), values=[{"Name": "Open", "Value": 1, "IsSystem": False}])
    edited = mock.write("edit", tag=0, time=ago(60), value=-1.25)
    after = stream(spark, mock, tmp_path, lookback_seconds="7200")
    for row in before:
        after.remove(row)
    again = truth.keyed(after)
    wanted = truth.recorded(mock.rows("recorded_values"))
    beyond = {key for key in wanted if key not in held | again}
    assert [key[0] for key in beyond] == [mock.rows("points")[3]["WebId"]], "older than the lookback"
    assert {**held, **again} == {key: row for key, row in wanted.items() if key not in beyond}
    assert truth.instant(edited) in {key[1] for key in again}
