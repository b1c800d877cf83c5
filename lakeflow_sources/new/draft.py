"""What a new connector is drafted from, before it is written in YAML or Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ColumnDraft", "CursorDraft", "Draft", "ParentDraft", "TableDraft"]


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """A column; *path* is the way into a record, `@name` a value of the slice, empty where it is the name."""

    name: str
    type: str = "string"
    path: str = ""


@dataclass(frozen=True, slots=True)
class CursorDraft:
    """How increments are asked for."""

    field: str
    start_param: str = ""
    end_param: str = ""


@dataclass(frozen=True, slots=True)
class ParentDraft:
    """A call for each row of *table*: the path's *name* is the value at *path* of the row."""

    table: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A table; *notes* are what could not be known, *records* samples of what the API answers."""

    name: str
    path: str
    columns: tuple[ColumnDraft, ...]
    at: str = ""
    primary_key: tuple[str, ...] = ()
    ingestion: str = "snapshot"
    cursor: CursorDraft | None = None
    parent: ParentDraft | None = None
    paging: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    category: str = ""
    records: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A connector; *auth* has the keys of a declaration's `auth`, *options* are those that calls need."""

    name: str
    title: str
    base_url: str
    tables: tuple[TableDraft, ...]
    auth: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """Descriptions by name."""
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Lists of the API that became no table, and why."""
