"""A plant of a thousand tags for a week, some with an event every two seconds and some with four a day, row for row.

Some ten million events; the server shares `maxCount` among the streams of a set, which is the harder meaning.
"""

import time
from itertools import count

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.osipi import truth

pytestmark = [pytest.mark.spark, pytest.mark.proof, pytest.mark.timeout(7200)]

WEEK = {"records": {"points": 1000, "event_frames": 0, "elements": 0}, "days": 7, "busy": 8, "sharing": "shared"}
OPTIONS = {"requests_per_second": "2000", "lag_seconds": "0", "parallelism": "4"}
SCHEMA = pa.schema(
    [
        ("webid", pa.string()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("sequence", pa.int32()),
        ("value_double", pa.float64()),
        ("value_int", pa.int64()),
        ("value_string", pa.string()),
        ("value_digital_code", pa.int32()),
        ("value_digital_name", pa.string()),
        ("is_system_state", pa.bool_()),
        *((name, pa.bool_()) for name in ("good", "questionable", "substituted", "annotated")),
        ("units", pa.string()),
    ]
)


@pytest.fixture(scope="module")
def week():
    with mock_server("osipi", **WEEK) as server:
        yield server


def batch_of(rows, numbers):
    """Rows of the archive as they must be read; *numbers* has the last time seen, and how often."""
    times = pa.array([row["Timestamp"] for row in rows]).cast(pa.timestamp("ns", tz="UTC")).cast(SCHEMA.types[1], False)
    sequence = []
    for row, at in zip(rows, times.cast(pa.int64()).to_pylist(), strict=True):
        key = (row["WebId"], at)
        numbers["count"] = numbers["count"] + 1 if numbers["key"] == key else 0
        numbers["key"] = key
        sequence.append(numbers["count"])
    values = [truth.value(row, row["PointType"]) for row in rows]
    columns = [pa.array([row["WebId"] for row in rows]), times, pa.array(sequence, pa.int32())]
    columns += [pa.array([one[name] for one in values], SCHEMA.field(name).type) for name in SCHEMA.names[3:]]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


@pytest.fixture(scope="module")
def archive(week, tmp_path_factory):
    """All events as a parquet file."""
    place = tmp_path_factory.mktemp("archive") / "events.parquet"
    numbers, rows = {"key": None, "count": 0}, []
    with pq.ParquetWriter(place, SCHEMA) as writer:
        for row in week.iter_rows("recorded_values"):
            rows.append(row)
            if len(rows) == 100_000:
                writer.write_batch(batch_of(rows, numbers))
                rows = []
        writer.write_batch(batch_of(rows, numbers))
    return str(place)


def differences(spark, folder, archive):
    """Rows that are in one of the two and not in the other, or not as often."""
    from pyspark.sql import functions as fn

    came, held = (spark.read.parquet(place).select(SCHEMA.names) for place in (folder, archive))
    both = came.withColumn("copies", fn.lit(1)).unionAll(held.withColumn("copies", fn.lit(-1)))
    return both.groupBy(SCHEMA.names).agg(fn.sum("copies").alias("copies")).filter("copies != 0").count()


def told(spark, what, began, folder):
    rows = spark.read.parquet(folder).count()
    seconds = time.monotonic() - began
    print(f"\n{what}: {rows:,} events in {seconds:.0f} s, {rows / seconds:,.0f} a second")  # noqa: T201 (figures of a proof)
    return rows


def test_batch(spark, week, archive, tmp_path):
    folder, began = str(tmp_path / "rows"), time.monotonic()
    frame = spark.read.format("osipi").options(**week.options, **OPTIONS).load("recorded_values")
    frame.write.parquet(folder)
    rows = told(spark, "batch", began, folder)
    assert rows == pq.read_metadata(archive).num_rows > 9_000_000
    assert differences(spark, folder, archive) == 0
    calls = [one for one in week.requests() if one["path"].endswith("/recorded")]
    assert len(calls) < 3 * rows / 25_000, "spans are planned for half of what a call holds"


def test_stream(spark, week, archive, tmp_path):
    folder, runs = str(tmp_path / "rows"), count()

    def run():
        query = (
            spark.readStream.format("osipi")
            .options(**week.options, **OPTIONS)
            .load("recorded_values")
            .writeStream.format("parquet")
            .option("checkpointLocation", str(tmp_path / "checkpoint"))
            .trigger(availableNow=True)
            .start(folder)
        )
        query.awaitTermination(3600)
        assert query.exception() is None
        return next(runs)

    began = time.monotonic()
    run()
    rows = told(spark, "stream", began, folder)
    assert rows == pq.read_metadata(archive).num_rows
    run()
    assert differences(spark, folder, archive) == 0
