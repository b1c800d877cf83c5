"""The single file: the same each time, whole, and at work where neither driver nor workers have the package."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lakeflow_sources.deploy.single_source import REQUIREMENTS, build_source, source_name, write_source
from lakeflow_sources.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
# Every process inherits this folder on its path, the workers too: none of them can import the package.
BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("lakeflow_sources", "sources") or name.startswith("pyspark_"):
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Blocked())
"""
READ = """
import json, sys
from pyspark.sql import SparkSession

how, path, folder = sys.argv[1:]
options = json.loads(sys.stdin.read())
builder = SparkSession.builder.config("spark.ui.enabled", "false").config("spark.sql.warehouse.dir", folder)
spark = (builder.remote("local[2]") if how == "connect" else builder.master("local[2]")).getOrCreate()
exec(open(path).read())
register_lakeflow_source(spark)
register_lakeflow_source(spark)
frame = spark.read.format("hubspot").options(**options).load("contacts")
rows = frame.select("id").collect()
stream = (
    spark.readStream.format("hubspot").options(**options).option("tableName", "contacts").load().select("id", "_deleted")
    .writeStream.format("parquet").option("checkpointLocation", folder + "/c").option("path", folder + "/p")
    .trigger(availableNow=True).start()
)
assert stream.awaitTermination(180)
streamed = spark.read.parquet(folder + "/p").where("not _deleted").count()
print(json.dumps({"batch": sorted(row["id"] for row in rows), "stream": streamed}))
spark.stop()
"""


def run(code, *arguments, text="", cwd=None):
    environment = {**os.environ, "PYTHONPATH": str(cwd), "PYSPARK_PYTHON": sys.executable, "SPARK_TESTING": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        input=text, env=environment, capture_output=True, text=True, timeout=400, cwd=cwd, check=False,
    )  # fmt: skip


@pytest.mark.spark
@pytest.mark.parametrize("how", ["classic", "connect"])
def test_it_reads_and_streams_where_nobody_has_the_package(how, lakeflow_mock, tmp_path):
    mock = lakeflow_mock("hubspot", records={"contacts": 120}, seed=4)
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    path = write_source("hubspot", tmp_path / "hubspot.py")
    options = json.dumps({**mock.options, "lag_seconds": "0"})
    done = run(READ, how, path, tmp_path / "work", text=options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    truth = sorted(one["id"] for one in mock.rows("contacts"))
    assert told == {"batch": truth, "stream": len(truth)}


def test_the_same_code_gives_the_same_file_in_every_process(tmp_path):
    code = "import sys; from lakeflow_sources.deploy.single_source import write_source; write_source('hubspot', __import__('pathlib').Path(sys.argv[1]))"
    texts = []
    for seed in ("1", "2"):
        path = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=True, cwd=ROOT)
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]
    assert texts[0].isascii()
    assert str(ROOT).encode() not in texts[0]


def test_it_holds_what_it_imports_and_neither_mocks_nor_tools():
    source = build_source("hubspot")
    tree = ast.parse(source.text)
    (texts,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_TEXTS"
    )
    assert texts["lakeflow_sources.errors"] == (ROOT / "lakeflow_sources" / "errors.py").read_text("utf-8")
    assert texts["lakeflow_sources.sources.hubspot.faults"] == (ROOT / "sources/hubspot/faults.py").read_text("utf-8")
    unwanted = ("mock", "deploy", "testing", "cli", "local")
    assert not [name for name in texts if set(name.split(".")) & set(unwanted)]
    assert not [name for name in texts if name.startswith("lakeflow_sources.sources.") and ".hubspot" not in name]


def test_it_names_its_libraries_as_the_package_does():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(REQUIREMENTS.values()) <= set(project["dependencies"])
    source = build_source("hubspot")
    assert {"orjson>=3.9", "requests>=2.32", "pyarrow>=15"} <= set(source.libraries)
    assert not [line for line in source.libraries if line.startswith(("pyspark", "databricks"))]
    for line in source.libraries:
        assert f"#     {line}\n" in source.text


def test_a_missing_library_is_named_with_what_to_install(tmp_path):
    path = write_source("hubspot", tmp_path / "hubspot.py")
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    code = (
        "import importlib.util as u, sys\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name in ('orjson', 'authlib') else found(name, *rest)\n"
        "exec(open(sys.argv[1]).read())\n"
        "try:\n    register_lakeflow_source(None)\n"
        "except ImportError as error:\n    print(error)\n"
    )
    done = run(code, path, cwd=tmp_path)
    assert done.stdout.strip() == (
        "The connector hubspot needs libraries that are not installed here: "
        "run %pip install 'authlib>=1.3.1' 'orjson>=3.9', or name them in the environment of the pipeline."
    ), done.stderr


def test_an_installed_package_stays_what_the_driver_has(tmp_path):
    path = write_source("hubspot", tmp_path / "hubspot.py")
    code = (
        "import sys, types, lakeflow_sources\n"
        "exec(open(sys.argv[1]).read())\n"
        "made = []\n"
        "session = types.SimpleNamespace(dataSource=types.SimpleNamespace(register=made.append))\n"
        "register_lakeflow_source(session)\n"
        "assert made[0].name() == 'hubspot'\n"
        "assert made[0].made.source.__mro__[1].__init__.__code__.co_filename.startswith('<single file>')\n"
        "assert sys.modules['lakeflow_sources'] is lakeflow_sources\n"
        "import lakeflow_sources.deploy.slug\n"
        "print('whole')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.strip() == "whole", done.stderr


def test_an_unknown_connector_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ConfigurationError, match="hubspt"):
        write_source("hubspt", tmp_path / "out.py")
    assert not list(tmp_path.iterdir())
    assert source_name("hubspot") == "_generated_hubspot_python_source.py"
