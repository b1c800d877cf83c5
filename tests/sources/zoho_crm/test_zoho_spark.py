"""Zoho CRM on real Spark: batches by 1 and 8 partitions, and streams that are stopped and started again."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.testing import mock_server
from tests.sources.zoho_crm.truth import Truth, plain

pytestmark = pytest.mark.spark

QUICK = {"requests_per_second": "5000", "poll_seconds": "0.02", "lag_seconds": "0"}


@pytest.fixture(scope="module")
def mock():
    with mock_server("zoho_crm", records={"Deals": 2_500, "Projects": 45}, each=8, seed=21) as server:
        yield server


def load(spark, mock, table, **options):
    return spark.read.format("zoho_crm").options(**mock.options, **QUICK, **options).load(table)


def shown(frame, mock, module):
    """Rows by id, with JSON text as what it says."""
    nested = {
        one["api_name"]
        for one in Truth(mock).fields[module]
        if one["data_type"] in {"fileupload", "imageupload", "consent_lookup", "layout"}
    }
    found = {}
    for row in frame.collect():
        values = {
            name: json.loads(value) if name in nested and value is not None else value
            for name, value in row.asDict(recursive=True).items()
        }
        assert values["id"] not in found, f"{values['id']} came twice"
        found[values["id"]] = plain(values)
    return found


@pytest.mark.parametrize("parallelism", ["1", "8"])
def test_a_standard_module_row_for_row(spark, mock, parallelism):
    frame = load(spark, mock, "Deals", parallelism=parallelism)
    assert shown(frame, mock, "Deals") == Truth(mock).rows("Deals", deletes=True)
    assert frame.schema["Amount"].dataType.simpleString() == "decimal(38,9)"
    assert frame.schema["Owner"].dataType.simpleString() == "struct<id:string,name:string,email:string>"


def test_a_custom_module_with_every_type_of_field(spark, mock):
    frame = load(spark, mock, "Projects")
    assert shown(frame, mock, "Projects") == Truth(mock).rows("Projects", deletes=True)


def test_a_module_in_bulk_row_for_row(spark, mock):
    frame = load(spark, mock, "Deals", read_by="bulk")
    assert shown(frame, mock, "Deals") == Truth(mock).rows("Deals", deletes=True)
    assert any(call["path"].endswith("/result") for call in mock.requests())


class Stream:
    """An available-now stream into a folder, which starts anew from its checkpoint at every run."""

    def __init__(self, spark, mock, folder, table, **options):
        self.spark, self.folder = spark, folder
        self.source = (
            spark.readStream.format("zoho_crm").options(**mock.options, **QUICK, **options).option("tableName", table)
        )

    def run(self):
        """All rows that came until now."""
        target = str(self.folder / "rows")
        query = (
            self.source.load().writeStream.format("parquet").option("checkpointLocation", str(self.folder / "checkpoint"))
            .option("path", target).trigger(availableNow=True).start()
        )  # fmt: skip
        query.awaitTermination(120)
        assert query.exception() is None
        return [plain(row.asDict(recursive=True)) for row in self.spark.read.parquet(target).collect()]


def merged(rows):
    """What a cdc target holds: the newest row of each id that is not deleted."""
    newest = {}
    for row in sorted(rows, key=lambda one: one["Modified_Time"]):
        newest[row["id"]] = row
    return {key: row for key, row in newest.items() if not row["_deleted"]}


def test_a_stream_holds_what_the_account_holds_after_every_restart(spark, tmp_path):
    with mock_server("zoho_crm", records={"Deals": 400}, each=5, seed=23) as server:
        stream = Stream(spark, server, tmp_path, "Deals")
        assert merged(stream.run()) == Truth(server).rows("Deals", deletes=True)
        for _ in range(2):
            changed = server.write("change", module="Deals", count=30)["ids"]
            server.write("delete", module="Deals", ids=changed[:4])
            server.write("delete", module="Deals", ids=changed[4:6], permanent=True)
            server.write("create", module="Deals", count=250)
            time.sleep(1.1)  # Zoho's times are whole seconds: a second that is not over may still be written to
            rows = stream.run()
            assert merged(rows) == Truth(server).rows("Deals", deletes=True)
        assert sum(row["_deleted"] for row in rows) >= 12

        behind = (datetime.now(UTC) - timedelta(seconds=200)).isoformat()
        late = server.write("create", module="Deals", count=3, time=behind)["ids"]
        rows = stream.run()
        assert set(late) <= {row["id"] for row in rows}, "behind the cursor, within the overlap"
        assert merged(rows) == Truth(server).rows("Deals", deletes=True)


def test_a_stream_of_a_snapshot_is_refused(spark, mock):
    frame = spark.readStream.format("zoho_crm").options(**mock.options).load("Users")
    with pytest.raises(Exception, match="is a snapshot and cannot be streamed"):
        frame.writeStream.format("noop").start().processAllAvailable()


def test_a_wrong_sign_in_is_one_sentence_without_secrets(spark, mock):
    wrong = {**mock.options, "refresh_token": "planted-refresh-token"}
    with pytest.raises(Exception, match="invalid_code") as caught:
        spark.read.format("zoho_crm").options(**wrong).load("Leads").count()  # Connect asks only now
    assert "planted-refresh-token" not in str(caught.value)


def test_the_format_is_found_without_registering():
    import pyspark_zoho_crm

    assert pyspark_zoho_crm.DefaultSource.name() == "zoho_crm"
