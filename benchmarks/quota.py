"""100 requests in ten seconds, enforced as a rolling window and as a token bucket, asked for by two processes.

The work is the same for both processes, or nearly all of it belongs to one. Runs take whole windows: a reader that
keeps to any rolling window makes the calls of a window at once, where a bucket would let the last of them go earlier.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from benchmarks.measure import AtLeast, Below, Figure, Result, Scale
from lakeflow_sources.connect import connect
from lakeflow_sources.http import get
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server

__all__ = ["run"]

REQUESTS, SECONDS, THREADS = 100, 10.0, 4
STYLES = {"rolling": "rolling window", "bucket": "token bucket"}


def run(scale: Scale) -> Result:
    """Calls answered in the time in which the limit allows as many, and the share of those refused; medians."""
    calls = 20 if scale.tiny else 4 * REQUESTS
    shares = {"even": (calls // 2, calls // 2), "skewed": (calls - calls // 10, calls // 10)}
    cases = {f"{STYLES[style]}, {work}": (style, some) for style in STYLES for work, some in shares.items()}
    used: dict[str, list[float]] = {name: [] for name in cases}
    refused: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(scale.rounds):
        with ThreadPoolExecutor(len(cases)) as threads:  # they wait nearly all of their time
            rounds = list(threads.map(lambda case: _measure(*case), cases.values()))
        for name, (part, share) in zip(cases, rounds, strict=True):
            used[name].append(100 * part)
            refused[name].append(100 * share)
    medians = {name: median(values) for name, values in used.items()}
    return Result(
        "quota",
        __doc__,
        "% of the quota",
        medians,
        (
            *(Figure(f"quota used, {name}", value, "%", AtLeast(95)) for name, value in medians.items()),
            *(Figure(f"calls refused, {name}", median(one), "%", Below(3)) for name, one in refused.items()),
        ),
        samples=used,
    )


def _measure(style: str, shares: Sequence[int]) -> tuple[float, float]:
    """The part of the quota that was used, and the part of the calls that was refused."""
    with mock_server("hubspot", records={"contacts": 10}, seed=len(style) + shares[0]) as mock:
        tasks = [_Task(calls, mock.options) for calls in shares]
        for task in tasks:
            task.ready()
        mock.limit(REQUESTS, SECONDS, style=style, endpoint_class="*")
        mock.reset_counters()
        for task in tasks:
            task.go()
        assert [task.end() for task in tasks] == [0] * len(tasks)
        calls = mock.requests()
    answered = sum(one["status"] == 200 for one in calls)
    seconds = calls[-1]["at"] - calls[0]["at"]
    assert answered == sum(shares)
    return ideal(style, answered) / seconds, 1 - answered / len(calls)


def ideal(style: str, calls: int) -> float:
    """Seconds below which the mock cannot answer *calls*: a full window or bucket at once, the rest as it fills."""
    if style == "bucket":
        return max(0, calls - REQUESTS) * SECONDS / REQUESTS
    return (calls - 1) // REQUESTS * SECONDS


class _Task:
    """A process that makes calls with a few threads of one client, as a Spark task does."""

    def __init__(self, calls: int, options: dict[str, str]) -> None:
        command = [sys.executable, "-m", "benchmarks.quota", json.dumps({"calls": calls})]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say(json.dumps(options))

    def _say(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def ready(self) -> None:
        self._process.stdout.readline()  # it has imported everything

    def go(self) -> None:
        self._say("go")

    def end(self) -> int:
        self._process.communicate()
        return self._process.returncode


def _ask(calls: int) -> None:
    options = json.loads(sys.stdin.readline())
    hubspot = connector("hubspot")
    settings = check_options(hubspot, {**options, "tableName": "owners"})
    print("ready", flush=True)
    sys.stdin.readline()
    with connect(hubspot, settings) as client, ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: client.send(get("/crm/owners/2026-03", limit=1)), range(calls)))


if __name__ == "__main__":
    _ask(**json.loads(sys.argv[1]))
