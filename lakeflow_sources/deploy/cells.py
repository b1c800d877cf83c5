"""Cells of the metadata CSV: text in, checked value out, and back."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from lakeflow_sources.declare import Ingestion
from lakeflow_sources.deploy.bundle_variables import refuse_variable
from lakeflow_sources.deploy.cron import quartz
from lakeflow_sources.deploy.problems import nearest, shown
from lakeflow_sources.deploy.slug import slug
from lakeflow_sources.deploy.table_spec import Expectation
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.redact import SECRET_NAME

__all__ = [
    "INGESTION_TYPES",
    "check_option_name",
    "expectations",
    "expectations_cell",
    "group",
    "identifier",
    "ingestion_type",
    "line",
    "names",
    "prose",
    "scd_type",
    "schedule",
    "table_options",
    "weight",
    "whole_number",
]

INGESTION_TYPES: tuple[str, ...] = get_args(Ingestion)
_OPTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}")
_OWN_OPTIONS = frozenset({"tablename", "table", "path", "self"})
_NOT_IN_IDENTIFIERS = re.compile(r"[./`\s\x00-\x1f\x7f]")
_LONGEST_IDENTIFIER = 255


def prose(cell: str) -> str:
    """Any text, over several lines if need be, which all end alike."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def line(cell: str) -> str:
    """Text of one line."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in cell):
        raise ConfigurationError(f"{shown(cell)} has a line break or a control character", "write it on one line")
    return cell


def group(cell: str) -> str:
    """Name of a pipeline group: anything that a file can be named after."""
    slug(cell)
    return line(cell)


def identifier(cell: str) -> str:
    """Name of a catalog, a schema or a table."""
    if _NOT_IN_IDENTIFIERS.search(cell) or len(cell) > _LONGEST_IDENTIFIER:
        raise ConfigurationError(
            f"{shown(cell)} cannot be a name in Unity Catalog",
            f"leave out dots, slashes, spaces, backticks and control characters, "
            f"and keep to {_LONGEST_IDENTIFIER} characters",
        )
    return line(cell)


def names(cell: str) -> tuple[str, ...]:
    """Column names between commas."""
    found = tuple(name for part in line(cell).split(",") if (name := part.strip()))
    if len(set(found)) < len(found):
        raise ConfigurationError(f"{shown(cell)} names a column twice", "name each once, with commas between")
    return found


def schedule(cell: str) -> str:
    """A cron expression of five fields, with one space between them."""
    quartz(cell)
    return " ".join(cell.split())


def weight(cell: str) -> float:
    """A positive number."""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ConfigurationError(f"{shown(cell)} is not a positive number", "write one such as 1 or 2.5, or nothing")
    return number


def whole_number(cell: str) -> int:
    """A whole number."""
    try:
        return int(cell)
    except ValueError:
        raise ConfigurationError(f"{shown(cell)} is not a whole number", "write one such as 1, or nothing") from None


def ingestion_type(cell: str) -> str:
    """How rows arrive: one of `INGESTION_TYPES`."""
    if cell.lower() not in INGESTION_TYPES:
        raise ConfigurationError(f"{shown(cell)} is not an ingestion type", nearest(cell, INGESTION_TYPES))
    return cell.lower()


def scd_type(cell: str) -> int:
    """1 keeps the newest version of a row, 2 keeps its history."""
    match = re.fullmatch(r"(?:scd(?:_?type)?_?)?([12])", cell.lower())
    if match is None:
        raise ConfigurationError(f"{shown(cell)} is not an SCD type", "write 1 for the newest version or 2 for history")
    return int(match[1])


def table_options(cell: str) -> dict[str, str]:
    """Options of the connector for this table alone: a JSON object of texts, numbers and booleans."""
    options: dict[str, str] = {}
    for name, value in _json_object(cell, '{"page_size": 50}').items():
        check_option_name(name, options)
        refuse_variable(name, value)
        if isinstance(value, bool):
            options[name] = str(value).lower()
        elif isinstance(value, str):
            options[name] = value
        else:
            raise ConfigurationError(
                f"option {name} is neither a text nor a number nor a boolean", "write it as one of these"
            )
    return options


def check_option_name(name: str, others: Mapping[str, Any] | Sequence[str] = ()) -> None:
    """Refuse a *name* that no option can have, that is a secret's, or that *others* has in another case."""
    if not _OPTION_NAME.fullmatch(name):
        raise ConfigurationError(f"{shown(name)} cannot be the name of an option", "write one such as page_size")
    if name.lower() in _OWN_OPTIONS:
        raise ConfigurationError(f"option {name} is set by the notebook itself", "put the table into source_table")
    if SECRET_NAME.search(name):
        raise ConfigurationError(
            f"option {name} is named like a secret and would be readable in the notebook",
            "put the value into a secret scope and name its key in secret_mappings of the connector config",
        )
    if any(name.lower() == other.lower() and name != other for other in others):
        raise ConfigurationError(f"option {name} is there in two spellings", "keep one, options ignore case")


def expectations(cell: str) -> tuple[Expectation, ...]:
    """Conditions by name: a JSON object of SQL texts, or of objects with `condition` and `action`."""
    example = '{"has_id": "id IS NOT NULL"}'
    return tuple(_expectation(name, stated) for name, stated in _json_object(cell, example).items())


def _expectation(name: str, stated: Any) -> Expectation:
    parts = {"condition": stated} if isinstance(stated, str) else stated
    action = parts.get("action", "warn") if isinstance(parts, dict) else None
    known = isinstance(parts, dict) and {"condition"} <= parts.keys() <= {"condition", "action"}
    if not known or action not in {"warn", "drop", "fail"} or not _filled(name) or not _filled(parts["condition"]):
        raise ConfigurationError(
            f"expectation {shown(name)} is not understood",
            'write "name": "SQL condition", or "name": {"condition": "SQL condition", "action": "warn, drop or fail"}',
        )
    return Expectation(name, parts["condition"], action)


def expectations_cell(stated: Sequence[Expectation]) -> str:
    """The cell that `expectations` reads back as *stated*."""
    texts: dict[str, Any] = {
        rule.name: rule.condition if rule.action == "warn" else {"condition": rule.condition, "action": rule.action}
        for rule in stated
    }
    return json.dumps(texts) if texts else ""


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _json_object(cell: str, example: str) -> dict[str, Any]:
    """The object that *cell* holds; numbers stay as they are written."""
    try:
        value = json.loads(
            cell, object_pairs_hook=_unique, parse_float=str, parse_int=str, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the cell is not JSON ({error})", f"write an object such as {example}") from None
    if not isinstance(value, dict):
        raise ConfigurationError("the cell is JSON but not an object", f"write one such as {example}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
