"""The tables that a preset means, by its mode: of a CSV, of the account, or by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from lakeflow_sources.connect import connect
from lakeflow_sources.declaration import UnseenError
from lakeflow_sources.deploy.discovery import discovered_tables, preset_tables
from lakeflow_sources.deploy.preset_section import Preset
from lakeflow_sources.deploy.table_facts import TableFacts, table_facts
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.discover import list_tables
from lakeflow_sources.options import Settings, resolved
from lakeflow_sources.probe import probe
from lakeflow_sources.registry import connector as find_connector

__all__ = ["account_facts", "chosen_tables", "declared_facts"]


def declared_facts(name: str, options: Mapping[str, str] = MappingProxyType({})) -> tuple[TableFacts, ...]:
    """What a connector states of its tables without an account; nothing where a declaration cannot be seen from here.

    *options* are plain ones, which may declare it.
    """
    try:
        connector = resolved(find_connector(name), options)
    except UnseenError:
        return ()
    tables = connector.static_tables if callable(connector.tables) else connector.tables
    return tuple(table_facts(table) for table in tables)


def account_facts(
    name: str, settings: Settings, only: Sequence[str] = (), say: Callable[[str], None] = lambda _: None
) -> tuple[TableFacts, ...]:
    """The account's tables, with *only* these; `problem` says why one cannot be read."""
    connector = resolved(find_connector(name), settings)
    facts = []
    with connect(connector, settings) as client:
        for table in list_tables(connector, settings, lambda: client):
            if not only or table.name in only:
                say(f"looking at {table.name}")
                facts.append(replace(table_facts(table), problem=probe(connector, table, settings, client)))
    return tuple(facts)


def chosen_tables(
    preset: Preset,
    settings: Callable[[], Settings],
    previous: Sequence[TableSpec] = (),
    say: Callable[[str], None] = lambda _: None,
) -> tuple[TableSpec, ...]:
    """The tables of *preset*; those of *previous* keep their pipeline group.

    *settings* signs in to the account, and is asked only where the mode or an unknown name needs it.
    """
    known: list[TableFacts] = []

    def facts() -> tuple[TableFacts, ...]:
        declared = declared_facts(preset.connector_name, preset.connector_config.static_options)
        fixed = {fact.name for fact in declared}
        if preset.csv.mode == "manual" and set(preset.csv.tables) <= fixed:
            known.extend(declared)
        else:
            only = preset.csv.tables if preset.csv.mode == "manual" else ()
            known.extend(account_facts(preset.connector_name, settings(), only, say))
        return tuple(known)

    specs = preset_tables(preset, facts)
    if preset.csv.mode == "static" or not previous:
        return specs
    names = {spec.source_table for spec in specs}
    return discovered_tables(
        (fact for fact in known if fact.name in names),
        preset.discover,
        dest_catalog=preset.dest_catalog,
        dest_schema=preset.dest_schema,
        previous=previous,
    )
