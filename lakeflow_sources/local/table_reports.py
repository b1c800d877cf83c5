"""From the states of flows to reports on tables."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.pipelines.output import MaterializedView

from lakeflow_sources.local.flow_events import FlowState
from lakeflow_sources.local.graph import CHANGES, Graph
from lakeflow_sources.local.names import CATALOG
from lakeflow_sources.local.report import Kind, Outcome, TableReport

__all__ = ["problems_of", "table_reports"]


def table_reports(graph: Graph, states: Mapping[str, FlowState]) -> list[TableReport]:
    """A report on each table of *graph*, without its rows."""
    table_of, merged = graph.table_of(), graph.merged()
    reports = []
    for name in graph.tables():
        filled = {name, name + CHANGES} if name in merged else {name}
        own = [state for flow, state in states.items() if table_of.get(flow) in filled]
        reports.append(
            TableReport(
                name=name,
                notebook=graph.notebook.name,
                kind=_kind(graph, name),
                outcome=_outcome(own),
                seconds=round(sum(state.seconds for state in own), 1),
                note=_note(graph, name),
                error=next((state.error for state in own if state.error), ""),
            )
        )
    return reports


def problems_of(graph: Graph, states: Mapping[str, FlowState], ended: str) -> list[str]:
    """One sentence for each flow that failed of itself; *ended* where the run did without one."""
    table_of = graph.table_of()
    failed = {
        table_of.get(flow, flow.removeprefix(f"{CATALOG}.")): state for flow, state in states.items() if state.error
    }
    return [f"{name}: {state.error}" for name, state in failed.items()] or (
        [f"{graph.notebook.name}: {ended}"] if ended else []
    )


def _kind(graph: Graph, name: str) -> Kind:
    merged = graph.merged().get(name)
    if merged:
        return "history" if merged.history else "current rows"
    return "materialized view" if isinstance(graph.tables()[name], MaterializedView) else "streaming table"


def _outcome(states: list[FlowState]) -> Outcome:
    found = {state.state for state in states}
    if "failed" in found:
        return "failed"
    return "completed" if found == {"completed"} else "skipped"


def _note(graph: Graph, name: str) -> str:
    merged = graph.merged().get(name)
    if not merged:
        return ""
    shown = "every version of each key" if merged.history else "the newest row of each key without deleted ones"
    return f"parquet has no MERGE: changes are kept in {name}{CHANGES}, and {name} is computed from them as {shown}"
