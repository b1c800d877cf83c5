"""Tables and columns of an account, as far as possible without asking it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import replace

from lakeflow_sources.declare import Column, Connector, Read, Table
from lakeflow_sources.drift import RESCUED
from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import Settings

__all__ = ["all_columns", "find_table", "list_tables", "prepare"]

Connect = Callable[[], Client]
"""Signs in only when something has to be asked."""


def list_tables(connector: Connector, settings: Settings, connect: Connect) -> tuple[Table, ...]:
    """Every table of the account, in the order of the declaration."""
    if callable(connector.tables):
        return connector.tables(settings, connect())
    return connector.tables


def find_table(connector: Connector, settings: Settings, connect: Connect) -> Table:
    """The table that `tableName` names; raises `ConfigurationError` with the names there are."""
    wanted = settings.get("tableName")
    if not wanted:
        raise ConfigurationError(
            f"{connector.name}: no table is named", 'write .option("tableName", NAME) or .load(NAME)'
        )
    wanted = connector.aliases.get(wanted, wanted)
    for table in connector.fixed_tables:
        if table.name == wanted:
            return table
    asked, trouble = _asked(connector, settings, connect) if callable(connector.tables) else ((), "")
    for table in asked:
        if table.name == wanted:
            return table
    raise _unknown(connector, wanted, [table.name for table in asked or connector.fixed_tables], trouble)


def _asked(connector: Connector, settings: Settings, connect: Connect) -> tuple[tuple[Table, ...], str]:
    """Tables of the account; where it does not tell, why not."""
    try:
        return list_tables(connector, settings, connect), ""
    except LakeflowError as error:
        return (), f" (the account could not be asked for further tables: {error.cause})"


def _unknown(connector: Connector, wanted: str, names: list[str], trouble: str) -> ConfigurationError:
    near = difflib.get_close_matches(wanted, names, 1, 0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return ConfigurationError(
        f"{connector.name} has no table {wanted!r}{trouble}", f"{hint}the tables are {', '.join(names)}"
    )


def all_columns(table: Table, settings: Settings, connect: Connect) -> tuple[Column, ...]:
    """Every column of *table*, asking the account only where its declaration says so."""
    columns = table.columns(settings, connect()) if callable(table.columns) else table.columns
    return _inserted(table, columns, table.more_columns(settings, connect())) if table.more_columns else columns


def prepare(connector: Connector, settings: Settings, connect: Connect) -> Read:
    """A read with table and columns resolved, not bound to a window yet."""
    table = find_table(connector, settings, connect)
    try:
        known = all_columns(table, settings, connect)
    except LakeflowError as error:
        raise error.at(f"{connector.name}.{table.name}") from None
    if settings.get("on_schema_drift") == "rescue":
        known = _inserted(table, known, (Column(RESCUED, "json"),))
    table = replace(table, columns=known)
    return Read(connector, table, settings, _chosen(connector, table, settings, known), known)


def _inserted(table: Table, known: tuple[Column, ...], more: tuple[Column, ...]) -> tuple[Column, ...]:
    """*known* with *more* behind it; `_deleted` stays last."""
    end = len(known) - 1 if table.ingestion == "cdc_with_deletes" else len(known)
    return (*known[:end], *more, *known[end:])


def _chosen(connector: Connector, table: Table, settings: Settings, known: Iterable[Column]) -> tuple[Column, ...]:
    """The columns that `columns` asks for, in its order; all without it."""
    by_name = {column.name: column for column in known}
    names = settings.names("columns") or tuple(by_name)
    missing = [name for name in names if name not in by_name]
    if missing:
        near = difflib.get_close_matches(missing[0], by_name, 1, 0.6)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ConfigurationError(
            f"{connector.name}: table {table.name} has no column {', '.join(map(repr, missing))}",
            f"{hint}list them with `lakeflow-sources schema {connector.name} {table.name}`",
        )
    return tuple(by_name[name] for name in dict.fromkeys(names))
