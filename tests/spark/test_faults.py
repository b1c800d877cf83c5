"""Every kind of fault at one call in five, alone and mixed, over real Spark: nothing lost, nothing doubled."""

import pytest

from tests.faults import KINDS, mixed
from tests.spark.frames import drained, partitions

pytestmark = pytest.mark.spark

QUICK = {
    "requests_per_second": "2000",
    "search_requests_per_second": "2000",
    "page_size": "20",
    "max_retries": "30",
    "lag_seconds": "0",
    "columns": "id,lastmodifieddate,_deleted",
}


def read(spark, mock, **options):
    frame = spark.read.format("hubspot").options(**{**mock.options, **QUICK, **options}).load("contacts")
    return sorted(row["id"] for row in frame.collect())


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_alone_in_batch(spark, lakeflow_mock, name):
    mock = lakeflow_mock("hubspot", records={"contacts": 400}, seed=3)
    mock.faults(rate=0.2, paths=["/objects/"], **KINDS[name])
    assert read(spark, mock, parallelism="2") == sorted(one["id"] for one in mock.rows("contacts"))
    assert mock.counters()["faults"], "the fault never struck"


def streamed(spark, mock, folder, runs=2):
    """Rows of an available-now stream that is started *runs* times from its checkpoint."""
    source = spark.readStream.format("hubspot").options(**{**mock.options, **QUICK, "lookback_seconds": "0"})
    found = [row for run in range(runs) for row in drained(source.load("contacts"), folder, f"run{run}")]
    return sorted(row["id"] for row in found if not row["_deleted"])


@pytest.mark.proof
@pytest.mark.parametrize("name", KINDS)
def test_each_kind_alone_in_a_stream(spark, lakeflow_mock, tmp_path, name):
    mock = lakeflow_mock("hubspot", records={"contacts": 400}, seed=3)
    mock.faults(rate=0.2, paths=["/objects/"], **KINDS[name])
    assert streamed(spark, mock, tmp_path, 1) == sorted(one["id"] for one in mock.rows("contacts"))
    assert mock.counters()["faults"], "the fault never struck"


def test_all_kinds_mixed_in_batch_and_stream(spark, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("hubspot", records={"contacts": 400}, seed=4)
    mixed(mock, "/objects/")
    truth = sorted(one["id"] for one in mock.rows("contacts"))
    assert read(spark, mock) == truth
    assert streamed(spark, mock, tmp_path) == truth


CRMS = {
    "salesforce": ("Load__c", "Id", {"Load__c": 2_300}, ["/query", "/sobjects/", "/jobs/query/", "/composite"]),
    "zoho_crm": ("Deals", "id", {"Deals": 2_300}, ["/Deals", "/coql", "/bulk/", "/settings/", "/users"]),
}


@pytest.mark.parametrize("name", CRMS)
def test_all_kinds_mixed_in_batch_and_stream_of_a_crm(spark, lakeflow_mock, tmp_path, name):
    table, key, records, paths = CRMS[name]
    mock = lakeflow_mock(name, records=records, each=5, seed=4)
    mixed(mock, *paths)
    options = {**mock.options, "requests_per_second": "2000", "max_retries": "30", "parallelism": "2"}
    options |= {"lag_seconds": "0", **({"page_size": "200", "poll_seconds": "0.02"} if name == "zoho_crm" else {})}
    truth = sorted(one[key] for one in mock.rows(table))
    assert sorted(row[key] for row in spark.read.format(name).options(**options).load(table).collect()) == truth
    stream = spark.readStream.format(name).options(**options).load(table).select(key, "_deleted")
    rows = drained(stream, tmp_path, "rows")
    assert sorted(row[key] for row in rows if not row["_deleted"]) == truth
    assert mock.counters()["faults"], "no fault ever struck"


def test_a_token_that_expires_every_second_loses_nothing(spark, lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 400}, seed=5, expires_in=1)
    mock.latency(0.05)
    assert read(spark, mock, **mock.sign_in("refresh_token"), parallelism="2") == sorted(
        one["id"] for one in mock.rows("contacts")
    )


@pytest.mark.proof
def test_sixty_four_partitions_ask_for_one_token(spark, lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 66_000}, seed=6)
    options = {**mock.sign_in("refresh_token"), **QUICK, "page_size": "100", "parallelism": "64", "columns": "id"}
    frame = spark.read.format("hubspot").options(**options).load("contacts")
    assert partitions(frame) == 64
    mock.reset_counters()
    assert frame.count() == 66_000
    assert mock.counters()["tokens_issued"] <= 1
