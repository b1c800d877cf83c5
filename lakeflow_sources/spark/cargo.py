"""Our code as one piece of bytes, which everything of ours that Spark pickles brings along.

A read passes three Python processes, and Spark reuses them. Pickled by value, each of our thousand functions is built
anew in each of them for each read, which costs several times what a short read takes. Bytes cost next to nothing, and
once a process has imported our modules from them they are there for its next task.
"""

from __future__ import annotations

import hashlib
import marshal
import pkgutil
import sys
import zlib
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import CodeType
from typing import Any

from pyspark import cloudpickle

import lakeflow_sources
import lakeflow_sources.sources  # tells where connectors lie
from lakeflow_sources.spark.unpack import CARGO, unpack

__all__ = ["Carried", "cargo"]

_PLAIN = 2  # the last version of marshal whose bytes depend on nothing but the code; newer ones are half as long
_LEFT = {"cli", "deploy", "local", "new", "testing"}
"""Our packages that no worker needs."""

_GENERATED = "_generated_"  # single-file sources that were built beside their connector


class Carried:
    """Pickled together with our code, by which a worker knows what it is."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, bytes, bytes]]:
        """A call that first makes our code importable."""
        return unpack, (*cargo(), cloudpickle.dumps((type(self), self.__dict__)))  # type: ignore[no-untyped-call]  # vendored without types


def cargo() -> tuple[str, bytes]:
    """A mark of our code, and our modules as bytes: those which this process has received, or else packed now."""
    found: tuple[str, bytes] | None = getattr(lakeflow_sources, CARGO, None)
    if found is None:
        modules = {name: (package, code) for name, package, code in _modules()}
        mark = hashlib.sha256(marshal.dumps(modules, _PLAIN)).hexdigest()
        found = mark, zlib.compress(marshal.dumps(modules), 1)
        setattr(lakeflow_sources, CARGO, found)
    return found


def _modules() -> Iterator[tuple[str, bool, CodeType]]:
    """Name, whether it is a package, and code of every module that a worker may need; none is imported for this."""
    specs: list[ModuleSpec | None] = [lakeflow_sources.__spec__]
    while specs:
        spec = specs.pop()
        assert spec is not None  # each was found in a folder that lists it
        loader: Any = spec.loader
        package = spec.submodule_search_locations is not None
        yield spec.name, package, loader.get_code(spec.name)
        if package:
            specs += _inside(spec)


def _inside(spec: ModuleSpec) -> Iterator[ModuleSpec | None]:
    left = _LEFT if spec.name == lakeflow_sources.__name__ else {"mock"}
    path = getattr(sys.modules.get(spec.name), "__path__", spec.submodule_search_locations)
    listed: Callable[[str], Iterator[ModuleSpec]] | None = getattr(spec.loader, "inside", None)  # a single file
    if listed:
        yield from listed(spec.name)
    else:
        for finder, name, _ in sorted(pkgutil.iter_modules(path), key=lambda one: one.name):
            if name not in left and not name.startswith(_GENERATED):
                yield finder.find_spec(f"{spec.name}.{name}", None)
