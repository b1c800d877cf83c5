"""From a metadata CSV to notebooks and a bundle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from lakeflow_sources.cli import complete
from lakeflow_sources.cli.catalogue import Json
from lakeflow_sources.cli.console import ERRORS, OUT, show_json
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.deploy.account_tables import declared_facts
from lakeflow_sources.deploy.bundle import generate_bundle as write_bundle
from lakeflow_sources.deploy.connector_config import ConnectorConfig, read_connector_config
from lakeflow_sources.deploy.notebooks import generate_notebooks as write_notebooks
from lakeflow_sources.deploy.notebooks import stale_notebooks
from lakeflow_sources.deploy.preset import Preset, load_preset
from lakeflow_sources.deploy.table_facts import TableFacts
from lakeflow_sources.sources import folder_of

__all__ = ["ConnectorName", "facts_of", "generate_bundle", "generate_notebooks"]

ConnectorName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Connector: lakeflow-sources connectors lists them.",
        autocompletion=complete.connectors,
    ),
]
InputCsv = Annotated[
    Path, typer.Option(metavar="FILE", help="Metadata CSV with at least source_table and pipeline_group.")
]
OutputDir = Annotated[Path, typer.Option(metavar="FOLDER", help="Folder to write to; made if it is missing.")]


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
    generate_all_groups: Annotated[
        bool, typer.Option("--generate-all-groups", metavar="", help="Write all notebooks.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Metadata CSV to DLT notebooks, one for each pipeline group."""
    config = _config(connector_name, connector_config)
    with Progress() as progress:
        progress.now("generating notebooks")
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
    print_files(written, as_json=as_json)
    if generate_all_groups:
        for path in stale_notebooks(connector_name, output_dir, written):
            ERRORS.print(f"{path} belongs to a group that is not in the CSV any more: delete it", markup=False)


def print_files(paths: Iterable[Path], *, as_json: bool) -> None:
    """The files that were written, a line each."""
    if as_json:
        show_json([{"file": str(path)} for path in paths])
        return
    for path in paths:
        OUT.print(str(path), markup=False)


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
    emit_jobs: Annotated[bool, typer.Option("--emit-jobs", metavar="", help="Scheduled jobs as well.")] = False,
    unpause_jobs: Annotated[bool, typer.Option("--unpause-jobs", metavar="", help="Let their schedules run.")] = False,
    serverless: Annotated[bool, typer.Option("--serverless", metavar="", help="Serverless pipelines.")] = False,
    cluster_workers: Annotated[int | None, typer.Option(min=0, help="Classic clusters with so many workers.")] = None,
    preset: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Preset for everything that no flag states.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Metadata CSV to a Databricks Asset Bundle."""
    if serverless and cluster_workers is not None:
        raise UsageError("--serverless and --cluster-workers exclude each other", "give one of them")
    chosen = _preset(connector_name, preset)
    with Progress() as progress:
        progress.now("generating the bundle")
        written = write_bundle(
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
        )
    print_files(written, as_json=as_json)
