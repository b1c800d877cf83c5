"""A connector of another distribution has all that built-in ones have: format, commands, generator, mock, single file."""

import json
import subprocess
import sys

import pytest

from tests.new.folders import command, environment, installed, made
from tests.spark.old import needs_pipelines
from tests.spark.test_registration import BLOCK

STYLES = ("yaml", "python")
SPARK = """
import json, os, sys
from pyspark.sql import SparkSession

how, options = sys.argv[1], json.loads(sys.stdin.read())
if how == "bare":
    import lakeflow_sources
    import lakeflow_sources.spark
    from lakeflow_sources.registry import connector
    connector("acme")
    os.environ["BLOCK_ACME"] = "1"  # for every process from here on, not for this one
spark = (
    SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    .config("spark.python.authenticate.socketTimeout", "120s")  # noisy machines start workers slowly
    .config("spark.sql.warehouse.dir", sys.argv[2]).getOrCreate()
)
if how == "file":
    exec(open(sys.argv[3], encoding="utf-8").read())
    register_lakeflow_source(spark)
elif how == "bare":
    lakeflow_sources.register(spark, "acme")
rows = spark.read.format("acme").options(**options).load("tasks").collect()
stream = (
    spark.readStream.format("acme").options(**options).option("tableName", "projects").load()
    .writeStream.format("parquet").option("checkpointLocation", sys.argv[2] + "/c").option("path", sys.argv[2] + "/p")
    .trigger(availableNow=True).start()
)
assert stream.awaitTermination(120)
streamed = spark.read.parquet(sys.argv[2] + "/p").collect()
print(json.dumps([sorted(row["id"] for row in rows), sorted(row["name"] for row in streamed)]))
spark.stop()
"""
PLUGIN = """
def test_the_mock_is_there_by_name(lakeflow_mock):
    mock = lakeflow_mock("acme")
    assert mock.tables() == ["projects", "tasks"]
    assert len(mock.rows("tasks")) == 15
"""


@pytest.fixture(scope="module", params=STYLES)
def target(request, tmp_path_factory):
    place = tmp_path_factory.mktemp(request.param)
    return installed(made(place, "acme", request.param), place / "installed")


@pytest.fixture
def mock(target, monkeypatch, lakeflow_mock):
    monkeypatch.syspath_prepend(target)
    return lakeflow_mock("acme")


@pytest.fixture
def shell(target, mock):
    """Commands of an account at the mock."""
    options = {f"LAKEFLOW_ACME_{name.upper()}": value for name, value in mock.options.items()}

    def run(*words):
        done = command(*words, env=environment(target, **options))
        assert done.returncode == 0, done.stderr
        assert mock.token not in done.stdout + done.stderr
        return done.stdout

    return run


def test_commands(shell, mock):
    assert "acme" in [one["name"] for one in json.loads(shell("connectors", "--json"))]
    tables = {one["name"]: one for one in json.loads(shell("tables", "acme", "--json"))}
    assert tables["projects"]["ingestion_type"] == "cdc"
    assert tables["projects"]["cursor_field"] == "updated_at"
    assert [one["name"] for one in json.loads(shell("schema", "acme", "tasks", "--json"))][:2] == ["project_id", "id"]
    assert f"signed in at {mock.url}" in shell("check", "acme")
    rows = json.loads(shell("preview", "acme", "projects", "-n", "100", "--json"))
    assert [row["owner_email"] for row in rows] == [one["owner"]["email"] for one in mock.rows("projects")]
    assert "5" in shell("plan", "acme", "tasks")


def test_the_mock_is_served_by_name(target, tmp_path):
    server = subprocess.Popen(
        [sys.executable, "-m", "lakeflow_sources.cli", "mock-server", "acme", "--json"],
        env=environment(target, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        text = ""
        while not text.rstrip().endswith("]"):
            text += server.stdout.readline()
        assert json.loads(text)[0]["options"]["base_url"].endswith("/v1")
    finally:
        server.terminate()
        server.communicate(timeout=20)
    (tmp_path / "test_it.py").write_text(PLUGIN)
    plugin = ["-p", "lakeflow_sources.testing.plugin", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, str(tmp_path)],
        env={**environment(target), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "1 passed" in ran.stdout, ran.stdout


@pytest.mark.spark
@pytest.mark.parametrize("how", [pytest.param("found", marks=pytest.mark.proof), "bare", "file"])
def test_spark_reads_it_on_driver_and_workers(target, mock, tmp_path, how):
    blocked = BLOCK.replace("BLOCK_LAKEFLOW", "BLOCK_ACME").replace("pyspark_hubspot", "lakeflow_acme")
    (tmp_path / "sitecustomize.py").write_text(blocked)
    single = tmp_path / "single.py"
    if how == "file":
        done = command("build-source", "acme", "-o", single, env=environment(target))
        assert done.returncode == 0, done.stderr
    folders = (tmp_path,) if how == "file" else (tmp_path, target)
    done = subprocess.run(
        [sys.executable, "-c", SPARK, how, str(tmp_path / "work"), str(single)],
        input=json.dumps(mock.options),
        env=environment(*folders, PYSPARK_PYTHON=sys.executable),
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    tasks, projects = json.loads(done.stdout.splitlines()[-1])
    assert tasks == list(range(1, 16))
    assert projects == sorted(one["name"] for one in mock.rows("projects"))


@needs_pipelines
@pytest.mark.spark
def test_its_generated_notebook_runs_locally(target, mock, tmp_path):
    (tmp_path / "acme.csv").write_text(
        "source_table,pipeline_group,destination_schema\nprojects,all,acme\ntasks,all,acme\n"
    )
    config = {
        "secrets_scope": "acme",
        "secret_mappings": {"access_token": "token"},
        "static_options": {"base_url": mock.options["base_url"]},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    secrets = tmp_path / "scopes.toml"
    secrets.touch(0o600)
    secrets.write_text(f'[acme]\ntoken = "{mock.token}"\n')
    seen = environment(target, PYSPARK_PYTHON=sys.executable)
    done = command(
        *("generate-notebooks", "--connector-name", "acme", "--input-csv", "acme.csv", "--output-dir", "notebooks"),
        *("--connector-config", "config.json", "--generate-all-groups"),
        env=seen,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    done = command("run-local", "notebooks", "--secrets-file", "scopes.toml", "--json", env=seen, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {one["table"].rpartition(".")[2].strip("`"): one["rows"] for one in json.loads(done.stdout)}
    assert rows == {"projects": 5, "tasks": 15}
