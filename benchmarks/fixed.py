"""What a read costs however little it reads: one page by a declared source, and the time of our imports."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from benchmarks.contacts import LIST
from benchmarks.measure import AtMost, Figure, Result, Scale, in_turns
from benchmarks.server import contacts_api
from benchmarks.session import spark_session, written
from benchmarks.tuples import Trivial

__all__ = ["run"]

OURS, CALLING, TRIVIAL = "lakeflow-sources, one page", "plain source, the same call", "trivial source, no call"
REPEATED = 4  # short reads differ more from each other than long ones
_IMPORTS = """
import time, pyspark.sql.datasource, pyarrow
began = time.perf_counter()
import lakeflow_sources.spark.source, lakeflow_sources.sources.hubspot
print(1000 * (time.perf_counter() - began))
"""


def run(scale: Scale) -> Result:
    """Reads a second of 100 rows, and milliseconds of imports over pyspark and pyarrow."""
    with contacts_api(100) as url, spark_session(Trivial) as spark:
        page = f"{url}{LIST}?limit=100&properties=email"
        ours = spark.read.format("http").options(spec=json.dumps(_declared(url)))
        calling, trivial = (spark.read.format("Trivial").options(**one) for one in ({"url": page}, {}))
        ways = {
            OURS: lambda: written(lambda: ours.load("contacts")),
            CALLING: lambda: written(calling.load),
            TRIVIAL: lambda: written(trivial.load),
        }
        runs = in_turns(ways, scale.rounds * REPEATED if scale.rounds > 1 else 1)
    assert all(turn.rows == 100 for some in runs.values() for turn in some)
    seconds = {name: median(one.seconds for one in some) for name, some in runs.items()}
    imports = [_imports() for _ in range(scale.rounds)]
    return Result(
        "fixed",
        __doc__,
        "ms",
        {name: 1000 * value for name, value in seconds.items()},
        (
            Figure("one page against a trivial source", seconds[OURS] / seconds[TRIVIAL], "x", AtMost(1.15)),
            Figure("one page against a plain source of the same call", seconds[OURS] / seconds[CALLING], "x"),
            Figure("imports over pyspark + pyarrow", median(imports), "ms", AtMost(150)),
        ),
        samples={**{name: [1000 * one.seconds for one in some] for name, some in runs.items()}, "imports": imports},
    )


def _declared(url: str) -> dict[str, object]:
    columns = ["id", "properties.email -> email"]
    params = {"limit": 100, "properties": "email"}
    table = {"path": LIST, "params": params, "records": "results", "columns": columns}
    return {"name": "page", "base_url": url, "tables": {"contacts": table}}


def _imports() -> float:
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True)
    return float(done.stdout)
