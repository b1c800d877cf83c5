"""From a live account to a metadata CSV, and from the CSV to notebooks and a bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from lakeflow_sources.cli.console import ERRORS, OUT
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import SecretsFile, Sets, UsageError, settings_of
from lakeflow_sources.connect import connect
from lakeflow_sources.deploy.account_tables import declared_facts
from lakeflow_sources.deploy.bundle import generate_bundle as write_bundle
from lakeflow_sources.deploy.connector_config import ConnectorConfig, read_connector_config
from lakeflow_sources.deploy.discovery import discovered_tables
from lakeflow_sources.deploy.metadata import read_metadata, write_metadata
from lakeflow_sources.deploy.notebooks import generate_notebooks as write_notebooks
from lakeflow_sources.deploy.notebooks import stale_notebooks
from lakeflow_sources.deploy.preset import Preset, load_preset
from lakeflow_sources.deploy.preset_section import DiscoverSettings
from lakeflow_sources.deploy.table_facts import TableFacts, table_facts
from lakeflow_sources.discover import list_tables
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import Settings, resolved
from lakeflow_sources.probe import probe
from lakeflow_sources.registry import connector as find_connector
from lakeflow_sources.sources import folder_of

__all__ = ["discover", "facts_of", "generate_bundle", "generate_notebooks", "write_discovered"]

ConnectorName = Annotated[str, typer.Option(help="Connector: `lakeflow-sources connectors` lists them.")]
InputCsv = Annotated[Path, typer.Option(help="Metadata CSV with at least source_table and pipeline_group.")]
OutputDir = Annotated[Path, typer.Option(help="Folder to write to; made if it is missing.")]
GroupBy = Literal["ingestion_type", "category", "category_and_ingestion_type", "none"]
Cron = Annotated[str | None, typer.Option(help="5-field cron expression.")]
Weight = Annotated[float, typer.Option(min=0, help="Weight by which groups are balanced.")]


def discover(
    *,
    connector_name: ConnectorName,
    output_csv: Annotated[Path, typer.Option(help="Metadata CSV to write; tables of an older one keep their group.")],
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
    best_effort: Annotated[bool, typer.Option(help="Mark tables that cannot be read instead of failing.")] = False,
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
        count = write_discovered(
            connector_name,
            settings,
            output_csv,
            how=how,
            only=only,
            place=(dest_catalog, dest_schema),
            say=progress.say,
        )
    OUT.print(f"{output_csv}: {count} tables", markup=False)


def write_discovered(
    name: str,
    settings: Settings,
    output_csv: Path,
    *,
    how: DiscoverSettings = DiscoverSettings(),  # noqa: B008 (a frozen value)
    only: Sequence[str] = (),
    place: tuple[str, str] = ("", ""),
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the metadata CSV of an account, whole or not at all; gives the number of its tables."""
    facts = live_facts(name, settings, only, say)
    previous = read_metadata(output_csv) if output_csv.exists() else ()
    specs = discovered_tables(facts, how, dest_catalog=place[0], dest_schema=place[1], previous=previous)
    write_metadata(output_csv, specs)
    return len(specs)


def live_facts(
    name: str, settings: Settings, only: Sequence[str] = (), say: Callable[[str], None] = lambda _: None
) -> tuple[TableFacts, ...]:
    """The account's tables, those of *only* where it names some; `problem` says why one cannot be read."""
    connector = resolved(find_connector(name), settings)
    with connect(connector, settings) as client:
        found = list_tables(connector, settings, lambda: client)
        if missing := sorted(set(only) - {table.name for table in found}):
            raise ConfigurationError(
                f"{name} has no table {', '.join(missing)}",
                f"the tables are {', '.join(table.name for table in found)}",
            )
        facts = []
        for table in found:
            if not only or table.name in only:
                say(f"looking at {table.name}")
                facts.append(replace(table_facts(table), problem=probe(connector, table, settings, client)))
    return tuple(facts)


def facts_of(name: str, config: ConnectorConfig | None = None) -> tuple[TableFacts, ...]:
    """What a connector states of its tables without an account; plain options of *config* may declare them."""
    return declared_facts(name, config.static_options if config else {})


def generate_notebooks(
    *,
    connector_name: ConnectorName,
    input_csv: InputCsv,
    output_dir: OutputDir,
    connector_path: Annotated[
        str | None, typer.Option(help="Folder of the single-file source, or wheel in a volume.")
    ] = None,
    connector_config: Annotated[
        Path | None, typer.Option(help="JSON with secrets_scope, secret_mappings, static_options, dynamic_options.")
    ] = None,
    pipeline_group: Annotated[str | None, typer.Option(help="Write the notebook of this group only.")] = None,
    generate_all_groups: Annotated[bool, typer.Option("--generate-all-groups", help="Write all notebooks.")] = False,
) -> None:
    """Metadata CSV to DLT notebooks, one for each pipeline group."""
    config = _config(connector_name, connector_config)
    written = write_notebooks(
        connector_name=connector_name,
        input_csv=input_csv,
        output_dir=output_dir,
        connector_path=connector_path,
        connector_config=config,
        pipeline_group=pipeline_group,
        all_groups=generate_all_groups,
        facts=facts_of(connector_name, config),
    )
    for path in written:
        OUT.print(str(path), markup=False)
    if generate_all_groups:
        for path in stale_notebooks(connector_name, output_dir, written):
            ERRORS.print(f"{path} belongs to a group that is not in the CSV any more: delete it", markup=False)


def _config(name: str, path: Path | None) -> ConnectorConfig:
    """The file's, else that of the connector's own preset."""
    if path is not None:
        return read_connector_config(path)
    preset = _preset(name, None)
    return preset.connector_config if preset else ConnectorConfig()


def _preset(name: str, path: Path | None) -> Preset | None:
    own = folder_of(name) / "deployment" / "deploy_preset.json"
    chosen = path or (own if own.is_file() else None)
    return load_preset(chosen) if chosen else None


def generate_bundle(
    *,
    connector_name: ConnectorName,
    input_csv: InputCsv,
    output_dir: OutputDir,
    notebook_base_path: Annotated[str, typer.Option(help="Where the notebooks lie, as the bundle sees them.")],
    dest_catalog: Annotated[str | None, typer.Option(help="Catalog of the pipelines.")] = None,
    dest_schema: Annotated[str | None, typer.Option(help="Schema of the pipelines.")] = None,
    emit_jobs: Annotated[bool, typer.Option("--emit-jobs", help="Scheduled jobs as well.")] = False,
    unpause_jobs: Annotated[bool, typer.Option("--unpause-jobs", help="Let their schedules run.")] = False,
    serverless: Annotated[bool, typer.Option("--serverless", help="Serverless pipelines.")] = False,
    cluster_workers: Annotated[int | None, typer.Option(min=0, help="Classic clusters with so many workers.")] = None,
    preset: Annotated[Path | None, typer.Option(help="Preset for everything that no flag states.")] = None,
) -> None:
    """Metadata CSV to a Databricks Asset Bundle."""
    if serverless and cluster_workers is not None:
        raise UsageError("--serverless and --cluster-workers exclude each other", "give one of them")
    chosen = _preset(connector_name, preset)
    for path in write_bundle(
        connector_name=connector_name,
        input_csv=input_csv,
        output_dir=output_dir,
        notebook_base_path=notebook_base_path,
        dest_catalog=dest_catalog,
        dest_schema=dest_schema,
        emit_jobs=emit_jobs or None,
        unpause_jobs=unpause_jobs or None,
        serverless=serverless or None,
        cluster_workers=cluster_workers,
        preset=chosen,
        facts=facts_of(connector_name, chosen.connector_config if chosen else None),
    ):
        OUT.print(str(path), markup=False)
