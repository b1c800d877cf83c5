"""Fixtures of all tests: one Spark session, mocks in processes of their own."""

import os
import sys
from pathlib import Path

import pytest

os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
for _name in [name for name in os.environ if name.startswith(("LAKEFLOW_", "DATABRICKS_"))]:
    del os.environ[_name]

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A classic Spark session with every connector registered."""
    from pyspark.sql import SparkSession

    import lakeflow_sources

    home = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .appName("lakeflow-sources tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={home}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.python.authenticate.socketTimeout", "120s")  # noisy machines start workers slowly
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    lakeflow_sources.register(session)
    yield session
    session.stop()
