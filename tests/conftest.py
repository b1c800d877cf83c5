"""Fixtures of all tests: one Spark session, mocks in processes of their own."""

import os
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import settings

from tests.proof.tally import pytest_terminal_summary, tally  # noqa: F401 (a hook and a fixture of all tests)

os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
for _name in [name for name in os.environ if name.startswith(("LAKEFLOW_", "DATABRICKS_"))]:
    del os.environ[_name]

settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("proof", deadline=None, max_examples=1_000)
settings.load_profile("default")

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption(
        "--spark-mode", choices=("classic", "connect"), default="classic", help="kind of the Spark session"
    )


def pytest_collection_modifyitems(config, items):
    """With Connect only the tests that share its session: the others choose for themselves and have been run."""
    if config.getoption("--spark-mode") == "connect":
        others = [item for item in items if "spark" not in item.fixturenames]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if "spark" in item.fixturenames]


@pytest.fixture(scope="session")
def spark(tmp_path_factory, pytestconfig):
    """A Spark session with every connector registered."""
    from pyspark.sql import SparkSession

    import lakeflow_sources

    home = tmp_path_factory.mktemp("spark")
    connect = pytestconfig.getoption("--spark-mode") == "connect"
    builder = SparkSession.builder.remote("local[2]") if connect else SparkSession.builder.master("local[2]")
    builder = (
        builder.appName("lakeflow-sources tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={home}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.python.authenticate.socketTimeout", "120s")  # noisy machines start workers slowly
        .config("spark.log.level", "OFF")
    )
    with warnings.catch_warnings():
        if connect:  # its server is started with them, and then asked to change them, which it may not
            warnings.filterwarnings("ignore", message="Failed to set")
        session = builder.getOrCreate()
    lakeflow_sources.register(session)
    yield session
    session.stop()
