"""Batch reads of Salesforce on real Spark, row for row against what the mock holds."""

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.salesforce import truth
from tests.spark.frames import partitions

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def mock():
    with mock_server("salesforce", records={"Account": 2_600, "Invoice__c": 430, "Load__c": 11_000}, seed=3) as server:
        yield server


def load(spark, mock, table, **options):
    return spark.read.format("salesforce").options(**mock.options, requests_per_second="2000", **options).load(table)


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_every_type_of_field_row_for_row(spark, mock, api):
    frame = load(spark, mock, "Invoice__c", api=api, parallelism="1")
    kinds = {field.dataType.simpleString() for field in frame.schema}
    assert {"decimal(18,2)", "decimal(18,0)", "int", "bigint", "date", "timestamp", "boolean", "string"} <= kinds
    assert frame.columns[-1] == "_deleted"
    assert truth.rows(frame) == truth.table(mock, "Invoice__c", frame.schema)


def test_many_rows_come_by_bulk_jobs_side_by_side(spark, mock):
    before = mock.write("watch")
    frame = load(spark, mock, "Account", parallelism="8", job_rows="400")
    assert partitions(frame) > 3
    assert truth.rows(frame) == truth.table(mock, "Account", frame.schema)
    after = mock.write("watch")
    assert after["jobs_created"] - before["jobs_created"] > 3
    assert after["jobs_open"] == 0, "jobs are cleared away"


def test_many_rows_by_rest_come_in_several_partitions(spark, mock):
    columns = "Id,Name,Amount__c,Rate__c,Due__c,Sent__c,Paid__c,SystemModstamp"
    frame = load(spark, mock, "Load__c", api="rest", parallelism="8", columns=columns)
    assert partitions(frame) > 1
    assert truth.rows(frame) == truth.table(mock, "Load__c", frame.schema)


def test_what_only_rest_serves_comes_when_it_is_asked_for(spark, mock):
    columns = "Id,Place__c,Colours__c,Owner.Name,Account__r.Owner.Email,Scan__c"
    frame = load(spark, mock, "Invoice__c", columns=columns, multipicklist="array")
    assert frame.columns == columns.split(",")
    found = {row["Id"]: row for row in frame.collect()}
    users = {one["Id"]: one for one in mock.rows("User")}
    accounts = {one["Id"]: one for one in mock.rows("Account", archived=None)}
    for raw in mock.rows("Invoice__c"):
        row = found.pop(raw["Id"])
        kinds = {field.name: field.dataType.simpleString() for field in frame.schema}
        assert row["Place__c"] == truth.value(raw["Place__c"], kinds["Place__c"]) or row[
            "Place__c"
        ].asDict() == truth.value(raw["Place__c"], kinds["Place__c"])
        assert row["Colours__c"] == truth.value(raw["Colours__c"], "array<string>")
        assert row["Owner.Name"] == users[raw["OwnerId"]]["Name"]
        account = accounts.get(raw["Account__c"])
        assert row["Account__r.Owner.Email"] == (users[account["OwnerId"]]["Email"] if account else None)
        assert bytes(row["Scan__c"]).startswith(bytes(range(256)))
        assert raw["Id"].encode() in bytes(row["Scan__c"])
    assert not found


def test_the_format_is_found_without_registering(spark):
    from pyspark_salesforce import DefaultSource

    assert DefaultSource.name() == "salesforce"
