"""Looking at an account needs no Java and no pyspark, and the command line starts without either."""

import os
import subprocess
import sys

import pytest

from lakeflow_sources.testing import mock_server

WITHOUT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pyspark", "databricks", "py4j", "pandas"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
from lakeflow_sources.cli import main
sys.argv = ["lakeflow-sources", *sys.argv[1:]]
main()
"""


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 30}, seed=13) as server:
        yield server


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "hubspot"),
        ("preview", "hubspot", "contacts"),
        ("plan", "hubspot", "contacts"),
        ("schema", "hubspot", "contacts"),
        ("tables", "hubspot"),
        ("connectors",),
    ],
)
def test_it_runs_where_neither_pyspark_nor_java_nor_the_sdk_is(mock, arguments):
    environment = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "SPARK_HOME")}
    environment |= {f"LAKEFLOW_HUBSPOT_{name.upper()}": value for name, value in mock.options.items()}
    environment["PATH"] = os.path.dirname(sys.executable)  # noqa: PTH120
    command = [sys.executable, "-c", WITHOUT, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
