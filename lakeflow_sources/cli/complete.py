"""What a shell may complete: connectors, their tables, their plain options; never with a call to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer

from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.options import COMMON_OPTIONS
from lakeflow_sources.registry import connector, connector_names

__all__ = ["connectors", "options", "tables"]


def connectors(incomplete: str) -> list[tuple[str, str]]:
    """Names of connectors, with their titles."""
    return [(name, connector(name).title) for name in connector_names() if name.startswith(incomplete)]


def tables(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Tables that every account of the connector has."""
    known = _connector(context)
    found = () if known is None else known.static_tables if callable(known.tables) else known.tables
    return [(one.name, one.description) for one in found if one.name.startswith(incomplete)]


def options(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Options that `--set` takes."""
    known = _connector(context)
    own = known.options if known else ()
    plain = (one for one in (*own, *COMMON_OPTIONS) if not one.secret)
    return list(_unique((f"{one.name}=", one.description) for one in plain if one.name.startswith(incomplete)))


def _connector(context: typer.Context) -> Connector | None:
    name = context.params.get("name") or context.params.get("connector_name")
    try:
        return connector(name) if name else None
    except LakeflowError:
        return None


def _unique(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from dict(pairs).items()
