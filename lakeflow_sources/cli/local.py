"""Try it here: generated notebooks on local pipelines, vendors' APIs on loopback, and both together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from lakeflow_sources.cli.console import ERRORS, OUT, show
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.local import RunReport
from lakeflow_sources.local import run_local as run

__all__ = ["demo", "mock_server", "print_report", "run_local"]

StateDir = Annotated[Path, typer.Option(help="Where tables and positions are kept between runs.")]


def run_local(
    notebook_dir: Annotated[Path, typer.Argument(help="Folder of generated notebooks.")],
    *,
    secrets_file: Annotated[
        Path | None, typer.Option(help='TOML: [scope] key = "value"; mode 0600. Else LAKEFLOW_SECRET_<SCOPE>_<KEY>.')
    ] = None,
    state_dir: StateDir = Path(".lakeflow-local"),
    as_json: Annotated[bool, typer.Option("--json", help="The tables as a JSON array of objects.")] = False,
) -> None:
    """Run generated notebooks, unchanged, on open-source Spark Declarative Pipelines; a second run is an increment."""
    with Progress() as progress:
        report = run(notebook_dir, secrets_file=secrets_file, state_dir=state_dir, progress=progress.say)
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
        for note in (*report.notes, *_notes(report)):
            OUT.print(note, markup=False)


def _notes(report: RunReport) -> Iterator[str]:
    """What differs from a workspace, said once for all tables that it is true of."""
    tables: dict[str, list[str]] = {}
    for one in report.tables:
        if one.note:
            tables.setdefault(one.note.replace(one.name, "TABLE"), []).append(one.name)
    for note, names in tables.items():
        yield note.replace("TABLE", names[0]) if len(names) == 1 else f"{note}; TABLE is each of {', '.join(names)}"


def mock_server(
    names: Annotated[list[str] | None, typer.Argument(help="Connectors; hubspot without any.")] = None,
    *,
    port: Annotated[int, typer.Option(help="Port of the first one, 0 for a free one.")] = 0,
    records: Annotated[
        list[str], typer.Option("--records", metavar="OBJECT=NUMBER", help="How many records; repeatable.")
    ] = [],  # noqa: B006 (typer copies it)
    seed: Annotated[int, typer.Option(help="Another seed, other data.")] = 0,
    option: Annotated[
        list[str], typer.Option("--option", metavar="KEY=VALUE", help="An option of the mock itself; repeatable.")
    ] = [],  # noqa: B006 (typer copies it)
) -> None:
    """Serve the vendors' APIs on loopback until interrupted."""
    from lakeflow_sources.testing.handle import mock_server as start

    counts = {name: int(number) for name, number in _pairs("--records", records)}
    options = dict(_pairs("--option", option))
    servers = []
    try:
        for number, name in enumerate(names or ["hubspot"]):
            server = start(name, records=counts, seed=seed, port=port + number if port else 0, **options)
            servers.append(server)
            OUT.print(f"{name} at {server.url}", markup=False)
            for key, value in server.options.items():
                OUT.print(f"  {key} = {value}", markup=False)
        ERRORS.print("faults, limits and writes on demand below /_mock/; Ctrl+C ends it", markup=False)
        _wait()
    finally:
        for server in servers:
            server.close()


def _wait() -> None:
    import signal

    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _pairs(flag: str, texts: list[str]) -> list[tuple[str, str]]:
    pairs = [text.partition("=")[::2] for text in texts]
    if bad := [
        text for text in texts if "=" not in text or (flag == "--records" and not text.partition("=")[2].isdigit())
    ]:
        raise UsageError(f"{flag} {bad[0]} is not understood", f"write for example {flag} contacts=1000")
    return [(name, value) for name, value in pairs]


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where everything is written; emptied first.")] = Path(".demo"),
    contacts: Annotated[int, typer.Option(min=100, help="How many contacts the account has.")] = 50_000,
) -> None:
    """The whole way on this machine: mock API, metadata CSV, notebooks, local pipeline, tables; then an increment."""
    from lakeflow_sources.cli.demo import Demo

    with Progress() as progress:
        Demo(folder, contacts, progress.say).run()
    OUT.print("Done.")
    if not folder.exists():  # pragma: no cover
        raise LakeflowError("The demo's folder has gone", "run it again")
