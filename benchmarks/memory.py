"""Peak memory of Spark's Python worker while it reads a million contacts, beside one that reads nothing."""

from __future__ import annotations

from benchmarks.engine import HUBSPOT
from benchmarks.measure import AtMost, Figure, Result, Scale
from benchmarks.server import contacts_api
from benchmarks.session import spark_session
from benchmarks.workers import peak_memory

__all__ = ["run"]

FLAT_MB = 30
"""What two reads of the same size differ by."""


def run(scale: Scale) -> Result:
    """Peaks in MB of one read each; every row is counted, and every id is there once."""
    whole = scale.rows(1_000_000, least=1_000)
    counts = {"empty": 0, f"{whole // 10:,} rows": whole // 10, f"{whole:,} rows": whole}
    with spark_session() as spark:
        peaks = {name: _peak(spark, count) for name, count in counts.items()}
    empty, tenth, most = peaks.values()
    return Result(
        "memory",
        __doc__,
        "MB",
        dict(reversed(peaks.items())),
        (
            Figure(f"{whole:,} rows above an empty worker", most - empty, "MB", AtMost(300)),
            Figure(f"growth from {whole // 10:,} to {whole:,} rows", most - tenth, "MB", AtMost(FLAT_MB)),
        ),
    )


def _peak(spark, count: int) -> float:
    with contacts_api(count) as url, peak_memory() as peak:
        frame = spark.read.format("hubspot").options(**HUBSPOT, base_url=url, parallelism="1").load("contacts")
        found = frame.selectExpr("count(*) AS rows", "count(distinct id) AS ids", "max(length(email)) AS longest")
        row = found.first()
        assert row["rows"] == row["ids"] == count, f"{row} instead of {count}"
        return peak()
