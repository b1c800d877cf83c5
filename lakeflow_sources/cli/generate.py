"""From a live account to a metadata CSV, and from the CSV to notebooks and a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakeflow_sources.cli.console import ERRORS, OUT
from lakeflow_sources.declare import Connector
from lakeflow_sources.deploy.connector_config import read_connector_config
from lakeflow_sources.deploy.notebooks import generate_notebooks as write_notebooks
from lakeflow_sources.deploy.notebooks import stale_notebooks
from lakeflow_sources.deploy.table_facts import TableFacts, table_facts
from lakeflow_sources.discover import list_tables
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import Settings
from lakeflow_sources.registry import connector as find_connector

__all__ = ["discover", "facts_of", "generate_bundle", "generate_notebooks", "live_facts"]

ConnectorName = Annotated[str, typer.Option(help="Connector: lakeflow-sources connectors lists them.")]
InputCsv = Annotated[Path, typer.Option(help="Metadata CSV with at least source_table and pipeline_group.")]
OutputDir = Annotated[Path, typer.Option(help="Folder to write to; made if it is missing.")]


def facts_of(name: str) -> tuple[TableFacts, ...]:
    """What a connector states of its tables without an account."""
    connector = find_connector(name)
    tables = connector.static_tables if callable(connector.tables) else connector.tables
    return tuple(table_facts(table) for table in tables)


def live_facts(connector: Connector, settings: Settings, client: Client) -> tuple[TableFacts, ...]:
    """The account's tables; `problem` says why one cannot be read."""
    return tuple(
        _tried(table_facts(table), table, settings, client)
        for table in list_tables(connector, settings, lambda: client)
    )


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
    config = read_connector_config(connector_config) if connector_config else _default_config(connector_name)
    written = write_notebooks(
        connector_name=connector_name,
        input_csv=input_csv,
        output_dir=output_dir,
        connector_path=connector_path,
        connector_config=config,
        pipeline_group=pipeline_group,
        all_groups=generate_all_groups,
        facts=facts_of(connector_name),
    )
    for path in written:
        OUT.print(str(path), markup=False)
    if generate_all_groups:
        for path in stale_notebooks(connector_name, output_dir, written):
            ERRORS.print(f"{path} belongs to a group that is not in the CSV any more: delete it", markup=False)
