"""Imports point down only, and workers need neither pyspark nor the SDK to import the runtime."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lakeflow_sources"

LAYERS = (
    ("errors", "redact", "java", "logs", "heap"),
    ("http", "types"),
    ("declare", "fields", "options"),
    ("plan", "belt", "crew", "convert", "spelling", "json_columns", "drift", "decode", "fetch", "connect", "summary"),
    ("registry", "discover", "read", "probe", "sources", "declaration"),
    ("deploy", "testing", "spark", "local"),
    ("new",),
    ("cli",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
ONLY_SPARK = ("spark", "local", "testing")  # the latter two start it for the user; they are no part of the runtime
EXPORTED = {"fields"}  # a function that is called as its module is
PUBLIC = {"lakeflow_sources", "lakeflow_sources.declaration", "lakeflow_sources.http"}


def imported(path):
    """Modules that a file imports, at its top or inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
            if node.module == "lakeflow_sources":
                modules = {alias.name for alias in node.names} & set(LEVEL) - EXPORTED
                yield from (f"lakeflow_sources.{name}" for name in modules)


def modules():
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def part_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    own = LEVEL[part_of(path)]
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "lakeflow_sources" and len(parts) > 1:
            assert LEVEL[parts[1]] <= own, f"{path.relative_to(ROOT)} imports {name}, which lies above it"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_spark_folder_imports_pyspark(path):
    if part_of(path) not in ONLY_SPARK:
        assert not [name for name in imported(path) if name.split(".")[0] == "pyspark"]


CONNECTORS = [
    path for path in sorted((ROOT / "sources").glob("*/**/*.py")) if "mock" not in str(path.relative_to(ROOT))
]


@pytest.mark.parametrize("path", CONNECTORS, ids=lambda path: str(path.relative_to(ROOT)))
def test_connectors_use_public_names_only(path):
    for name in imported(path):
        if name.split(".")[0] == "lakeflow_sources":
            assert name in PUBLIC, f"{path.relative_to(ROOT)} imports {name}"


def test_the_runtime_imports_without_pyspark_and_the_sdk():
    code = (
        "import sys; sys.modules['pyspark'] = sys.modules['databricks'] = None\n"
        "import lakeflow_sources, lakeflow_sources.read, lakeflow_sources.registry as r\n"
        "[r.connector(name) for name in r.connector_names()]\n"
        "heavy = {'authlib', 'jinja2', 'yaml', 'typer', 'rich', 'aiohttp', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


WORKER = """
import importlib, sys
import pyarrow, pyspark.cloudpickle, pyspark.sql.datasource, pyspark.sql.types
for name in sys.argv[1].split():
    importlib.import_module(name)
before = set(sys.modules)
import lakeflow_sources.read, lakeflow_sources.connect
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
vendor = connector("hubspot")
settings = check_options(vendor, {"access_token": "secret-token"})
lakeflow_sources.connect.connect(vendor, settings).sign_in()
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))
"""


def test_a_worker_that_reads_with_a_token_imports_http_and_json_and_nothing_else():
    brought = "pyarrow.compute requests"
    found = subprocess.run(
        [sys.executable, "-c", WORKER, brought], check=True, cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    assert set(found) <= {
        "_lakeflow_sources_process",
        "lakeflow_sources",
        "msgspec",
        "orjson",
        "tenacity",
        "typing_extensions",
    }


LATER = ("requests", "urllib3", "charset_normalizer", "pyarrow.compute", "authlib", "importlib.metadata")


def test_a_planner_imports_no_library_before_it_calls_or_decodes():
    """Each new Python worker pays for what is imported: half of it was for calls that a planner may never make."""
    code = (
        "import sys, pyspark.sql.datasource, pyarrow\n"
        "before = set(sys.modules)\n"
        "import lakeflow_sources.spark.source, lakeflow_sources.sources.hubspot\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "lakeflow_sources.sources.hubspot" in done.stdout.split()
    assert not set(LATER) & set(done.stdout.split())
