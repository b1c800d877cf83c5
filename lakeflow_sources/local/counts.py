"""How many rows tables have, how many a run moved, and a few of them to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - as everyone calls it

from lakeflow_sources.local.change_flow import ChangeFlow
from lakeflow_sources.local.changes import all_changes, moved_keys
from lakeflow_sources.local.names import full_name

__all__ = ["count_moved", "count_rows", "query", "sample"]


def count_rows(spark: Any, tables: Iterable[str]) -> dict[str, int]:
    """Rows of those *tables* that exist."""
    there = [name for name in tables if spark.catalog.tableExists(name)]
    return _counted({name: spark.table(full_name(name)) for name in there})


def count_moved(spark: Any, merged: Mapping[str, Sequence[ChangeFlow]], run: int) -> dict[str, int]:
    """Keys that *run* moved, by table; *merged* has the flows of each."""
    there = {name: [flow for flow in flows if spark.catalog.tableExists(flow.stream)] for name, flows in merged.items()}
    return _counted(
        {name: moved_keys(all_changes(spark, flows), flows[0], run) for name, flows in there.items() if flows}
    )


def query(spark: Any, sql: str) -> list[dict[str, Any]]:
    """The answer to *sql* as JSON values."""
    return _plain_rows(spark.sql(sql))


def sample(spark: Any, table: str, size: int) -> list[dict[str, Any]]:
    """The first rows of *table* as JSON values."""
    return _plain_rows(spark.table(full_name(table)).limit(size)) if size and spark.catalog.tableExists(table) else []


def _counted(frames: Mapping[str, DataFrame]) -> dict[str, int]:
    """One job for all of *frames*."""
    counts = [
        frame.agg(F.count(F.lit(1)).alias("rows")).select(F.lit(name).alias("name"), "rows")
        for name, frame in frames.items()
    ]
    return {row["name"]: row["rows"] for row in reduce(DataFrame.unionAll, counts).collect()} if counts else {}


def _plain_rows(frame: DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in frame.toArrow().to_pylist()]


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case bytes():
            return value.hex()
        case Sequence():
            return [_plain(part) for part in value]
        case _:
            return str(value)
