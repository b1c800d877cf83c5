"""A job from start to report, inside the process that holds Spark."""

from __future__ import annotations

import builtins
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pyspark.errors import PySparkException

from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.local.cause import cause_of
from lakeflow_sources.local.counts import count_moved, count_rows, query, sample
from lakeflow_sources.local.dbutils import Dbutils
from lakeflow_sources.local.flow_events import FlowState
from lakeflow_sources.local.graph import Graph, define, load, run_graph
from lakeflow_sources.local.job import Job
from lakeflow_sources.local.report import RunReport, TableReport
from lakeflow_sources.local.secrets import read_secrets
from lakeflow_sources.local.session import LocalSpark, local_spark
from lakeflow_sources.local.state import State
from lakeflow_sources.local.table_reports import problems_of, table_of, table_reports

__all__ = ["Tell", "run_job"]

Tell = Callable[..., None]


@dataclass(frozen=True)
class _Place:
    """Where the job runs, and whom it tells."""

    job: Job
    state: State
    spark: LocalSpark
    tell: Tell


def run_job(job: Job, tell: Tell) -> RunReport:
    """Load every notebook, then run each as a pipeline of its own, then count and answer the queries."""
    begun = time.monotonic()
    store = read_secrets(Path(job.secrets_file) if job.secrets_file else None)
    # A builtin, as nothing that Spark workers get may carry it along.
    builtins.dbutils = Dbutils(store)  # type: ignore[attr-defined]  # notebooks find it there
    state = State(Path(job.state_dir))
    with local_spark(state, cores=job.cores, memory=job.memory) as spark:
        tell("ready", seconds=time.monotonic() - begun)
        place = _Place(job, state, spark, tell)
        report = _answered(place, _run(place))
    return replace(report, seconds=round(time.monotonic() - begun, 1))


def _run(place: _Place) -> RunReport:
    graphs, problems = _loaded(place)
    if not problems:
        _create_schemas(place, graphs)
        problems = _refusals(partial(define, graph, place.job.run) for graph in graphs)
    if problems:
        return RunReport(problems=tuple(problems))
    before = count_rows(place.spark.session(), _tables(graphs))
    tables: list[TableReport] = []
    for graph in graphs:
        place.tell("pipeline", notebook=graph.notebook.name, tables=len(graph.tables()))
        states, ended = run_graph(graph, place.state.checkpoints, partial(_tell_flow, place.tell))
        tables += table_reports(graph, states)
        problems += problems_of(graph, states, ended)
    place.tell("counting")
    counted = _counted(place, graphs, tables, before)
    return RunReport(counted, tuple(problems), tuple(note for graph in graphs for note in graph.notes))


def _loaded(place: _Place) -> tuple[list[Graph], list[str]]:
    """The graphs of all notebooks, or what is wrong with any of them."""
    job, graphs = place.job, list[Graph]()

    def keep(path: str) -> None:
        spark = place.spark.session(job.configuration)
        graphs.append(load(Path(path), spark, job.schema, dict(job.configuration)))

    problems = _refusals(partial(keep, path) for path in job.notebooks)
    return graphs, problems or _clashes(graphs)


def _refusals(steps: Iterable[Callable[[], None]]) -> list[str]:
    """What goes wrong in any of *steps*; all are taken."""
    problems = []
    for step in steps:
        try:
            step()
        except (LakeflowError, PySparkException) as error:
            traceback.print_exc()  # into the log, for those who write notebooks
            problems.append(cause_of(error))
    return problems


def _clashes(graphs: list[Graph]) -> list[str]:
    """On Databricks two catalogs keep them apart, or two pipelines fight for one table."""
    owners: dict[str, str] = {}
    problems = []
    for graph in graphs:
        for name in graph.tables():
            owner = owners.setdefault(name, graph.notebook.name)
            if owner != graph.notebook.name:
                cause = f"Both {owner} and {graph.notebook.name} fill the local table {name}"
                problems.append(str(ConfigurationError(cause, "run them with state directories of their own")))
    return problems


def _create_schemas(place: _Place, graphs: list[Graph]) -> None:
    spark = place.spark.session()
    for schema in sorted({place.job.schema, *(name.partition(".")[0] for name in _tables(graphs))}):
        spark.sql(f"CREATE DATABASE IF NOT EXISTS `{schema}`")


def _tell_flow(tell: Tell, flow: str, state: FlowState) -> None:
    if flow:
        tell("flow", table=table_of(flow), state=state.state, seconds=state.seconds, error=state.error)


def _tables(graphs: list[Graph]) -> list[str]:
    return [name for graph in graphs for name in graph.tables()]


def _counted(
    place: _Place, graphs: list[Graph], tables: list[TableReport], before: dict[str, int]
) -> tuple[TableReport, ...]:
    """*tables* with their rows: a fresh session sees the files that the run wrote."""
    spark = place.spark.session()
    rows = count_rows(spark, (table.name for table in tables))
    merged = {name: flows for graph in graphs for name, flows in graph.merged().items()}
    moved = count_moved(spark, merged, place.job.run)
    added = {name: count - before.get(name, 0) for name, count in rows.items()}
    return tuple(
        replace(
            table,
            rows=rows.get(table.name),
            changed=None if table.kind == "materialized view" else {**added, **moved}.get(table.name),
            sample=tuple(sample(spark, table.name, place.job.sample)),
        )
        for table in tables
    )


def _answered(place: _Place, report: RunReport) -> RunReport:
    """*report* with the answers to the job's queries, unless the run was refused."""
    if report.problems and not report.tables:
        return report
    spark, answers = place.spark.session(), list[tuple[dict[str, object], ...]]()
    problems = _refusals(
        partial(lambda sql: answers.append(tuple(query(spark, sql))), sql) for sql in place.job.queries
    )
    return replace(report, answers=tuple(answers), problems=(*report.problems, *problems))
