"""Values a second on one core, from the bytes of a set of streams to rows: Arrow's columns beside tuples of Python.

python benchmarks/osipi_values.py [--streams 10] [--events 5000] [--rounds 9] [--json FILE]

Both ways end where Spark's worker hands batches to the JVM: what a data source yields goes through the worker's own
function, which passes batches on and makes batches of tuples.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pyarrow as pa
from pyspark.sql.datasource import DataSource
from pyspark.sql.worker.plan_data_source_read import records_to_arrow_batches

from lakeflow_sources.sources.osipi.answers import read_fast
from lakeflow_sources.sources.osipi.values import COLUMNS
from lakeflow_sources.spark.schema import struct_type

NAMES = [column.name for column in COLUMNS]
BATCH = 10_000  # tuples that Spark puts into one batch
STATE = {"Name": "I/O Timeout", "Value": 246, "IsSystem": True}
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


def answer(streams, events):
    """The body of an answer; one value of fifty is a system state, and times have seven digits."""
    chance = random.Random(7)

    def event(number):
        moment = (BEGIN + timedelta(milliseconds=1371 * number)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        good = number % 50 > 0
        flags = {"Good": good, "Questionable": False, "Substituted": False, "Annotated": False}
        value = round(chance.uniform(-500, 500), 4) if good else STATE
        return {"Timestamp": f"{moment}2Z", "UnitsAbbreviation": "°C", **flags, "Value": value}

    items = [
        {
            "WebId": f"F1DPbench{number:06d}",
            "Name": f"TAG{number}",
            "Path": f"\\\\PISRV1\\TAG{number}",
            "Items": [event(k) for k in range(events)],
        }
        for number in range(streams)
    ]
    return orjson.dumps({"Links": {}, "Items": items})


class Source(DataSource):
    """Only its name is asked for."""


def handed_over(rows):
    """What Spark's worker makes of what a data source yields."""
    return list(records_to_arrow_batches(iter(rows), BATCH, struct_type(COLUMNS), Source({})))


def as_batch(body):
    """Without a Python object per value."""
    return [read_fast(body, integer=False).batch.select(NAMES)]


def tuples(parse):
    """With a tuple per value."""

    def read(body):
        rows = []
        for stream in parse(body)["Items"]:
            webid, name, path = stream["WebId"], stream["Name"], stream["Path"]
            for event in stream["Items"]:
                value = event["Value"]
                double = code = state = system = None
                if isinstance(value, dict):
                    code, state, system = value["Value"], value["Name"], value["IsSystem"]
                else:
                    double = float(value)
                moment = datetime.fromisoformat(event["Timestamp"])
                flags = (event["Good"], event["Questionable"], event["Substituted"], event["Annotated"])
                rows.append(
                    (
                        webid,
                        name,
                        path,
                        moment,
                        double,
                        None,
                        None,
                        code,
                        state,
                        system,
                        *flags,
                        event["UnitsAbbreviation"],
                    )
                )
        return rows

    return read


def measure(ways, body, count, rounds):
    """The best rate of each way, as other programs only ever add time; the ways take turns."""
    seconds = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            began = time.process_time()
            handed_over(read(body))
            seconds[name].append(time.process_time() - began)
    return {name: count / min(times) for name, times in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=10)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    pa.set_cpu_count(1)
    body = answer(given.streams, given.events)
    ways = {"Arrow": as_batch, "tuples, orjson": tuples(orjson.loads), "tuples, json": tuples(json.loads)}
    assert pa.Table.from_batches(handed_over(as_batch(body))) == pa.Table.from_batches(
        handed_over(ways["tuples, orjson"](body))
    )
    rates = measure(ways, body, given.streams * given.events, given.rounds)
    for name, rate in rates.items():
        print(f"{name:15} {rate:12,.0f} values/s  {rates['Arrow'] / rate:5.1f} x")
    if given.json:
        given.json.write_text(json.dumps(rates, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
