"""Spark as the benchmarks use it, and a read measured in it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Run
from benchmarks.workers import cpu_seconds

__all__ = ["spark_session", "written"]

_ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def spark_session(*sources: type) -> Iterator[object]:
    """Two task slots, every connector, and plain *sources*, which workers import from this checkout."""
    os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
    paths = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    from pyspark.sql import SparkSession

    import lakeflow_sources

    given = SparkSession.getActiveSession()  # that of a test, which others still need
    with tempfile.TemporaryDirectory() as home:
        spark = given or _new_session(home)
        lakeflow_sources.register(spark)
        for source in sources:
            spark.dataSource.register(source)
        try:
            yield spark
        finally:
            if given is None:
                spark.stop()


def _new_session(home: str):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.warehouse.dir", home)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def written(load: Callable[[], object]) -> Run:
    """The frame that *load* gives, planned, read and dropped; the processor time is that of the workers."""
    from pyspark.sql import Observation, functions

    cpu, began = cpu_seconds(), time.perf_counter()
    seen = Observation()
    counted = load().observe(seen, functions.count(functions.lit(1)).alias("rows"))
    counted.write.format("noop").mode("overwrite").save()
    rows = seen.get["rows"]
    return Run(rows, time.perf_counter() - began, cpu_seconds() - cpu)
