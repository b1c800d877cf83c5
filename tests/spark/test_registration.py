"""The three ways to the format name, each in a Spark of its own: registered, found by itself, carried to bare workers."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.spark

# Workers inherit this folder on their path: a package that is blocked there can only have travelled with the source.
BLOCK = """
import os, sys
if os.environ.get("BLOCK_LAKEFLOW") == "1":
    class Blocked:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in ("lakeflow_sources", "sources", "pyspark_hubspot"):
                raise ModuleNotFoundError(f"No module named {name!r}")
    sys.meta_path.insert(0, Blocked())
"""

READ = """
import json, os, sys
from pyspark.sql import SparkSession

how, options = sys.argv[1], json.loads(sys.stdin.read())
if how != "found":
    import lakeflow_sources
    import lakeflow_sources.spark
if how == "bare":
    os.environ["BLOCK_LAKEFLOW"] = "1"  # for every process from here on, not for this one
builder = SparkSession.builder.config("spark.ui.enabled", "false").config("spark.sql.warehouse.dir", sys.argv[2])
spark = (builder.remote("local[2]") if how == "connect" else builder.master("local[2]")).getOrCreate()
if how != "found":
    lakeflow_sources.register(spark, "hubspot")
    lakeflow_sources.register(spark, "hubspot")
frame = spark.read.format("hubspot").options(**options).load("contacts")
rows = frame.select("id").collect()
stream = (
    spark.readStream.format("hubspot").options(**options).option("tableName", "contacts").load().select("id", "_deleted")
    .writeStream.format("parquet").option("checkpointLocation", sys.argv[2] + "/c").option("path", sys.argv[2] + "/p")
    .trigger(availableNow=True).start()
)
assert stream.awaitTermination(120)
streamed = spark.read.parquet(sys.argv[2] + "/p").where("not _deleted").count()
print(json.dumps({"batch": sorted(row["id"] for row in rows), "stream": streamed}))
spark.stop()
"""


@pytest.mark.parametrize("how", ["registered", "connect", "found", "bare"])
def test_reading_and_streaming(how, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("hubspot", records={"contacts": 150}, seed=2)
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYSPARK_PYTHON": sys.executable, "SPARK_TESTING": "1"}
    import json

    done = subprocess.run(
        [sys.executable, "-c", READ, how, str(tmp_path / "work")],
        input=json.dumps({**mock.options, "lag_seconds": "0"}),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    truth = sorted(one["id"] for one in mock.rows("contacts"))
    assert told["batch"] == truth
    assert told["stream"] == len(truth)
