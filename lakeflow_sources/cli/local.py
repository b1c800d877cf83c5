"""Try it here: generated notebooks on local pipelines, alone and against a vendor's API on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lakeflow_sources.cli.catalogue import Json
from lakeflow_sources.cli.console import ERRORS, OUT, show
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.local import RunReport
from lakeflow_sources.local import run_local as run

__all__ = ["demo", "print_report", "run_local"]

StateDir = Annotated[Path, typer.Option(metavar="FOLDER", help="Where tables and positions are kept between runs.")]


def run_local(
    notebook_dir: Annotated[Path, typer.Argument(metavar="NOTEBOOK_DIR", help="Folder of generated notebooks.")],
    *,
    secrets_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='TOML that dbutils reads: a table for each scope with lines key = "value"; mode 0600. '
            "Else LAKEFLOW_SECRET_<SCOPE>_<KEY> in the environment.",
        ),
    ] = None,
    state_dir: StateDir = Path(".lakeflow-local"),
    as_json: Json = False,
) -> None:
    """Run generated notebooks, unchanged, on open-source Spark Declarative Pipelines; a second run is an increment."""
    with Progress() as progress:
        report = run(
            notebook_dir,
            secrets_file=secrets_file,
            state_dir=state_dir,
            progress=progress.say,
            count=progress.count,
        )
    print_report(report, as_json=as_json)
    if not report.ok:
        raise typer.Exit(1)


def print_report(report: RunReport, *, as_json: bool = False) -> None:
    """The real error first, then tables, rows and seconds, then what differs from a workspace."""
    for problem in report.problems:
        ERRORS.print(problem, style="red", markup=False)
    rows = [
        {
            "table": one.name,
            "kind": one.kind,
            "outcome": one.outcome,
            "rows": one.rows,
            "changed": one.changed,
            "seconds": round(one.seconds, 1),
        }
        for one in report.tables
    ]
    show(rows, ("table", "kind", "outcome", "rows", "changed", "seconds"), as_json=as_json)
    if not as_json:
        _print_reads(report)
        for note in (*report.notes, *_notes(report)):
            OUT.print(note, markup=False)


def _print_reads(report: RunReport) -> None:
    """What was asked of the APIs, and which parts they did not give."""
    facts = [(f"{one.connector}.{one.table}", one) for one in report.reads]
    if facts:
        rows = [{**asdict(one), "read": name, "MB": round(one.bytes / 1e6, 1)} for name, one in facts]
        show(rows, ("read", "rows", "requests", "retries", "wait_seconds", "MB", "quota_left"), as_json=False)
    for name, one in facts:
        for note in one.notes:
            OUT.print(f"{name}: {note}", markup=False)


def _notes(report: RunReport) -> Iterator[str]:
    """What differs from a workspace, said once for all tables that it is true of."""
    tables: dict[str, list[str]] = {}
    for one in report.tables:
        if one.note:
            tables.setdefault(one.note.replace(one.name, "TABLE"), []).append(one.name)
    for note, names in tables.items():
        yield note.replace("TABLE", names[0]) if len(names) == 1 else f"{note}; TABLE is each of {', '.join(names)}"


def demo(
    *,
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where everything is written; emptied first.")] = Path(
        ".demo"
    ),
    contacts: Annotated[int, typer.Option(min=100, help="How many contacts the account has.")] = 50_000,
) -> None:
    """The whole way on this machine: mock API, metadata CSV, notebooks, local pipeline, tables; then an increment."""
    from lakeflow_sources.cli.demo import Demo

    with Progress(told=True) as progress:
        Demo(folder, contacts, progress.say).run()
    OUT.print("Done.")
    if not folder.exists():  # pragma: no cover
        raise LakeflowError("The demo's folder has gone", "run it again")
