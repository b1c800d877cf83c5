"""Connectors by name: the built-in ones, and those that other packages bring by entry point."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from importlib.metadata import entry_points

from lakeflow_sources import sources
from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import ConfigurationError

__all__ = ["GROUP", "connector", "connector_names"]

GROUP = "lakeflow_sources.connectors"
"""Entry point group; each entry leads to a `Connector`."""


def connector_names() -> tuple[str, ...]:
    """Names of all connectors, sorted."""
    built_in = {module.name for module in pkgutil.iter_modules(sources.__path__) if module.ispkg}
    return tuple(sorted(built_in | {entry.name for entry in entry_points(group=GROUP)}))


def connector(name: str) -> Connector:
    """The connector called *name*; raises `ConfigurationError` with the names there are."""
    wanted = name.strip().lower().replace("-", "_")
    if wanted not in connector_names():
        near = difflib.get_close_matches(wanted, connector_names(), 1, 0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ConfigurationError(
            f"There is no connector {name!r}", f"{hint}the connectors are {', '.join(connector_names())}"
        )
    for entry in entry_points(group=GROUP):
        if entry.name == wanted:
            return _checked(entry.load(), wanted)
    return _checked(importlib.import_module(f"{sources.__name__}.{wanted}").CONNECTOR, wanted)


def _checked(found: object, name: str) -> Connector:
    if isinstance(found, Connector):
        return found
    raise ConfigurationError(
        f"The entry point {name!r} of group {GROUP} leads to {type(found).__name__}",
        "let it lead to a lakeflow_sources.Connector",
    )
