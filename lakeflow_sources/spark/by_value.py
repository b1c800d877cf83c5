"""Packages of others that travel with a data source, function by function, as only some of each is needed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from pyspark import cloudpickle

import lakeflow_sources
from lakeflow_sources.declare import Connector, Table

__all__ = ["packages_of", "pickled_by_value"]

_OURS = lakeflow_sources.__name__


def packages_of(connector: Connector) -> tuple[str, ...]:
    """The packages that the functions of *connector* are written in, beside ours and the interpreter's own."""
    fixed = connector.static_tables if callable(connector.tables) else connector.tables
    parts: list[Connector | Table] = [connector, *fixed]
    values = [value for part in parts for value in vars(part).values()]
    names = {_module(value) for value in values if isinstance(value, FunctionType) or _is_made(value)}
    known = {_OURS, "__main__", "builtins", *sys.stdlib_module_names}
    return tuple(sorted({_outermost(name) for name in names if name.partition(".")[0] not in known}))


@contextmanager
def pickled_by_value(packages: Sequence[str]) -> Iterator[None]:
    """*packages* are pickled by value inside, and as before behind it."""
    before = set(cloudpickle.list_registry_pickle_by_value())  # type: ignore[no-untyped-call]  # vendored without types
    added = [importlib.import_module(name) for name in packages if name not in before]
    for module in added:
        cloudpickle.register_pickle_by_value(module)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        for module in added:
            cloudpickle.unregister_pickle_by_value(module)  # type: ignore[no-untyped-call]


def _is_made(value: Any) -> bool:
    """Whether it is called as a function is, by a class that somebody wrote for it."""
    return callable(value) and not isinstance(value, type)


def _module(value: Any) -> str:
    return str(getattr(value, "__module__", None) or type(value).__module__)


def _outermost(module: str) -> str:
    """The outermost package of *module* that is more than a name which several distributions share."""
    name = module.partition(".")[0]
    while name != module and getattr(sys.modules.get(name), "__file__", None) is None:
        name = module[: (module + ".").index(".", len(name) + 1)]
    return name
