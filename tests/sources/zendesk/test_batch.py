"""Batch reads on real Spark."""

import pytest

from tests.sources.zendesk import truth
from tests.sources.zendesk.conftest import NOW
from tests.sources.zendesk.reading import UNPACED

pytestmark = pytest.mark.spark


def load(spark, mock, table, **options):
    return spark.read.format("zendesk").options(**mock.options, **UNPACED, **options).load(table).toArrow()


@pytest.mark.parametrize("parallelism", ["1", "8"])
@pytest.mark.parametrize("table", ["tickets", "ticket_comments", "ticket_audits", "votes"])
def test_row_for_row(spark, still, table, parallelism):
    truth.check(load(spark, still, table, parallelism=parallelism), still.rows(table))


@pytest.mark.parametrize("parallelism", ["1", "8"])
def test_a_span_of_a_table_with_a_cursor(spark, still, parallelism):
    got = load(spark, still, "tickets", start="2024-01-01", end=NOW, parallelism=parallelism, custom_fields="key")
    start = truth.moment("2024-01-01T00:00:00Z").timestamp()
    expected = [
        {**one, **{f"custom_{field['id']}": field["value"] for field in one["custom_fields"]}}
        for one in still.rows("tickets", archived=None)
        if one["generated_timestamp"] >= start
    ]
    assert len(expected) > 100
    truth.check(got, expected)
    deleted = {row["id"] for row in got.to_pylist() if row["_deleted"]}
    assert deleted == {one["id"] for one in expected if one["status"] == "deleted"}


def test_a_snapshot_table_says_that_it_cannot_be_streamed(spark, still):
    with pytest.raises(Exception, match="macros is a snapshot and cannot be streamed"):
        spark.readStream.format("zendesk").options(**still.options).load("macros").writeStream.format("noop").option(
            "checkpointLocation", "/tmp/never"
        ).trigger(availableNow=True).start().awaitTermination(60)
