"""Notebooks in Databricks' source format, run as they are."""

from __future__ import annotations

import traceback
import warnings
from pathlib import Path
from typing import Any

from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.local.cause import cause_of

__all__ = ["find_notebooks", "run_notebook"]

_MARK = "# Databricks notebook source"


def find_notebooks(place: Path) -> tuple[Path, ...]:
    """The notebook *place*, or those in the folder *place* by name."""
    if place.is_file():
        return (place.resolve(),)
    if not place.is_dir():
        raise ConfigurationError(f"There is no folder {place}", "name the output folder of generate-notebooks")
    found = tuple(path.resolve() for path in sorted(place.glob("*.py")) if _is_notebook(path))
    if not found:
        cause = f"{place} holds no notebook, a .py file that begins with {_MARK!r}"
        raise ConfigurationError(cause, "name the output folder of generate-notebooks")
    return found


def run_notebook(path: Path, spark: Any) -> tuple[str, ...]:
    """Execute the notebook with *spark* as its session; what it warned of is returned."""
    try:
        code = compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError) as error:
        place = f"{path.name}, line {error.lineno}," if isinstance(error, SyntaxError) else path.name
        cause = f"{place} is not valid Python ({getattr(error, 'msg', error)})"
        raise ConfigurationError(cause, "correct it or generate it again") from None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            exec(code, {"__name__": path.stem, "__file__": str(path), "spark": spark})  # noqa: S102 - what this command is for
        except LakeflowError as error:
            raise error.at(path.name) from error
        except Exception as error:
            raise ConfigurationError(f"{path.name}, line {_line(error, path)}: {cause_of(error)}") from error
    return tuple(f"{path.name}: {warning.message}" for warning in caught if warning.category is UserWarning)


def _is_notebook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline().decode("utf-8", "replace").lstrip("\ufeff").rstrip() == _MARK


def _line(error: BaseException, path: Path) -> int:
    """Where in the notebook *error* came from: its top level, not a function that it called."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in frames if frame.filename == str(path)), 0)
