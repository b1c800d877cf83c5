"""Recorded values of PI tags, one partition, into Spark: many small rows in large answers."""

from __future__ import annotations

import json
from datetime import timedelta
from statistics import median

from benchmarks.measure import AtLeast, Figure, Result, Scale, in_turns, rates
from benchmarks.plant import BEGIN, recorded, webids
from benchmarks.server import plant_api
from benchmarks.session import spark_session, written
from benchmarks.tuples import ValueTuples

__all__ = ["run"]

TAGS = 10
OURS, TUPLES = "lakeflow-sources, Spark", "tuples from a plain Spark source"


def run(scale: Scale) -> Result:
    """Values a second; the plain source reads a part of the same window by calls of the same size."""
    many, some = scale.rows(1_000_000) // TAGS, scale.rows(300_000) // TAGS
    with plant_api() as url, spark_session(ValueTuples) as spark:
        window = {"start": BEGIN.isoformat(), "end": (BEGIN + timedelta(seconds=many)).isoformat()}
        options = {"base_url": url, "access_token": "benchmark", "webids": ",".join(webids(TAGS)), **window}
        osipi = spark.read.format("osipi").options(**options, parallelism="1", requests_per_second="100000")
        plain = spark.read.format("ValueTuples").options(base_url=url, targets=json.dumps(_targets(some)))
        ways = {OURS: lambda: written(lambda: osipi.load("recorded_values")), TUPLES: lambda: written(plain.load)}
        runs = in_turns(ways, scale.rounds)
    for name, count in ((OURS, many), (TUPLES, some)):
        assert {turn.rows for turn in runs[name]} == {count * TAGS}, f"{name}: {runs[name][0].rows}"
    medians, samples = rates(runs)
    mine, theirs = (median(1e6 * one.cpu / one.rows for one in runs[name]) for name in (OURS, TUPLES))
    return Result(
        "values",
        __doc__,
        "values/s",
        medians,
        (
            Figure("values/s against tuples", medians[OURS] / medians[TUPLES], "x", AtLeast(4)),
            Figure("CPU of the worker against tuples", mine / theirs, "x"),
        ),
        samples=samples,
    )


def _targets(seconds: int) -> list[str]:
    """Calls that cover *seconds*, of some 25,000 values each."""
    step = 2_500
    spans = [(begin, min(begin + step, seconds)) for begin in range(0, seconds, step)]
    return [recorded(webids(TAGS), *(BEGIN + timedelta(seconds=one) for one in (begin, end))) for begin, end in spans]
