"""Recognisable secrets in every credential option, and nothing that Spark writes shows them."""

import gzip
import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.proof]

RUN = """
import json, logging, sys
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("py4j").setLevel(logging.INFO)  # it logs what a driver hands to the JVM
from pyspark.sql import SparkSession
import lakeflow_sources

home, options = sys.argv[1], json.loads(sys.stdin.read())
spark = (
    SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    .config("spark.eventLog.enabled", "true").config("spark.eventLog.dir", "file://" + home + "/events")
    .config("spark.eventLog.compress", "false").config("spark.sql.warehouse.dir", home + "/warehouse").getOrCreate()
)
lakeflow_sources.register(spark, "hubspot")
for given in options:
    reader = spark.read.format("hubspot").options(log_requests="true", **given)
    try:
        frame = reader.load("contacts")
        frame.explain(True)
        print(frame.count())
    except Exception as error:
        print(error)
    try:
        query = (
            spark.readStream.format("hubspot").options(log_requests="true", **given).option("tableName", "contacts").load()
            .writeStream.format("noop").option("checkpointLocation", home + "/checkpoint")
            .trigger(availableNow=True).start()
        )
        query.awaitTermination(60)
        print(json.dumps([json.loads(one.json) for one in query.recentProgress]))
    except Exception as error:
        print(error)
spark.stop()
"""


def contents(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_no_secret_in_anything_that_is_written(lakeflow_mock, tmp_path):
    planted = {
        "access_token": "pat-na1-PLANTED-access-token",
        "client_secret": "PLANTED-client-secret",
        "refresh_token": "PLANTED-refresh-token",
    }
    mock = lakeflow_mock("hubspot", records={"contacts": 120}, seed=7, client_id="PLANTED-id", **planted)
    (tmp_path / "events").mkdir()
    good = {"base_url": mock.url}
    oauth = {**mock.sign_in("refresh_token")}
    wrong = {**good, "access_token": "pat-na1-PLANTED-wrong-token"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        input=json.dumps([{**good, "access_token": planted["access_token"]}, oauth, wrong]),
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\n120\n") + done.stdout.startswith("120\n") >= 2, done.stdout[-2000:]
    assert "401" in done.stdout
    secrets = (*planted.values(), "PLANTED-wrong-token")
    for secret in secrets:
        assert secret not in done.stdout
        assert secret not in done.stderr
    files = list(contents(tmp_path))
    assert any("events" in str(path) for path, _ in files)
    for path, data in files:
        for secret in secrets:
            assert secret.encode() not in data, path
