"""Batch reads of HubSpot on real Spark, row for row against what the mock holds."""

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.hubspot import truth
from tests.spark.frames import partitions

OBJECTS = (
    "contacts",
    "companies",
    "deals",
    "tickets",
    "products",
    "line_items",
    "quotes",
    "leads",
    "calls",
    "emails",
    "meetings",
    "notes",
    "tasks",
    "communications",
    "feedback_submissions",
)

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 5_000}, seed=3) as server:
        yield server


def read(spark, mock, table, **options):
    return (
        spark.read.format("hubspot")
        .options(**mock.options, requests_per_second="2000", search_requests_per_second="2000", **options)
        .load(table)
    )


def check(spark, mock, table, parallelism):
    frame = read(spark, mock, table, parallelism=str(parallelism))
    expected = {one["id"]: truth.record(one, frame.schema) for one in mock.rows(table)}
    assert len(expected) >= 40
    assert truth.rows(frame) == expected
    return frame


@pytest.mark.parametrize("parallelism", [1, 8])
def test_contacts_in_one_partition_and_in_eight(spark, mock, parallelism):
    frame = check(spark, mock, "contacts", parallelism)
    assert (partitions(frame) > 1) == (parallelism > 1)  # of five ranges of ids, those that have records


@pytest.mark.parametrize("table", [name for name in OBJECTS if name != "contacts"])
def test_every_object_type_row_for_row(spark, mock, table):
    check(spark, mock, table, 8)
