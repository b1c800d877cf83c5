"""Schema drift: fields of records that no column reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from lakeflow_sources.declare import Column
from lakeflow_sources.types import arrow_type

__all__ = ["RESCUED", "known_fields", "unknown_fields"]

RESCUED = "_rescued_data"
"""The column that keeps them as JSON text, where that is asked for."""


def known_fields(columns: Iterable[Column], ignored: Iterable[str]) -> dict[str, Any]:
    """Known fields as nested mappings; an empty one means that all below it is known."""
    tree: dict[str, Any] = {}
    for column in columns:
        if not column.source.startswith("@") and column.name != RESCUED:
            _plant(tree, column.source.split("."), _below(arrow_type(column.type)))
    for path in ignored:
        _plant(tree, path.split("."), {})
    return tree


def _plant(tree: dict[str, Any], path: list[str], leaf: dict[str, Any]) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = leaf


def _below(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return _below(kind.value_type)
    if pa.types.is_struct(kind):
        return {part.name: _below(part.type) for part in kind}
    return {}


def unknown_fields(value: Any, known: Mapping[str, Any], path: str, found: dict[str, Any]) -> None:
    """Collect the fields of *value* that *known* does not have, by their path."""
    if isinstance(value, list):
        for one in value:
            unknown_fields(one, known, path, found)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            place = f"{path}.{name}" if path else name
            if name not in known:
                found[place] = inner
            elif known[name]:
                unknown_fields(inner, known[name], place, found)
