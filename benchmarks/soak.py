"""Hundreds of micro-batches and thousands of partitions with one call in a hundred gone wrong: what is left behind.

`make soak`, or `python -m benchmarks.soak --batches 300`. A stream that never ends reads an account that is changed
between its batches; then one read of thousands of partitions. Looked at as it goes: the memory of driver and Python
workers, their threads, sockets and open files, and the files in the folder that the processes share.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import psutil

from benchmarks.session import spark_session
from lakeflow_sources.http.machine import folder
from lakeflow_sources.testing import MockServer, mock_server

FAULTS = ({"kind": "503", "retry_after": 0}, {"kind": "429", "retry_after": 0}, {"kind": "drop"}, {"kind": "truncate"})
RATE = 0.01 / len(FAULTS)
FAST = {"requests_per_second": "5000", "search_requests_per_second": "5000", "lag_seconds": "0"}
GROWTH_MB = 40.0
"""Megabytes by which a process may grow in the second half of a run: caches of Spark fill up slowly."""
SPARE = 4
"""Threads, sockets and files more or less, by the moment at which they are counted."""


@dataclass(frozen=True)
class Look:
    """What the Python processes hold at one moment."""

    batches: int
    driver_mb: float
    worker_mb: float
    workers: int
    threads: int
    sockets: int
    files: int
    shared_files: int

    def __str__(self) -> str:
        return " ".join(f"{round(getattr(self, one.name)):>{len(one.name)}}" for one in fields(self))


HEADER = " ".join(one.name for one in fields(Look))


def look(batches: int) -> Look:
    """The largest worker, and sums over driver and workers."""
    own = psutil.Process()
    workers = [one for one in own.children(recursive=True) if _is_worker(one)]
    every = [own, *workers]
    home = folder()
    return Look(
        batches,
        own.memory_info().rss / 2**20,
        max((one.memory_info().rss / 2**20 for one in workers), default=0.0),
        len(workers),
        sum(one.num_threads() for one in every),
        sum(len(one.net_connections("inet")) for one in every),
        sum(one.num_fds() for one in every),
        sum(1 for _ in home.iterdir()) if home else 0,
    )


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("pyspark.daemon" in part for part in process.cmdline())
    except psutil.Error:
        return False


def stream(spark, mock: MockServer, batches: int, checkpoint: Path) -> list[Look]:
    """Micro-batches one after the other until there were *batches* of them; each brings what was just changed."""
    looks, seen, ended = [], [0, 0], threading.Event()

    def count(frame, number: int) -> None:
        seen[0], seen[1] = number + 1, seen[1] + frame.count()
        if number % max(1, batches // 10) == 0:
            looks.append(look(number))
            print(looks[-1], flush=True)
        mock.write("change", object_type="contacts", count=40, same_time=True)
        if number + 1 >= batches:
            ended.set()

    source = spark.readStream.format("hubspot").options(**mock.options, **FAST, tableName="contacts", page_size="20")
    writer = source.load().writeStream.foreachBatch(count).option("checkpointLocation", str(checkpoint))
    query = writer.trigger(processingTime="0 seconds").start()
    while not ended.wait(1.0):
        if query.exception() is not None:
            raise query.exception()
    query.stop()
    print(f"{seen[0]} micro-batches, {seen[1]:,} rows", flush=True)
    return looks


def partitions(spark, days: int) -> tuple[int, int, int]:
    """Partitions, rows and rows expected of one read that is dealt into as many shares as there are slices."""
    with mock_server("osipi", records={"points": 40}, days=days, gap_seconds=600) as plant:
        for fault in FAULTS:
            plant.faults(rate=RATE, **fault)
        options = {**plant.options, **FAST, "parallelism": "4000", "concurrency": "1", "page_size": "20"}
        options.pop("search_requests_per_second")
        frame = spark.read.format("osipi").options(**options).load("recorded_values")
        return frame.rdd.getNumPartitions(), frame.count(), sum(1 for _ in plant.iter_rows("recorded_values"))


def leaks(looks: list[Look]) -> list[str]:
    """What grew between the middle and the end of a run, in words."""
    middle, last = looks[len(looks) // 2], looks[-1]
    limits = {"driver_mb": GROWTH_MB, "worker_mb": GROWTH_MB}
    limits |= dict.fromkeys(("threads", "sockets", "files", "shared_files"), SPARE)
    return [
        f"{name}: {getattr(middle, name):.0f} -> {getattr(last, name):.0f}"
        for name, limit in limits.items()
        if getattr(last, name) - getattr(middle, name) > limit
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=360)
    parser.add_argument("--days", type=int, default=6)
    asked = parser.parse_args()
    began = time.perf_counter()
    with private_folder():
        return soak(asked.batches, asked.days, began)


@contextmanager
def private_folder() -> Iterator[None]:
    """A folder for temporary files of these processes alone, so that what is left in it is theirs."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TMPDIR"] = tempfile.tempdir = home
        yield


def soak(batches: int, days: int, began: float) -> int:
    """The stream, then the read; 1 where something was left behind or lost."""
    with spark_session() as spark, mock_server("hubspot", records={"contacts": 2_000}, each=0) as mock:
        for fault in FAULTS:
            mock.faults(rate=RATE, paths=["/objects/"], **fault)
        print(HEADER)
        with tempfile.TemporaryDirectory() as home:
            looks = stream(spark, mock, batches, Path(home))
        counters = mock.counters()
        print(f"{counters['total']:,} calls, {sum(counters['faults'].values())} of them spoilt")
        shares, rows, expected = partitions(spark, days)
        print(f"{shares:,} partitions, {rows:,} rows of {expected:,}")
        print(look(batches))
    found = leaks(looks) + ([f"{rows} rows instead of {expected}"] if rows != expected else [])
    print(f"{time.perf_counter() - began:.0f} seconds")
    print("; ".join(found) or "nothing leaks, nothing is lost")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
