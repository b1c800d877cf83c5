"""The mock of a connector: `MOCK` of its package's module `mock`, else the samples that lie beside it."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.registry import module_of
from lakeflow_sources.testing.vendor import Mock

__all__ = ["find_mock"]


def find_mock(name: str, source: str = "") -> Mock:
    """The mock called *name*, of the module or the folder *source* where one is given.

    Raises `ConfigurationError` where there is none.
    """
    if not source:
        return _of_connector(name)
    if Path(source).is_dir():
        from lakeflow_sources.testing.sampled import sampled_mock  # a vendor's mock needs none of it

        return sampled_mock(name, Path(source))
    return _imported(source)


def _of_connector(name: str) -> Mock:
    package = _package(module_of(name))
    spec = importlib.util.find_spec(package) if _exists(package) else None
    if spec is None:
        raise ConfigurationError(f"There is no mock of {name!r}", "use the name of a connector, or a folder of samples")
    if importlib.util.find_spec(f"{package}.mock") is not None:
        return _imported(f"{package}.mock")
    from lakeflow_sources.testing.sampled import FILE, find_samples, sampled_mock

    for folder in spec.submodule_search_locations or ():
        if find_samples(Path(folder)) is not None:
            return sampled_mock(name, Path(folder))
    raise ConfigurationError(
        f"The connector {name} brings no mock", f"give its package a module mock with MOCK, or samples/{FILE}"
    )


def _package(module: str) -> str:
    """The package that *module* is, or lies in."""
    spec = importlib.util.find_spec(module) if _exists(module) else None
    inside = spec is not None and spec.submodule_search_locations is None and "." in module
    return module.rpartition(".")[0] if inside else module


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a parent
        return False


def _imported(module: str) -> Mock:
    try:
        found = getattr(importlib.import_module(module), "MOCK", None)
    except ModuleNotFoundError as error:
        if not module.startswith(str(error.name)):
            raise
        raise ConfigurationError(f"There is no module {module}", "name a module with MOCK") from None
    if isinstance(found, Mock):
        return found
    raise ConfigurationError(f"The module {module} has no MOCK", "let it be a lakeflow_sources.testing.vendor.Mock")
