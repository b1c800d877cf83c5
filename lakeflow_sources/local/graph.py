"""Definitions of a notebook as a dataflow graph that Spark runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyspark import pipelines
from pyspark.errors import PySparkException
from pyspark.pipelines.add_pipeline_analysis_context import add_pipeline_analysis_context
from pyspark.pipelines.block_session_mutations import block_session_mutations
from pyspark.pipelines.graph_element_registry import graph_element_registration_context
from pyspark.pipelines.output import MaterializedView, Output, StreamingTable
from pyspark.pipelines.spark_connect_graph_element_registry import SparkConnectGraphElementRegistry
from pyspark.pipelines.spark_connect_pipeline import create_dataflow_graph, start_run

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.cause import cause_of
from lakeflow_sources.local.change_flow import ChangeFlow
from lakeflow_sources.local.changes import all_changes, change_rows, current_rows, history_rows
from lakeflow_sources.local.definitions import Definitions, collecting, local_reads
from lakeflow_sources.local.flow_events import FlowState, flow_events, follow
from lakeflow_sources.local.names import CATALOG, full_name
from lakeflow_sources.local.notebook import run_notebook

__all__ = ["Graph", "define", "load", "run_graph"]


@dataclass(frozen=True)
class Graph:
    """One notebook, loaded: its own session, its graph in the server and what it defines."""

    notebook: Path
    spark: Any
    graph_id: str
    definitions: Definitions
    notes: tuple[str, ...]

    def merged(self) -> dict[str, tuple[ChangeFlow, ...]]:
        """The change flows of each table that is merged by key."""
        found: dict[str, tuple[ChangeFlow, ...]] = {}
        for flow in self.definitions.changes:
            found[flow.target] = (*found.get(flow.target, ()), flow)
        return found

    def tables(self) -> dict[str, Output]:
        """What can be queried afterwards, by name, without the change streams."""
        kinds = (MaterializedView, StreamingTable)
        return {name: output for name, output in self.definitions.outputs.items() if isinstance(output, kinds)}


def load(notebook: Path, spark: Any, schema: str, configuration: dict[str, str]) -> Graph:
    """Run *notebook* and keep what it defines; nothing of it is in Spark yet."""
    graph_id = create_dataflow_graph(spark, default_catalog=CATALOG, default_database=schema, sql_conf=configuration)
    definitions = Definitions(schema)
    with (
        collecting(definitions),
        local_reads(),
        add_pipeline_analysis_context(spark=spark, dataflow_graph_id=graph_id, flow_name=None),
        block_session_mutations(),
        chdir(notebook.parent),
    ):
        notes = run_notebook(notebook, spark)
    if not definitions.outputs:
        raise ConfigurationError(f"{notebook.name} defines no table", "generate it again, or leave it out")
    return Graph(notebook, spark, graph_id, definitions, notes)


def define(graph: Graph, run: int) -> None:
    """Put the graph into Spark, with change streams in place of merged tables."""
    registry = SparkConnectGraphElementRegistry(graph.spark, graph.graph_id)
    merged = graph.merged()
    for name, output in graph.definitions.outputs.items():
        if name not in merged:
            registry.register_output(output)
    with local_reads():
        for flow in graph.definitions.flows:
            _at(flow.target, partial(registry.register_flow, flow))
        with graph_element_registration_context(registry):
            for target, flows in merged.items():
                _at(target, partial(_define_merged, graph, target, flows, run))


def run_graph(graph: Graph, storage: Path, tell: Callable[[str, FlowState], None]) -> tuple[dict[str, FlowState], str]:
    """Run the flows to their end: their states by name, and what ended the run when no flow did."""
    states: dict[str, FlowState] = {}
    results = start_run(
        graph.spark, graph.graph_id, full_refresh=[], full_refresh_all=False, refresh=[], dry=False,
        storage=storage.as_uri(),
    )  # fmt: skip
    problem = ""
    try:
        follow(flow_events(results), states, tell)
    except PySparkException as error:
        # Spark 4.2 and 4.3 end every answer that has Python accumulators in it with a complaint about them.
        if "UNKNOWN_RESPONSE" not in str(error):
            problem = cause_of(error)
    ended = states.pop("", FlowState())
    if not problem and ended.state != "completed":
        problem = "Spark ended the run without telling how it went."
    return states, problem


def _define_merged(graph: Graph, target: str, flows: tuple[ChangeFlow, ...], run: int) -> None:
    first, spark = flows[0], graph.spark
    if any((flow.keys, flow.history) != (first.keys, first.history) for flow in flows):
        raise ConfigurationError("its change flows differ in keys or in stored_as_scd_type", "give them the same")
    for flow in flows:
        pipelines.table(name=flow.stream, comment=f"Changes of {target}, as they came")(
            partial(_changes_of, spark, flow, run)
        )
    rows = history_rows if first.history else current_rows
    comment = graph.definitions.outputs[target].comment
    pipelines.materialized_view(name=target, comment=comment)(lambda: rows(all_changes(spark, flows), first))


def _changes_of(spark: Any, flow: ChangeFlow, run: int) -> Any:
    return change_rows(spark.readStream.table(_readable(flow.source)), flow, run)


def _readable(source: str) -> str:
    return full_name(source) if "." in source else source


def _at(table: str, register: Callable[[], None]) -> None:
    try:
        register()
    except ConfigurationError as error:
        raise error.at(table) from error
    except Exception as error:
        raise ConfigurationError(f"{table}: {cause_of(error)}") from error
