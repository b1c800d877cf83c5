"""What connectors declare of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lakeflow_sources.declare import Connector, Option, Table
from lakeflow_sources.http.pacing import Rate
from lakeflow_sources.options import COMMON_OPTIONS, Settings
from lakeflow_sources.registry import connector
from lakeflow_sources.sources import __path__ as homes

__all__ = ["built_in", "facts", "overview"]


def built_in() -> list[Connector]:
    """Connectors of this repository, by name."""
    names = {path.parent.name for home in homes for path in Path(home).glob("*/__init__.py")}
    return [connector(name) for name in sorted(names)]


def overview() -> dict[str, Any]:
    """Of all connectors together."""
    found = [
        {"name": one.name, "title": one.title, "tables": [table.name for table in one.fixed_tables]}
        for one in built_in()
    ]
    return {"connectors": found, "common_options": [_option(one) for one in COMMON_OPTIONS]}


def facts(name: str) -> dict[str, Any]:
    """Of one connector."""
    found = connector(name)
    return {
        "name": found.name,
        "title": found.title,
        "options": [_option(one) for one in found.options],
        "rates": [_rate(kind, rate) for kind, rate in _rates(found).items()],
        "tables": [_table(one) for one in found.fixed_tables],
        "about": any(one.description for one in found.fixed_tables),
        "aliases": _aliases(found),
    }


def _option(option: Option) -> dict[str, Any]:
    about = option.description
    if option.choices:
        about += f" One of {', '.join(f'`{one}`' for one in option.choices)}."
    if option.aliases:
        about += f" Also {', '.join(f'`{one}`' for one in option.aliases)}."
    return {"name": option.name, "default": option.default or "", "about": about, "secret": option.secret}


def _rates(found: Connector) -> dict[str, Rate]:
    plain = {one.name: one.default for one in found.options if one.default is not None}
    return dict(found.rates(Settings(found.name, plain)) if callable(found.rates) else found.rates)


def _rate(kind: str, rate: Rate) -> dict[str, Any]:
    inner = f", and of these {_limit(rate.within)}" if rate.within else ""
    return {"kind": kind, "limit": f"{_limit(rate)}{inner}"}


def _limit(rate: Rate) -> str:
    span = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}
    return f"{rate.requests:,} calls in {span.get(int(rate.seconds), f'{rate.seconds:g} seconds')}"


def _table(table: Table) -> dict[str, Any]:
    fixed = () if callable(table.columns) else table.columns
    return {
        "name": table.name,
        "key": ", ".join(table.primary_key),
        "cursor": _cursor(table),
        "ingestion": table.ingestion,
        "about": table.description,
        "columns": [{"name": one.name, "type": one.type, "about": one.comment} for one in fixed],
        "told": any(one.comment for one in fixed),
    }


def _cursor(table: Table) -> str:
    return f"{table.cursor.field} ({table.cursor.lag:g}, {table.cursor.lookback:g})" if table.cursor else ""


def _aliases(found: Connector) -> list[tuple[str, list[str]]]:
    """Other names of tables that differ in more than their case, by table."""
    names: dict[str, list[str]] = {}
    for other, table in found.aliases.items():
        if other != table.lower():
            names.setdefault(table, []).append(other)
    return list(names.items())
