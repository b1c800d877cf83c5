"""How much of a quota a read uses: 100 requests in ten seconds, enforced by a mock, asked for by two processes.

python benchmarks/quota.py [--calls 480] [--json FILE]

The mock counts in a rolling window or by a token bucket; the work is the same for both processes, or nearly all of it
belongs to one. The limit is the vendor's own: so many calls cannot be answered sooner. Ends with status 1 below 95 %.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lakeflow_sources.connect import connect
from lakeflow_sources.http import get
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server

REQUESTS, SECONDS = 100, 10.0
THREADS = 4
LEAST, MOST_REFUSED = 0.95, 0.03


def ask(options, calls):
    """A task: *calls* calls by a few threads of one client."""
    hubspot = connector("hubspot")
    settings = check_options(hubspot, {**options, "tableName": "owners"})
    with connect(hubspot, settings) as client, ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: client.send(get("/crm/owners/2026-03", limit=1)), range(calls)))


def run(style, shares):
    with mock_server("hubspot", records={"contacts": 10}, seed=len(shares) + shares[0]) as mock:
        tasks = [
            subprocess.Popen(
                [sys.executable, __file__, "--task", str(calls)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for calls in shares
        ]
        for task in tasks:
            task.stdin.write(json.dumps(mock.options) + "\n")
            task.stdin.flush()
            task.stdout.readline()  # it has imported everything
        mock.limit(REQUESTS, SECONDS, style=style, endpoint_class="*")
        mock.reset_counters()
        begun = time.perf_counter()
        for task in tasks:
            task.stdin.write("go\n")
            task.stdin.flush()
        assert [task.wait() for task in tasks] == [0] * len(tasks)
        seconds = time.perf_counter() - begun
        statuses = [one["status"] for one in mock.requests()]
        for task in tasks:
            task.stdin.close()
            task.stdout.close()
    return seconds, statuses.count(200), statuses.count(429)


def ideal(style, calls):
    """Seconds below which the mock cannot answer *calls*: a full window or bucket at once, the rest as it fills."""
    if style == "bucket":
        return (calls - REQUESTS) * SECONDS / REQUESTS
    return (calls - 1) // REQUESTS * SECONDS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=480)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--task", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        options = json.loads(sys.stdin.readline())
        print("ready", flush=True)
        sys.stdin.readline()
        ask(options, given.task)
        return
    half, rest = given.calls // 2, given.calls // 12
    results = []
    for style in ("rolling", "bucket"):
        for work, shares in (("even", (half, half)), ("skewed", (given.calls - rest, rest))):
            seconds, answered, refused = run(style, shares)
            used = ideal(style, answered) / seconds
            share = refused / (answered + refused)
            results.append({"limit": style, "work": work, "seconds": seconds, "used": used, "refused": share})
            print(
                f"{style:8} {work:7} {answered} calls {seconds:6.1f} s  {used:6.1%} of the quota  {share:5.1%} refused"
            )
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(one["used"] < LEAST or one["refused"] >= MOST_REFUSED for one in results))


if __name__ == "__main__":
    main()
