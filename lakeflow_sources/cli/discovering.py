"""From a live account to a metadata CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from lakeflow_sources.cli.catalogue import Json
from lakeflow_sources.cli.console import OUT, counted, show, show_json
from lakeflow_sources.cli.generate import ConnectorName
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import SecretsFile, Sets, settings_of
from lakeflow_sources.connect import connect
from lakeflow_sources.deploy.discovery import discovered_tables
from lakeflow_sources.deploy.metadata import read_metadata, write_metadata
from lakeflow_sources.deploy.preset_section import DiscoverSettings
from lakeflow_sources.deploy.table_facts import TableFacts, table_facts
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.discover import list_tables
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import Settings, resolved
from lakeflow_sources.probe import probe
from lakeflow_sources.registry import connector as find_connector

__all__ = ["discover", "write_discovered"]

GroupBy = Literal["ingestion_type", "category", "category_and_ingestion_type", "none"]
Cron = Annotated[str | None, typer.Option(metavar="CRON", help="Schedule of such tables, 5 fields of cron, UTC.")]
Weight = Annotated[float, typer.Option(min=0, help="Weight of such tables, by which groups are balanced.")]


def discover(
    *,
    connector_name: ConnectorName,
    output_csv: Annotated[
        Path, typer.Option(metavar="FILE", help="Metadata CSV to write; tables of an older one keep their group.")
    ],
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    dest_catalog: Annotated[str, typer.Option(help="Catalog of the destination tables.")] = "",
    dest_schema: Annotated[str, typer.Option(help="Schema of the destination tables.")] = "",
    group_by: Annotated[GroupBy, typer.Option(help="What makes a pipeline group.")] = "ingestion_type",
    tables: Annotated[str, typer.Option(help="Comma list of tables; all without it.")] = "",
    schedule_snapshot: Cron = None,
    schedule_append: Cron = None,
    schedule_cdc: Cron = None,
    weight_snapshot: Weight = 1.0,
    weight_append: Weight = 1.0,
    weight_cdc: Weight = 1.0,
    max_tables_per_group: Annotated[int, typer.Option(min=0, help="Split larger groups; 0 for no limit.")] = 0,
    best_effort: Annotated[
        bool, typer.Option("--best-effort", metavar="", help="Mark tables that cannot be read instead of failing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Live account to metadata CSV, a page of each table being read to see whether it may."""
    schedules = {"snapshot": schedule_snapshot, "append": schedule_append, "cdc": schedule_cdc}
    how = DiscoverSettings(
        group_by=group_by,
        schedules={family: text for family, text in schedules.items() if text},
        weights={"snapshot": weight_snapshot, "append": weight_append, "cdc": weight_cdc},
        max_tables_per_group=max_tables_per_group,
        best_effort=best_effort,
    )
    settings = settings_of(find_connector(connector_name), sets, secrets_file)
    only = tuple(name.strip() for name in tables.split(",") if name.strip())
    with Progress() as progress:
        specs = write_discovered(
            connector_name,
            settings,
            output_csv,
            how=how,
            only=only,
            place=(dest_catalog, dest_schema),
            progress=progress,
        )
    _print_discovered(output_csv, specs, as_json=as_json)


def _print_discovered(path: Path, specs: Sequence[TableSpec], *, as_json: bool) -> None:
    """The groups and their tables; those that cannot be read, with the reason."""
    skipped = [{"table": one.source_table, "skip_reason": one.skip_reason} for one in specs if one.skip_reason]
    if as_json:
        rows = [
            {
                "source_table": one.source_table,
                "pipeline_group": one.pipeline_group,
                "ingestion_type": one.ingestion_type,
                "skip_reason": one.skip_reason,
            }
            for one in specs
        ]
        show_json({"output_csv": str(path), "tables": rows})
        return
    groups: dict[str, list[str]] = {}
    for one in specs:
        if not one.skip_reason:
            groups.setdefault(one.pipeline_group, []).append(one.source_table)
    columns = ("pipeline group", "tables", "names")
    listed = [(name, len(found), found) for name, found in groups.items()]
    show([dict(zip(columns, row, strict=True)) for row in listed], columns, as_json=False)
    if skipped:
        show(skipped, ("table", "skip_reason"), as_json=False, title="Not readable, marked in the CSV")
    OUT.print(f"{path}: {counted(len(specs), 'table')}", markup=False)


def write_discovered(
    name: str,
    settings: Settings,
    output_csv: Path,
    *,
    how: DiscoverSettings = DiscoverSettings(),  # noqa: B008 (a frozen value)
    only: Sequence[str] = (),
    place: tuple[str, str] = ("", ""),
    progress: Progress | None = None,
) -> tuple[TableSpec, ...]:
    """Write the metadata CSV of an account, whole or not at all; gives its rows."""
    facts = live_facts(name, settings, only, progress or Progress())
    previous = read_metadata(output_csv) if output_csv.exists() else ()
    specs = discovered_tables(facts, how, dest_catalog=place[0], dest_schema=place[1], previous=previous)
    write_metadata(output_csv, specs)
    return tuple(specs)


def live_facts(name: str, settings: Settings, only: Sequence[str], progress: Progress) -> tuple[TableFacts, ...]:
    """The account's tables, those of *only* where it names some; `problem` says why one cannot be read."""
    connector = resolved(find_connector(name), settings)
    progress.now(f"asking {connector.title} for its tables")
    with connect(connector, settings) as client:
        found = list_tables(connector, settings, lambda: client)
        if missing := sorted(set(only) - {table.name for table in found}):
            raise ConfigurationError(
                f"{name} has no table {', '.join(missing)}",
                f"the tables are {', '.join(table.name for table in found)}",
            )
        chosen = [table for table in found if not only or table.name in only]
        progress.expect(len(chosen))
        facts = []
        for table in chosen:
            progress.step(f"looking at {table.name}")
            facts.append(replace(table_facts(table), problem=probe(connector, table, settings, client)))
    return tuple(facts)
