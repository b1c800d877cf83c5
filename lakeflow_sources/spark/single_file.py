"""How a single-file source runs: its modules are found as text, and travel to the workers by value."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

_PACKAGE = "lakeflow_sources"


class _Modules(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds the modules of *texts*, which map name to source text; *files* are those of packages."""

    def __init__(self, texts: Mapping[str, str], files: Mapping[str, str]) -> None:
        self.texts = texts
        self.files = files

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of one of its own modules."""
        if name not in self.texts:
            return None
        package = self.is_package(name)
        spec = importlib.machinery.ModuleSpec(name, self, origin=self._origin(name), is_package=package)
        spec.has_location = True
        return spec

    def is_package(self, name: str) -> bool:
        """Whether other modules or files lie in it."""
        return any(other.startswith((f"{name}.", f"{name}/")) for other in (*self.texts, *self.files))

    def inside(self, package: str) -> list[importlib.machinery.ModuleSpec]:
        """The specs of the modules that lie right in *package*."""
        found = [self.find_spec(name) for name in self.texts if name.rpartition(".")[0] == package]
        return [spec for spec in found if spec is not None]

    def get_source(self, name: str) -> str:
        """Its text, which tracebacks show."""
        return self.texts[name]

    def get_code(self, name: str) -> CodeType:
        """Its code."""
        return compile(self.texts[name], self._origin(name), "exec")

    def get_resource_reader(self, name: str) -> _Folder:
        """The files of one of its own packages, for `importlib.resources`."""
        return _Folder(name, self.files)

    def _origin(self, name: str) -> str:
        return f"<single file>/{name.replace('.', '/')}{'/__init__' if self.is_package(name) else ''}.py"


class _Folder:
    """The files of a package; a file is a folder that has a text."""

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        self.name = name.rpartition("/")[2]
        self._place, self._texts = name, texts

    def files(self) -> _Folder:
        """Itself."""
        return self

    def joinpath(self, name: str) -> _Folder:
        """One of its files."""
        return _Folder(f"{self._place}/{name}", self._texts)

    __truediv__ = joinpath

    def read_text(self, encoding: str = "utf-8") -> str:  # noqa: ARG002 (it is text already)
        """What stands in the file."""
        return self._texts[self._place]


def _register(
    spark: Any, connector: str, texts: Mapping[str, str], files: Mapping[str, str], libraries: Mapping[str, str]
) -> None:
    """Make the connector of module *connector* known to *spark*; *libraries*: import names, and what to install.

    A package of the same name that the driver has is left as it was: what runs on workers is this file alone.
    """
    missing = [wanted for name, wanted in libraries.items() if importlib.util.find_spec(name) is None]
    if missing:
        lines, name = " ".join(f"'{line}'" for line in missing), connector.rpartition(".")[2]
        raise ImportError(
            f"The connector {name} needs libraries that are not installed here: run %pip install {lines}, "
            "or name them in the environment of the pipeline."
        )
    from pyspark import cloudpickle

    own = {_PACKAGE, connector.partition(".")[0]}
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in own}
    for name in before:
        del sys.modules[name]
    finder = _Modules(texts, files)
    sys.meta_path.insert(0, finder)
    try:
        for name in own - {_PACKAGE}:  # what lies below ours is carried with it
            cloudpickle.register_pickle_by_value(importlib.import_module(name))  # type: ignore[no-untyped-call]
        made = importlib.import_module(f"{_PACKAGE}.spark.source").data_source
        found = importlib.import_module(connector).CONNECTOR
        spark.dataSource.register(made(found))  # pickled here and now
    finally:
        sys.meta_path.remove(finder)
        if before:
            for name in [name for name in sys.modules if name.split(".")[0] in own]:
                del sys.modules[name]
            sys.modules.update(before)
