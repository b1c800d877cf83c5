"""Ten thousand slices: planned without their rows, dealt evenly, read whole."""

import pytest
from pyspark import cloudpickle

from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from tests.declaration.shop import SPEC, Shop
from tests.spark.frames import partitions

SLICES = 10_000
TASKS = 16


@pytest.fixture(scope="module")
def options():
    shop = Shop()
    hourly = SPEC.read_text("utf-8").replace("window: 7d", "window: 1h")
    # Ten thousand hours; the orders lie in the first of them.
    span = {"start": "2026-01-01T00:00:00Z", "end": "2027-02-21T16:00:00Z"}
    yield {**shop.options, **span, "spec": hourly, "tableName": "orders", "requests_per_second": "100000"}
    shop.close()


def test_a_plan_of_ten_thousand_slices_is_small_and_even(options):
    """It is all that the driver ever holds of a read: kilobytes for each task, however many rows there are."""
    source = data_source(connector("http"))({**options, "parallelism": str(TASKS)})
    shares = source.reader(source.schema()).partitions()
    counts = [len(share.pieces) for share in shares]
    assert sum(counts) == SLICES
    assert (min(counts), max(counts), len(counts)) == (SLICES // TASKS, SLICES // TASKS, TASKS)
    assert sum(len(cloudpickle.dumps(share)) for share in shares) < 300 * SLICES


@pytest.mark.proof
@pytest.mark.spark
def test_ten_thousand_slices_are_read_whole(spark, options):
    frame = spark.read.format("http").options(**options, parallelism=str(TASKS)).load()
    ids = sorted(row["id"] for row in frame.select("id").collect())
    assert ids == list(range(1, 301))
    assert partitions(frame) <= TASKS
