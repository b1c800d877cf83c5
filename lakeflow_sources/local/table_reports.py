"""From the states of flows to reports on tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.pipelines.output import MaterializedView

from lakeflow_sources.local.change_flow import ChangeFlow
from lakeflow_sources.local.flow_events import FlowState
from lakeflow_sources.local.graph import Graph
from lakeflow_sources.local.names import CATALOG
from lakeflow_sources.local.report import Kind, Outcome, TableReport

__all__ = ["problems_of", "table_of", "table_reports"]


def table_of(flow: str) -> str:
    """The table that *flow* fills: in a local run every flow is called as its table, in a catalog."""
    return flow.removeprefix(f"{CATALOG}.")


def table_reports(graph: Graph, states: Mapping[str, FlowState]) -> list[TableReport]:
    """A report on each table of *graph*, without its rows."""
    merged, told = graph.merged(), {table_of(flow): state for flow, state in states.items()}
    return [_report(graph, name, merged.get(name, ()), told) for name in graph.tables()]


def problems_of(graph: Graph, states: Mapping[str, FlowState], ended: str) -> list[str]:
    """One sentence for each flow that failed of itself; *ended* where the run did without one."""
    failed = [f"{table_of(flow)}: {state.error}" for flow, state in states.items() if state.error]
    return failed or ([f"{graph.notebook.name}: {ended}"] if ended else [])


def _report(graph: Graph, name: str, flows: Sequence[ChangeFlow], told: Mapping[str, FlowState]) -> TableReport:
    states = [told.get(table, FlowState()) for table in (*(flow.stream for flow in flows), name)]
    return TableReport(
        name=name,
        notebook=graph.notebook.name,
        kind=_kind(graph, name, flows),
        outcome=_outcome(states),
        seconds=round(sum(state.seconds for state in states), 1),
        note=_note(name, flows),
        error=next((state.error for state in states if state.error), ""),
    )


def _kind(graph: Graph, name: str, flows: Sequence[ChangeFlow]) -> Kind:
    if flows:
        return "history" if flows[0].history else "current rows"
    return "materialized view" if isinstance(graph.tables()[name], MaterializedView) else "streaming table"


def _outcome(states: list[FlowState]) -> Outcome:
    found = {state.state for state in states}
    if "failed" in found:
        return "failed"
    return "completed" if found == {"completed"} else "skipped"


def _note(name: str, flows: Sequence[ChangeFlow]) -> str:
    if not flows:
        return ""
    shown = "every version of each key" if flows[0].history else "the newest row of each key without deleted ones"
    streams = " and ".join(flow.stream for flow in flows)
    return f"parquet has no MERGE: changes are kept in {streams}, and {name} is computed from them as {shown}"
