"""OSI PI on real Spark: batch in one and in many partitions, a stream with restarts and writes in between."""

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


def test_a_stream_with_restarts_holds_what_the_archive_holds(spark, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("osipi", records={"points": 8, "burst": 300}, days=1, sharing="shared")

    def run():
        """What came up to now; rows that came twice are found by their keys."""
        source = spark.readStream.format("osipi").options(**mock.options, **FAST, page_size="200")
        query = (
            source.load("pi_timeseries")
            .writeStream.format("parquet")
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .option("path", str(tmp_path / "rows"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        assert query.exception() is None
        return keyed(spark.read.parquet(str(tmp_path / "rows")).collect())

    first = run()
    assert first == truth.recorded(mock.rows("recorded_values"))
    for value in (1, 2, 3):
        mock.write("add", tag=2, values=[value, value])
    mock.write("add", tag=3, values=[{"Name": "Open", "Value": 1, "IsSystem": False}])
    second = run()
    assert second == truth.recorded(mock.rows("recorded_values"))
    assert len(second) == len(first) + 7
    assert run() == second
