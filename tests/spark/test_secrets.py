"""Every credential of every connector is used, right and wrong, and nothing that Spark or we write shows one."""

import gzip
import importlib
import json
import os
import re
import subprocess
import sys

import pytest

from lakeflow_sources.redact import SECRET_NAME
from lakeflow_sources.registry import connector_names

pytestmark = pytest.mark.spark

TABLES = {
    "github": ("issues", {"issues": 6}, {"repositories": "octo-labs/hello-world"}),
    "hubspot": ("contacts", {"contacts": 20}, {}),
    "osipi": ("recorded_values", {"points": 4, "burst": 20}, {"page_size": "1000"}),
    "salesforce": ("Account", {"Account": 20}, {}),
    "zendesk": ("tickets", {"tickets": 20}, {}),
    "zoho_crm": ("Leads", {"Leads": 20}, {}),
}
MOCKS = {"osipi": {"days": 1}}
RUN = """
import json, logging, sys
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("py4j").setLevel(logging.INFO)  # it logs what a driver hands to the JVM
from pyspark.sql import SparkSession
import lakeflow_sources

home, asked = sys.argv[1], json.loads(sys.stdin.read())
spark = (
    SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    .config("spark.eventLog.enabled", "true").config("spark.eventLog.dir", "file://" + home + "/events")
    .config("spark.sql.warehouse.dir", home + "/warehouse").getOrCreate()
)
lakeflow_sources.register(spark)

def said(do):
    try:
        return do()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def batch(one):
    frame = spark.read.format(one["name"]).options(**one["options"]).load(one["table"])
    frame.explain(True)
    return frame.count()

def stream(one):
    query = (
        spark.readStream.format(one["name"]).options(**one["options"]).load(one["table"])
        .writeStream.format("noop").option("checkpointLocation", home + "/checkpoints/" + one["name"])
        .trigger(availableNow=True).start()
    )
    query.awaitTermination(120)
    assert query.exception() is None, query.exception()
    with open(home + "/progress-" + one["name"], "w") as file:
        file.write("\\n".join([str(query.lastProgress), *(told.json for told in query.recentProgress)]))
    return sum(json.loads(one.json)["numInputRows"] for one in query.recentProgress)

with open(home + "/said.json", "w") as file:
    json.dump([[said(lambda: batch(one)), said(lambda: stream(one)) if one["stream"] else 0] for one in asked], file)
spark.stop()
"""


def contents(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_every_connector_is_here():
    assert set(TABLES) == {name for name in connector_names() if name != "http"}


def calls(mock, name, ways):
    """Reads with right and wrong credentials, and every text that must never be seen."""
    table, _, options = TABLES[name]
    fixed = {"name": name, "table": table}
    planted = set()
    for number, way in enumerate(ways):
        signs = mock.sign_in(way)
        secrets = {key: value for key, value in signs.items() if SECRET_NAME.search(key)}
        planted |= {line for value in secrets.values() for part in value.split(",") for line in part.splitlines()}
        yield {**fixed, "options": {**signs, **options}, "stream": number == 0, "right": True}, planted
        if number == 0:
            wrong = {key: f"wrong-and-planted-{key}" for key in secrets if key != "private_key_secret"}
            planted |= set(wrong.values())
            yield {**fixed, "options": {**signs, **wrong, **options}, "stream": False, "right": False}, planted


def scan(lakeflow_mock, folder, ways_of):
    asked, planted, prefixes = [], set(), set()
    for name, (_, records, _) in TABLES.items():
        mock = lakeflow_mock(name, records=records, seed=7, **MOCKS.get(name, {}))
        prefixes.add(importlib.import_module(f"lakeflow_sources.sources.{name}.mock").MOCK.token_prefix)
        for call, secrets in calls(mock, name, ways_of(mock)):
            call["options"] |= {"log_requests": "true", "max_retries": "1", "requests_per_second": "2000"}
            asked.append(call)
            planted |= secrets
    (folder / "events").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)],
        input=json.dumps(asked),
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads((folder / "said.json").read_text())
    for one, (rows, streamed) in zip(asked, said, strict=True):
        assert isinstance(rows, int) is one["right"], (one["name"], rows, one["options"].keys())
        assert isinstance(streamed, int), streamed
        assert not one["right"] or rows > 0, one["name"]
        assert not one["stream"] or streamed > 0, one["name"]
    files = [*contents(folder), ("output", done.stdout.encode()), ("log", done.stderr.encode())]
    assert {path.relative_to(folder).parts[0] for path, _ in files[:-2]} >= {"events", "checkpoints"}
    assert b"GET /" in done.stderr.encode(), "no request was logged"
    issued = re.compile(rb"(?:%s)-[\w-]*[0-9a-f]{32}" % b"|".join(re.escape(one.encode()) for one in prefixes))
    for path, data in files:
        shown = [one for one in planted if len(one) > 5 and one.encode() in data]
        assert not shown, f"{path}: {shown}"
        assert not issued.search(data), f"{path}: {issued.search(data)}"


def test_no_credential_in_anything_that_is_written(lakeflow_mock, tmp_path):
    scan(lakeflow_mock, tmp_path, lambda mock: mock.ways[:1])


@pytest.mark.proof
def test_no_credential_of_any_way_to_sign_in(lakeflow_mock, tmp_path):
    scan(lakeflow_mock, tmp_path, lambda mock: mock.ways)
