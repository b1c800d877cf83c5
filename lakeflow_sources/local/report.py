"""What a local run did, as values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from lakeflow_sources.summary import Summary

__all__ = ["Kind", "Outcome", "Row", "RunReport", "TableReport", "report_from_json", "report_to_json"]

Kind = Literal["materialized view", "streaming table", "current rows", "history"]
Outcome = Literal["completed", "failed", "skipped"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table of a run.

    *changed*: rows that this run added; for a table that is merged by key, keys that it added, changed or deleted;
    `None` for a materialized view, which each run computes anew.
    """

    name: str
    notebook: str
    kind: Kind
    outcome: Outcome
    rows: int | None = None
    changed: int | None = None
    seconds: float = 0.0
    note: str = ""
    error: str = ""
    sample: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """All of a run: its tables, its problems in one sentence each with the real cause first, and answers to queries."""

    tables: tuple[TableReport, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    answers: tuple[tuple[Row, ...], ...] = ()
    reads: tuple[Summary, ...] = ()
    """What the tables asked of the APIs, by their names there."""

    @property
    def ok(self) -> bool:
        """Every flow of every notebook completed."""
        return not self.problems and all(table.outcome == "completed" for table in self.tables)


def report_to_json(report: RunReport) -> dict[str, Any]:
    """*report* as plain JSON values."""
    return asdict(report)


def report_from_json(value: Mapping[str, Any]) -> RunReport:
    """The report that `report_to_json` made *value* of."""
    tables = tuple(TableReport(**{**table, "sample": tuple(table["sample"])}) for table in value["tables"])
    return RunReport(
        tables=tables,
        problems=tuple(value["problems"]),
        notes=tuple(value["notes"]),
        seconds=value["seconds"],
        answers=tuple(tuple(rows) for rows in value["answers"]),
        reads=tuple(Summary(**{**one, "notes": tuple(one["notes"])}) for one in value.get("reads", ())),
    )
