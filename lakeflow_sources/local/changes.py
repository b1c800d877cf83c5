"""Tables that Databricks merges by key, made of a stream of changes, as parquet knows no MERGE."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial, reduce
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - as everyone calls it

from lakeflow_sources.local.change_flow import ChangeFlow
from lakeflow_sources.local.names import full_name

__all__ = ["all_changes", "change_rows", "current_rows", "history_rows", "moved_keys"]

_SEQUENCE, _DELETED, _RUN = "__sequence", "__deleted", "__run"


def change_rows(source: DataFrame, flow: ChangeFlow, run: int) -> DataFrame:
    """*source* with what merging needs beside each change, so that the stream tells it without the notebook."""
    deleted = F.lit(False) if flow.deletes is None else F.coalesce(flow.deletes, F.lit(False))
    return source.select("*", flow.sequence_by.alias(_SEQUENCE), deleted.alias(_DELETED), F.lit(run).alias(_RUN))


def all_changes(spark: Any, flows: Iterable[ChangeFlow]) -> DataFrame:
    """What the streams of *flows* have kept."""
    frames: Iterable[DataFrame] = (spark.read.table(full_name(flow.stream)) for flow in flows)
    return reduce(partial(DataFrame.unionByName, allowMissingColumns=True), frames)


def current_rows(changes: DataFrame, flow: ChangeFlow) -> DataFrame:
    """The newest row of each key, without deleted ones (SCD type 1)."""
    newest = changes.groupBy(*_keys(flow)).agg(F.max_by(F.struct("*"), _order()).alias("row"))
    return _shown(newest.where(~F.col("row")[_DELETED]), flow)


def history_rows(changes: DataFrame, flow: ChangeFlow) -> DataFrame:
    """Every version of each key with the span in which it held (SCD type 2)."""
    keys = _keys(flow)
    by_key = Window.partitionBy(*keys).orderBy(_SEQUENCE)
    told_once = F.max_by(F.struct("*"), F.struct(_RUN, _DELETED)).alias("row")
    events = changes.groupBy(*keys, _SEQUENCE).agg(told_once).select("row.*", F.col("row").alias("__row"))
    event = F.struct(_DELETED, _tracked(F.col("__row"), flow).alias("tracked"))
    earlier = F.lag(event).over(by_key)
    same = F.coalesce(F.when(F.col(_DELETED), earlier[_DELETED]).otherwise(event.eqNullSafe(earlier)), F.lit(False))
    runs_on = by_key.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    opens = events.select("*", (~same).cast("int").alias("__opens"))
    numbered = opens.select("*", F.sum("__opens").over(runs_on).alias("__version"))
    spans = numbered.groupBy(*keys, "__version").agg(
        F.max_by("__row", _SEQUENCE).alias("row"), F.min(_SEQUENCE).alias("__START_AT")
    )
    ends = F.lead("__START_AT").over(Window.partitionBy(*keys).orderBy("__version")).alias("__END_AT")
    versions = spans.select("*", ends)
    return _shown(versions.where(~F.col("row")[_DELETED]), flow, "__START_AT", "__END_AT")


def moved_keys(changes: DataFrame, flow: ChangeFlow, run: int) -> DataFrame:
    """The keys that *run* added, changed or deleted in the target; told again is not changed."""
    now, before = F.col("now"), F.col("before")
    states = changes.groupBy(*_keys(flow)).agg(
        F.max(_order()).alias("now"), F.max(F.when(F.col(_RUN) < run, _order())).alias("before")
    )
    newer = before.isNull() | (now[_SEQUENCE] > before[_SEQUENCE]) | (now[_DELETED] != before[_DELETED])
    seen = ~now[_DELETED] | (before.isNotNull() & ~before[_DELETED])
    return states.where((now[_RUN] == run) & newer & seen)


def _shown(rows: DataFrame, flow: ChangeFlow, *spans: str) -> DataFrame:
    """The columns of the target, out of `row`, and *spans*."""
    row = F.col("row")
    if flow.columns:
        return rows.select(*(row.getField(name).alias(name) for name in flow.columns), *spans)
    return rows.select(_without(row, flow.left_out).alias("row"), *spans).select("row.*", *spans)


def _tracked(row: Column, flow: ChangeFlow) -> Column:
    """What must differ for a new version to begin."""
    chosen = flow.tracked or flow.columns
    if chosen:
        return F.struct(*(row.getField(name) for name in chosen if name not in flow.untracked))
    return _without(row, (*flow.left_out, *flow.untracked))


def _without(row: Column, names: tuple[str, ...]) -> Column:
    """*row* without *names*: as fields, for DataFrame.drop has the server look for tables that do not exist yet."""
    return row.dropFields(_SEQUENCE, _DELETED, _RUN, *map(_quoted, names))


def _order() -> Column:
    """Of two events of one moment the one that was read later counts, then the deletion."""
    return F.struct(_SEQUENCE, _RUN, _DELETED)


def _keys(flow: ChangeFlow) -> list[Column]:
    return [_column(name) for name in flow.keys]


def _column(name: str) -> Column:
    return F.col(_quoted(name))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
