"""What the planning or a task of a read did: one structured line in the log, which a local run adds up again.

read {"connector":"hubspot","table":"contacts","step":"task","outcome":"done","rows":5000,"requests":51,...}
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import reduce
from typing import Literal

import pyarrow as pa

from lakeflow_sources.declare import Read
from lakeflow_sources.http.stats import Stats
from lakeflow_sources.logs import visible

__all__ = ["LOGGER", "Summary", "added", "heard", "logged", "summarized"]

LOGGER = "lakeflow_sources.reads"
_LINE = re.compile(r'\bread (\{"connector":.*\})\s*$')
Step = Literal["plan", "task"]
Outcome = Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Summary:
    """*requests* of which *retries* were repetitions and *rate_limited* were refused as too many.

    *wait_seconds* were spent waiting for a turn or for the next attempt, by all threads together;
    *quota_left* is what the vendor said last; *notes* tell which parts could not be read, and why.
    """

    connector: str
    table: str
    step: Step = "task"
    outcome: Outcome = "done"
    rows: int = 0
    seconds: float = 0.0
    requests: int = 0
    retries: int = 0
    rate_limited: int = 0
    wait_seconds: float = 0.0
    bytes: int = 0
    quota_left: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def cost(self) -> str:
        """What it took, in words."""
        parts = [f"{self.requests:,} requests", f"{self.bytes / 1e6:,.1f} MB", f"{self.seconds:.1f} s"]
        parts += [f"{self.retries:,} retries"] if self.retries else []
        parts += [f"{self.wait_seconds:.1f} s of waiting"] if self.wait_seconds >= 0.1 else []  # noqa: PLR2004 (shown as 0.0)
        parts += [f"{self.quota_left:,} calls left"] if self.quota_left is not None else []
        return ", ".join(parts)


def summarized(read: Read, batches: Iterable[pa.RecordBatch], stats: Stats) -> Iterator[pa.RecordBatch]:
    """*batches* of a task; a line in the log when they end, also where they are left early or fail."""
    began, rows = time.monotonic(), 0
    outcome: Outcome = "failed"
    try:
        for batch in batches:
            rows += batch.num_rows
            yield batch
        outcome = "done"
    except GeneratorExit:
        outcome = "stopped"
        raise
    finally:
        logged(read, stats, replace(_of(read), outcome=outcome, rows=rows, seconds=time.monotonic() - began))


def logged(read: Read, stats: Stats, summary: Summary | None = None) -> Summary:
    """The summary with what *stats* counted since they were last asked; in the log unless `log_reads` is false."""
    known = {one.name for one in fields(Summary)}
    facts = {name: value for name, value in stats.taken().items() if name in known}
    told = replace(summary or _of(read), **{**facts, "notes": tuple(facts["notes"])})
    told = replace(told, seconds=round(told.seconds, 3))
    if read.settings.flag("log_reads"):
        visible(LOGGER).info("read %s", json.dumps(asdict(told), separators=(",", ":")))
    return told


def heard(line: str) -> Summary | None:
    """The summary in a *line* of a log; `None` where it holds none."""
    found = _LINE.search(line)
    try:
        values = json.loads(found[1]) if found else None
        return Summary(**{**values, "notes": tuple(values["notes"])}) if values else None
    except (ValueError, TypeError, KeyError):  # cut by another line
        return None


def added(summaries: Iterable[Summary]) -> tuple[Summary, ...]:
    """One summary for each table of a connector, in the order in which they were first heard of."""
    found: dict[tuple[str, str], list[Summary]] = {}
    for one in summaries:
        found.setdefault((one.connector, one.table), []).append(one)
    return tuple(reduce(_sum, same) for same in found.values())


def _sum(first: Summary, second: Summary) -> Summary:
    counted = ("rows", "seconds", "requests", "retries", "rate_limited", "wait_seconds", "bytes")
    return replace(
        first,
        **{name: getattr(first, name) + getattr(second, name) for name in counted},
        step="task",
        outcome=first.outcome if first.outcome == "failed" else second.outcome,
        quota_left=first.quota_left if second.quota_left is None else second.quota_left,
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
    )


def _of(read: Read) -> Summary:
    return Summary(read.connector.name, read.table.name)
