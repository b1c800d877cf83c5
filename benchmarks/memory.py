"""Peak memory of the Spark workers while they read a million contacts, beside a worker that reads nothing.

python benchmarks/memory.py [--contacts 1000000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from pathlib import Path

os.environ["PYSPARK_PYTHON"] = sys.executable
PAGE = os.sysconf("SC_PAGE_SIZE")
LIMIT_MB = 300


def workers(parent):
    """Process ids of the Python workers below *parent*."""
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [parent]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            waiting.append(child)
            try:
                command = (Path("/proc") / str(child) / "cmdline").read_bytes()
            except OSError:
                continue
            if b"pyspark.daemon" in command:
                found.append(child)
    return found


class Watch(threading.Thread):
    """Highest resident size that any worker reaches, looked at ten times a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self._ended = 0, threading.Event()

    def run(self):
        while not self._ended.wait(0.1):
            for worker in workers(os.getpid()):
                try:
                    pages = int((Path("/proc") / str(worker) / "statm").read_text().split()[1])
                except OSError:
                    continue
                self.peak = max(self.peak, pages * PAGE)

    def end(self):
        self._ended.set()
        self.join()
        return self.peak / 2**20


def measured(work):
    watch = Watch()
    watch.start()
    begin = time.monotonic()
    rows = work()
    return {"rows": rows, "seconds": round(time.monotonic() - begin, 1), "peak_mb": round(watch.end(), 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    from pyspark.sql import SparkSession

    import lakeflow_sources
    from lakeflow_sources.testing import mock_server

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    lakeflow_sources.register(spark, "hubspot")

    def read(server):
        frame = (
            spark.read.format("hubspot")
            .options(**server.options, requests_per_second="10000", search_requests_per_second="10000", parallelism="1")
            .load("contacts")
        )
        return frame.selectExpr(
            "count(*) AS rows", "count(distinct id) AS ids", "max(length(email)) AS longest"
        ).first()

    results = {}
    for name, count in (("empty", 0), ("tenth", arguments.contacts // 10), ("whole", arguments.contacts)):
        with mock_server("hubspot", records={"contacts": count}, seed=1) as server:
            result = measured(lambda server=server: read(server))
        found = result["rows"]
        assert found["rows"] == found["ids"] == count, f"{found} instead of {count}"
        results[name] = {**result, "rows": count}
        print(f"{count:>9,} contacts: {result['seconds']:>6} s, peak of a worker {result['peak_mb']:>6} MB", flush=True)
    spark.stop()
    above = results["whole"]["peak_mb"] - results["empty"]["peak_mb"]
    growth = results["whole"]["peak_mb"] - results["tenth"]["peak_mb"]
    print(f"above an empty worker: {above:.0f} MB (limit {LIMIT_MB}); from a tenth to the whole: {growth:+.0f} MB")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    sys.exit(above > LIMIT_MB)


if __name__ == "__main__":
    main()
