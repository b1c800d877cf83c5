"""100 ms before each answer, 200 pages, two task slots: how many of the waits happen at the same time."""

from __future__ import annotations

from benchmarks.engine import HUBSPOT
from benchmarks.measure import AtLeast, AtMost, Figure, Result, Scale, in_turns, rates
from benchmarks.server import contacts_api
from benchmarks.session import spark_session, written

__all__ = ["run"]

SECONDS, PAGE, TASKS, THREADS = 0.1, 100, 2, 8
OURS, ONE = f"parallelism={TASKS}, concurrency={THREADS}", "one connection"


def run(scale: Scale) -> Result:
    """Seconds beside the ideal, where every connection waits without a break and nothing else takes time."""
    count = scale.rows(200 * PAGE, least=1_000)
    with contacts_api(count, SECONDS) as url, spark_session() as spark:
        hubspot = spark.read.format("hubspot").options(**HUBSPOT, base_url=url)

        def read(parallelism: int, concurrency: int):
            options = {"parallelism": str(parallelism), "concurrency": str(concurrency)}
            return lambda: written(lambda: hubspot.options(**options).load("contacts"))

        runs = in_turns({OURS: read(TASKS, THREADS), ONE: read(1, 1)}, scale.rounds)
    assert all(turn.rows == count for some in runs.values() for turn in some)
    medians, samples = rates(runs)
    ideal = count / PAGE * SECONDS / (TASKS * THREADS)
    return Result(
        "latency",
        __doc__,
        "rows/s",
        {**medians, "limit: ideal": count / ideal},
        (
            Figure("time against the ideal", count / medians[OURS] / ideal, "x", AtMost(1.35)),
            Figure("rows/s against one connection", medians[OURS] / medians[ONE], "x", AtLeast(12)),
        ),
        samples=samples,
    )
