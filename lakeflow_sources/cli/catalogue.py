"""What there is: connectors, their tables, the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated

import typer

from lakeflow_sources.cli import complete
from lakeflow_sources.cli.console import OUT, show
from lakeflow_sources.cli.settings import SecretsFile, Sets, gather, settings_of
from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Connector, Table
from lakeflow_sources.discover import list_tables, prepare
from lakeflow_sources.options import resolved
from lakeflow_sources.registry import connector as find_connector
from lakeflow_sources.registry import connector_names

__all__ = ["Json", "Name", "TableName", "connectors", "schema", "tables"]

Json = Annotated[bool, typer.Option("--json", metavar="", help="JSON for programs.")]
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Connector: lakeflow-sources connectors lists them.",
        autocompletion=complete.connectors,
    ),
]
TableName = Annotated[
    str,
    typer.Argument(
        metavar="TABLE", help="Table: lakeflow-sources tables NAME lists them.", autocompletion=complete.tables
    ),
]


def connectors(*, as_json: Json = False) -> None:
    """The connectors, with the options that sign in."""
    found = [find_connector(name) for name in connector_names()]
    columns = ("name", "title", "credentials")
    if as_json:
        sets = [[list(names) for names in one.credentials] for one in found]
        rows = [(one.name, one.title, ways) for one, ways in zip(found, sets, strict=True)]
        show([dict(zip(columns, row, strict=True)) for row in rows], columns, as_json=True)
        return
    show(chain.from_iterable(map(_ways_in, found)), columns, as_json=False)
    OUT.print("A line of credentials is one accepted set.", style="dim")


def _ways_in(connector: Connector) -> Iterator[dict[str, str]]:
    """A row for each set of credentials, named once."""
    sets = [", ".join(names) for names in connector.credentials] or ["those that its declaration names"]
    for number, names in enumerate(sets):
        own = {"name": connector.name, "title": connector.title} if number == 0 else {}
        yield {**own, "credentials": names}


def tables(name: Name, *, sets: Sets = [], secrets_file: SecretsFile = None, as_json: Json = False) -> None:  # noqa: B006 (typer copies it)
    """The tables of a connector; with credentials those of the account, custom ones included."""
    connector, found = _tables(find_connector(name), sets, secrets_file)
    rows = [
        {
            "name": table.name,
            "primary_key": list(table.primary_key),
            "cursor_field": table.cursor.field if table.cursor else None,
            "ingestion_type": table.ingestion,
            "category": table.category,
            "description": table.description,
        }
        for table in found
    ]
    facts = ("name", "primary_key", "cursor_field", "ingestion_type")
    columns = (*facts, "category", "description") if as_json else (*facts, "description")
    show(rows, columns, as_json=as_json, title=connector.title)


def _tables(connector: Connector, sets: list[str], secrets_file: SecretsFile) -> tuple[Connector, tuple[Table, ...]]:
    """The connector that the options mean, and its tables: those every account has where no account is named."""
    given = gather(connector, sets, secrets_file)
    connector = resolved(connector, given)
    if not (callable(connector.tables) and _signs_in(connector, given)):
        return connector, connector.fixed_tables
    settings = settings_of(connector, sets, secrets_file)
    with connect(connector, settings) as client:
        return connector, list_tables(connector, settings, lambda: client)


def _signs_in(connector: Connector, given: Mapping[str, str]) -> bool:
    return any(all(name in given for name in names) for names in connector.credentials)


def schema(
    name: Name,
    table: TableName,
    *,
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    as_json: Json = False,
) -> None:
    """The columns of a table, asked of the account where they are the user's own."""
    connector = find_connector(name)
    given = gather(connector, sets, secrets_file)
    if connector.resolve is not None:
        connector = resolved(connector, given)
    wanted = connector.aliases.get(table, table)
    fixed = next((one for one in connector.fixed_tables if one.name == wanted), None)
    grows = fixed is not None and fixed.more_columns is not None and _signs_in(connector, given)
    if fixed is not None and not callable(fixed.columns) and not grows:
        columns = fixed.columns
    else:
        settings = settings_of(connector, sets, secrets_file, tableName=table)
        with connect(connector, settings) as client:
            columns = prepare(connector, settings, lambda: client).columns
    rows = [{"name": one.name, "type": one.type, "path": one.source, "comment": one.comment} for one in columns]
    show(rows, ("name", "type", "path", "comment"), as_json=as_json, title=f"{connector.name}.{wanted}")
