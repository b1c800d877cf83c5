"""GitHub on real Spark: batch reads row for row, streams with restarts and writes in between."""

import time

import pytest

from tests.sources.github import truth
from tests.sources.github.reading import GITHUB, UNPACED

pytestmark = pytest.mark.spark

TABLES = {table.name: table for table in GITHUB.tables}


@pytest.mark.parametrize(
    ("table", "parallelism"),
    [
        ("issues", 1),
        ("issues", 8),
        ("pull_requests", 8),
        ("reviews", 1),
        ("reviews", 8),
        ("commits", 8),
        ("workflow_jobs", 8),
        ("discussions", 8),
        ("repositories", 1),
    ],
)
def test_batch_reads_row_for_row(spark, still, table, parallelism):
    options = {**still.options, **UNPACED, "parallelism": str(parallelism), "on_schema_drift": "fail"}
    frame = spark.read.format("github").options(**options).load(table)
    truth.check(table, frame.toArrow(), still.rows(table), TABLES[table].primary_key)


def test_types_are_those_of_the_vendor(spark, still):
    schema = spark.read.format("github").options(**still.options).load("issues").schema
    kinds = {field.name: field.dataType.simpleString() for field in schema}
    assert kinds["id"] == kinds["number"] == kinds["comments"] == "bigint"
    assert kinds["updated_at"] == "timestamp"
    assert kinds["user"] == "struct<login:string,id:bigint,node_id:string,type:string,site_admin:boolean>"
    assert kinds["labels"].startswith("array<struct<id:bigint,")
    assert kinds["milestone"].startswith("struct<id:bigint,")
    assert list(kinds)[:3] == ["owner", "repo", "repository_id"]


def test_a_snapshot_table_says_that_it_cannot_be_streamed(spark, still, tmp_path):
    stream = spark.readStream.format("github").options(**still.options).load("branches")
    with pytest.raises(Exception, match=r"branches is a snapshot and cannot be streamed: read it with spark\.read"):
        stream.writeStream.format("noop").trigger(availableNow=True).option(
            "checkpointLocation", str(tmp_path)
        ).start().awaitTermination(60)


class Stream:
    """An available-now stream into a parquet folder, which starts anew from its checkpoint at every run."""

    def __init__(self, spark, mine, folder, table, **options):
        self.spark, self.mine, self.folder, self.table = spark, mine, folder, table
        self.options = {
            **mine.mock.options,
            **UNPACED,
            **mine.options,
            "lag_seconds": "0",
            "lookback_seconds": "0",
            **options,
        }

    def run(self):
        """Rows that this run brought; GitHub's times are whole seconds, so it begins in the one after the last write."""
        time.sleep(1.05 - time.time() % 1)
        before = self.rows()
        query = (
            self.spark.readStream.format("github")
            .options(**self.options)
            .option("tableName", self.table)
            .load()
            .writeStream.format("parquet")
            .option("checkpointLocation", str(self.folder / "checkpoint"))
            .option("path", str(self.folder / "rows"))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        assert query.exception() is None
        after = self.rows()
        for row in before:
            after.remove(row)
        time.sleep(1.05 - time.time() % 1)
        return after

    def arrow(self):
        return self.spark.read.parquet(str(self.folder / "rows")).toArrow()

    def rows(self):
        return self.arrow().to_pylist() if (self.folder / "rows").exists() else []

    def merged(self):
        """Newest row for each key: what the target of a cdc flow holds."""
        table = TABLES[self.table]
        newest = {}
        for row in sorted(self.rows(), key=lambda row: row[table.cursor.field]):
            newest[tuple(row[one] for one in table.primary_key)] = row
        return newest

    def check(self):
        table = TABLES[self.table]
        raw = {
            tuple(truth.value(self.table, one, row) for one in table.primary_key): row
            for row in self.mine.truth(self.table)
        }
        merged = self.merged()
        assert merged.keys() == raw.keys()
        kinds = self.arrow().schema
        for name, row in merged.items():
            for field in kinds:
                expect = truth.value(self.table, field.name, raw[name])
                assert truth.same(row[field.name], expect, field.type), (
                    f"{name}.{field.name}: {row[field.name]!r} is not {expect!r}"
                )


def test_issues_stream_with_restarts(spark, mine, tmp_path):
    stream = Stream(spark, mine, tmp_path, "issues", page_size="40")
    first = stream.run()
    assert len(first) == len({row["id"] for row in first}) == len(mine.truth("issues"))
    stream.check()
    changed = mine.write("change", keys=[3, 7, 11], title="changed")
    made = mine.write("create", count=4)
    second = stream.run()
    assert sorted(row["number"] for row in second) == sorted([*changed, *made])
    stream.check()
    mine.mock.reset_counters()
    assert stream.run() == []
    assert len(mine.paths()) == 2, "the repository, and a page without rows"


def test_events_are_appended_once(spark, mine, tmp_path):
    stream = Stream(spark, mine, tmp_path, "issue_events", page_size="25")
    assert len(stream.run()) == len(mine.truth("issue_events"))
    made = mine.write("event", count=30)
    assert sorted(row["id"] for row in stream.run()) == sorted(made)
    assert stream.run() == []
    assert len(stream.rows()) == len(mine.truth("issue_events"))


def test_reviews_follow_their_pull_requests(spark, mine, tmp_path):
    stream = Stream(spark, mine, tmp_path, "reviews")
    stream.run()
    stream.check()
    number = mine.truth("pull_requests")[5]["number"]
    made = mine.write("review", number=number)
    rows = stream.run()
    assert {row["pull_request_number"] for row in rows} == {number}
    assert made in {row["id"] for row in rows}
    stream.check()


def test_an_app_signs_in_on_the_driver_for_all_tasks(spark, mine):
    app = mine.mock.sign_in("app")
    before = mine.mock.counters()["tokens_issued"]
    frame = (
        spark.read.format("github")
        .options(**app, **UNPACED, repositories="octo-labs/repo-1*", parallelism="4")
        .load("labels")
    )
    assert frame.count() > 50
    assert mine.mock.counters()["tokens_issued"] == before + 1
