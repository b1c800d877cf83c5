"""What there is: connectors, their tables, the columns of a table."""

from __future__ import annotations

from typing import Annotated

import typer

from lakeflow_sources.cli.console import show
from lakeflow_sources.cli.settings import SecretsFile, Sets, gather, settings_of
from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Connector, Table
from lakeflow_sources.discover import list_tables, prepare
from lakeflow_sources.options import resolved
from lakeflow_sources.registry import connector as find_connector
from lakeflow_sources.registry import connector_names

__all__ = ["connectors", "schema", "tables"]

Json = Annotated[bool, typer.Option("--json", help="A JSON array of objects.")]
Name = Annotated[str, typer.Argument(help="Connector: lakeflow-sources connectors lists them.")]


def connectors(*, as_json: Json = False) -> None:
    """The connectors, with the options that sign in."""
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "credentials": " or ".join("+".join(names) for names in one.credentials),
        }
        for one in map(find_connector, connector_names())
    ]
    show(rows, ("name", "title", "credentials"), as_json=as_json)


def tables(name: Name, *, sets: Sets = [], secrets_file: SecretsFile = None, as_json: Json = False) -> None:  # noqa: B006 (typer copies it)
    """The tables of a connector; with credentials those of the account, custom ones included."""
    connector = find_connector(name)
    rows = [
        {
            "name": table.name,
            "primary_key": list(table.primary_key),
            "cursor_field": table.cursor.field if table.cursor else None,
            "ingestion_type": table.ingestion,
            "category": table.category,
            "description": table.description,
        }
        for table in _tables(connector, sets, secrets_file)
    ]
    show(
        rows,
        ("name", "primary_key", "cursor_field", "ingestion_type", "category", "description"),
        as_json=as_json,
        title=connector.title,
    )


def _tables(connector: Connector, sets: list[str], secrets_file: SecretsFile) -> tuple[Table, ...]:
    """Those every account has where no account is named."""
    given = gather(connector, sets, secrets_file)
    connector = resolved(connector, given)
    signs_in = any(all(name in given for name in names) for names in connector.credentials)
    if callable(connector.tables) and not signs_in:
        return connector.static_tables
    settings = settings_of(connector, sets, secrets_file) if callable(connector.tables) else None
    if settings is None:
        return connector.tables if isinstance(connector.tables, tuple) else ()
    with connect(connector, settings) as client:
        return list_tables(connector, settings, lambda: client)


def schema(
    name: Name,
    table: Annotated[str, typer.Argument(help="Table: lakeflow-sources tables NAME lists them.")],
    *,
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    as_json: Json = False,
) -> None:
    """The columns of a table, asked of the account where they are the user's own."""
    connector = find_connector(name)
    if connector.resolve is not None:
        connector = resolved(connector, gather(connector, sets, secrets_file))
    fixed = next((one for one in _fixed(connector) if one.name == connector.aliases.get(table, table)), None)
    if fixed is not None and not callable(fixed.columns):
        columns = fixed.columns
    else:
        settings = settings_of(connector, sets, secrets_file, tableName=table)
        with connect(connector, settings) as client:
            columns = prepare(connector, settings, lambda: client).columns
    rows = [{"name": one.name, "type": one.type, "path": one.source, "comment": one.comment} for one in columns]
    show(rows, ("name", "type", "path", "comment"), as_json=as_json, title=f"{connector.name}.{table}")


def _fixed(connector: Connector) -> tuple[Table, ...]:
    return connector.static_tables if callable(connector.tables) else connector.tables
