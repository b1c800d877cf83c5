"""The keys of a declaration, section by section, from the description that schema and loader are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.declaration.auth_keys import AUTH
from lakeflow_sources.declaration.keys import (
    COLUMN,
    CURSOR,
    DECLARATION,
    DELETES,
    ERROR_RULE,
    OPTION,
    RATE,
    SLICE,
    TABLE,
)
from lakeflow_sources.declaration.paging_keys import PAGING
from lakeflow_sources.declaration.structure import Key, Record

__all__ = ["facts"]

_SECTIONS = {
    "At the top": DECLARATION,
    "Below `options.NAME`": OPTION,
    "Below `rates.NAME`": RATE,
    "In the list `errors`": ERROR_RULE,
    "Below `tables.NAME`": TABLE,
    "In the list `columns`": COLUMN,
    "Below `cursor`": CURSOR,
    "Below `slices`": SLICE,
    "Below `numbers` of slices": SLICE.keys["numbers"].shape,
    "Below `dates` of slices": SLICE.keys["dates"].shape,
    "Below `deletes`": DELETES,
}
_VARIANTS = {"auth": AUTH.kinds, "paging": PAGING.kinds}


def facts() -> list[dict[str, Any]]:
    """Sections in the order of a declaration; those with a `type` name the types that each key belongs to."""
    plain = [{"title": title, "kinds": [], "keys": _keys(record.keys)} for title, record in _SECTIONS.items()]
    return [*plain, *(_variant(f"Below `{name}`", kinds) for name, kinds in _VARIANTS.items())]


def _keys(keys: Mapping[str, Key]) -> list[dict[str, Any]]:
    return [{"name": name, "about": key.help, "required": key.required, "kinds": []} for name, key in keys.items()]


def _variant(title: str, kinds: Mapping[str, Record]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for kind, record in kinds.items():
        for one in _keys(record.keys):
            found.setdefault(one["name"], one)["kinds"].append(kind)
    return {"title": title, "kinds": list(kinds), "keys": list(found.values())}
