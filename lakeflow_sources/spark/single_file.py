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
    """Finds the modules of *texts*, which map name to source text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

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
        """Whether other modules lie in it."""
        return any(other.startswith(f"{name}.") for other in self.texts)

    def get_source(self, name: str) -> str:
        """Its text, which tracebacks show."""
        return self.texts[name]

    def get_code(self, name: str) -> CodeType:
        """Its code."""
        return compile(self.texts[name], self._origin(name), "exec")

    def _origin(self, name: str) -> str:
        return f"<single file>/{name.replace('.', '/')}{'/__init__' if self.is_package(name) else ''}.py"


def _register(spark: Any, connector: str, texts: Mapping[str, str], libraries: Mapping[str, str]) -> None:
    """Make *connector* known to *spark*; *libraries* are import names and what to install for them.

    A package of the same name that the driver has is left as it was: what runs on workers is this file alone.
    """
    missing = [wanted for name, wanted in libraries.items() if importlib.util.find_spec(name) is None]
    if missing:
        lines = " ".join(f"'{line}'" for line in missing)
        raise ImportError(
            f"The connector {connector} needs libraries that are not installed here: run %pip install {lines}, "
            "or name them in the environment of the pipeline."
        )
    from pyspark import cloudpickle

    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == _PACKAGE}
    for name in before:
        del sys.modules[name]
    finder = _Modules(texts)
    sys.meta_path.insert(0, finder)
    try:
        cloudpickle.register_pickle_by_value(importlib.import_module(_PACKAGE))  # type: ignore[no-untyped-call]  # cloudpickle has no types
        made = importlib.import_module(f"{_PACKAGE}.spark.source").data_source
        found = importlib.import_module(f"{_PACKAGE}.sources.{connector}").CONNECTOR
        spark.dataSource.register(made(found))  # pickled here and now
    finally:
        sys.meta_path.remove(finder)
        if before:
            for name in [name for name in sys.modules if name.split(".")[0] == _PACKAGE]:
                del sys.modules[name]
            sys.modules.update(before)
