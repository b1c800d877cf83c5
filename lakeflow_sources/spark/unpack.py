"""What a worker runs before anything of ours is there: it makes our modules importable from the bytes they came in.

This module alone is pickled by value, and so imports nothing of ours.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import marshal
import pickle
import sys
import zlib
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any, ClassVar

from pyspark import cloudpickle
from pyspark.sql.datasource import DataSource

__all__ = ["CARGO", "CarriedSource", "unpack"]

CARGO = "__cargo__"
"""Attribute of a package that was loaded from a cargo, or packed into one: its mark and its bytes."""

_PACKAGE = "lakeflow_sources"


class _Carried(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds modules in a cargo, which maps their names to whether they are packages, and to their code."""

    def __init__(self, modules: Mapping[str, tuple[bool, CodeType]]) -> None:
        self.modules = modules

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module that was carried."""
        if name not in self.modules:
            return None
        place = f"<carried>/{name.replace('.', '/')}.py"
        spec = importlib.machinery.ModuleSpec(name, self, origin=place, is_package=self.is_package(name))
        spec.has_location = True
        return spec

    def is_package(self, name: str) -> bool:
        """Whether other modules lie in it."""
        return self.modules[name][0]

    def get_code(self, name: str) -> CodeType:
        """Its code."""
        return self.modules[name][1]

    def get_source(self, name: str) -> None:
        """None: tracebacks show no lines."""


class CarriedSource(DataSource):
    """What Spark registers: a name, and instances of the class that *made* brings."""

    made: ClassVar[Any]

    def __new__(cls, options: Mapping[str, str]) -> DataSource:  # type: ignore[misc]  # of the class that was carried
        """A source of the carried class."""
        found: DataSource = cls.made.source(options)
        return found

    @classmethod
    def name(cls) -> str:
        """The format name."""
        return str(cls.made.source.name())


def unpack(mark: str, packed: bytes, pickled: bytes) -> Any:
    """The object that travelled as *pickled*, a class and its attributes, after our modules if they are not there.

    Modules stay: the next task of this worker finds them. Those of another version, be they carried or installed,
    make way, as what was planned with one version must not be read with another.
    """
    if getattr(sys.modules.get(_PACKAGE), CARGO, ("",))[0] != mark:
        _load(mark, packed)
    made, attributes = pickle.loads(pickled)  # noqa: S301 (Spark has just unpickled the rest of it)
    found = made.__new__(made)
    found.__dict__.update(attributes)
    return found


def _load(mark: str, packed: bytes) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != _Carried.__name__]
    sys.meta_path.insert(0, _Carried(marshal.loads(zlib.decompress(packed))))  # noqa: S302 (as above)
    setattr(importlib.import_module(_PACKAGE), CARGO, (mark, packed))


cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]  # vendored without types
