"""A Spark driver in a process of its own, which a test may kill: one available-now run for each line of its input.

What it says, a line each: `ready`, then `done` or `failed` for each run. Rows of a batch go into a file once.
"""

import json
import os
import sys
from pathlib import Path

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql import SparkSession

from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from tests.proof import simulated


def session(home, master):
    found = (
        SparkSession.builder.master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.python.authenticate.socketTimeout", "120s")
        .getOrCreate()
    )
    found.sparkContext.setLogLevel("OFF")
    return found


def keep(folder):
    def write(frame, number):
        path = folder / f"{number:06}.arrow"
        table = frame.toArrow()
        if path.exists():
            return
        part = path.with_suffix(".part")
        with pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        part.rename(path)

    return write


def run(spark, asked, home):
    source = spark.readStream.format(asked["format"]).options(**asked["options"]).load()
    query = (
        source.writeStream.foreachBatch(keep(home / "rows"))
        .option("checkpointLocation", str(home / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()


def main():
    asked = json.loads(sys.stdin.readline())
    home = Path(asked["home"])
    (home / "rows").mkdir(exist_ok=True)
    spark = session(home, asked["master"])
    cloudpickle.register_pickle_by_value(simulated)
    clock = simulated.SimulatedTime.__new__(simulated.SimulatedTime)
    clock.path = home / "now"
    spark.dataSource.register(data_source(connector(asked["format"]), clock.clock()))
    print("ready", flush=True)  # noqa: T201
    for _ in sys.stdin:
        try:
            run(spark, asked, home)
            said = "done"
        except Exception as error:  # noqa: BLE001 (the test that reads the line judges it)
            said = "failed " + str(error).splitlines()[0][:300]
        print(said, flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main()
