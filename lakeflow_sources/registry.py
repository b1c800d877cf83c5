"""Connectors by name: the built-in ones, and those that other packages bring by entry point."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points

from lakeflow_sources import sources
from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import ConfigurationError

__all__ = ["GROUP", "connector", "connector_names", "module_of"]

GROUP = "lakeflow_sources.connectors"
"""Entry point group; each entry leads to a `Connector`."""


def connector_names() -> tuple[str, ...]:
    """Names of all connectors, sorted."""
    built_in = {module.name for module in pkgutil.iter_modules(sources.__path__) if module.ispkg}
    return tuple(sorted(built_in | {entry.name for entry in entry_points(group=GROUP)}))


def connector(name: str) -> Connector:
    """The connector called *name*; raises `ConfigurationError` with the names there are."""
    wanted = _canonical(name)
    if wanted not in connector_names():
        near = difflib.get_close_matches(wanted, connector_names(), 1, 0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ConfigurationError(
            f"There is no connector {name!r}", f"{hint}the connectors are {', '.join(connector_names())}"
        )
    entry = _entry(wanted)
    if entry is None:
        return _checked(importlib.import_module(f"{sources.__name__}.{wanted}").CONNECTOR, wanted)
    try:
        return _checked(entry.load(), wanted)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The connector {wanted} of another package cannot be loaded from {entry.value} ({error})",
            "install that package whole, or uninstall it",
        ) from error


def module_of(name: str) -> str:
    """The module that has the connector called *name*, which need not exist for a built-in one."""
    wanted = _canonical(name)
    entry = _entry(wanted)
    return entry.module if entry else f"{sources.__name__}.{wanted}"


def _canonical(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _entry(name: str) -> EntryPoint | None:
    """The entry point called *name*; a built-in connector comes before one of another package."""
    if any(module.name == name for module in pkgutil.iter_modules(sources.__path__) if module.ispkg):
        return None
    return next((entry for entry in entry_points(group=GROUP) if entry.name == name), None)


def _checked(found: object, name: str) -> Connector:
    if isinstance(found, Connector) and found.name == name:
        return found
    if isinstance(found, Connector):
        raise ConfigurationError(
            f"The entry point {name!r} of group {GROUP} leads to a connector called {found.name!r}",
            "give both the same name",
        )
    raise ConfigurationError(
        f"The entry point {name!r} of group {GROUP} leads to {type(found).__name__}",
        "let it lead to a lakeflow_sources.Connector",
    )
