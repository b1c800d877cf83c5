"""A draft in the keys of a declaration, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.fields import snake_case
from lakeflow_sources.new.draft import ColumnDraft, Draft, TableDraft

__all__ = ["column_line", "declaration_keys"]


def declaration_keys(draft: Draft) -> Mapping[str, Any]:
    """The keys at the top; those of tables stand under their name, with `notes` beside them."""
    top = {
        "name": draft.name,
        "title": draft.title,
        "base_url": draft.base_url,
        "options": {name: {"description": text} for name, text in draft.options.items()},
        "auth": dict(draft.auth),
    }
    return {
        "top": {name: value for name, value in top.items() if value},
        "tables": [{"name": table.name, "notes": table.notes, "keys": _table(table)} for table in draft.tables],
    }


def _table(table: TableDraft) -> dict[str, Any]:
    cursor, parent = table.cursor, table.parent
    keys = {
        "description": table.description,
        "category": table.category,
        "path": _path(table),
        "params": dict(table.params),
        "records": table.at,
        "slices": {"parent": parent.table, "map": {parent.name: parent.path}} if parent else None,
        "missing": "skip" if parent else None,
        "paging": dict(table.paging),
        "columns": [column_line(one) for one in table.columns],
        "primary_key": list(table.primary_key),
        "ingestion": table.ingestion if table.ingestion != "snapshot" else None,
        "cursor": _cursor_keys(table) if cursor else None,
    }
    return {name: value for name, value in keys.items() if value}


def _path(table: TableDraft) -> str:
    """The path, with the value of the parent's row as a template."""
    parent = table.parent
    return table.path.replace(f"{{{parent.name}}}", f"{{{{ slice.{parent.name} }}}}") if parent else table.path


def column_line(one: ColumnDraft) -> str:
    """The short form, with `->` where it would give the column another name."""
    source = one.path or one.name
    kind = "" if one.type == "string" else f" {one.type}"
    arrow = "" if snake_case(source.removeprefix("@")) == one.name else f" -> {one.name}"
    return f"{source}{kind}{arrow}"


def _cursor_keys(table: TableDraft) -> dict[str, str]:
    assert table.cursor is not None
    names = ("field", "start_param", "end_param")
    return {name: value for name in names if (value := getattr(table.cursor, name))}
