"""CRM records of every object type: full reads by the list, changes by search, deletes by the archive."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import (
    AccessError,
    Column,
    Cursor,
    Ingestion,
    Page,
    Read,
    Settings,
    Slice,
    Table,
)
from lakeflow_sources.http import Client, get

from .archive import archived_pages
from .paths import path
from .ranges import list_pages, list_slices
from .windows import search_pages, window_slices

__all__ = ["STANDARD", "Kind", "custom_kinds", "table"]


@dataclass(frozen=True, slots=True)
class Kind:
    """An object type: *api* is what paths call it."""

    name: str
    api: str
    cursor: str = "hs_lastmodifieddate"
    ingestion: Ingestion = "cdc_with_deletes"
    category: str = "crm"


_ENGAGEMENTS = ("calls", "emails", "meetings", "notes", "tasks", "communications")
STANDARD: tuple[Kind, ...] = (
    Kind("contacts", "contacts", cursor="lastmodifieddate"),
    *(Kind(name, name) for name in ("companies", "deals", "tickets", "products", "line_items", "quotes", "leads")),
    # Whether the archive of these types can be listed is not documented.
    *(Kind(name, name, ingestion="cdc", category="engagements") for name in _ENGAGEMENTS),
    Kind("feedback_submissions", "feedback_submissions", ingestion="cdc"),
)

_TYPES = {
    "number": "decimal(38,18)",
    "bool": "boolean",
    "date": "date",
    "datetime": "timestamp",
}
"""Source: the properties guide; every other type is text, and every value travels as text."""


def table(kind: Kind) -> Table:
    """The table of an object type; its columns are the account's properties."""
    return Table(
        name=kind.name,
        columns=_columns(kind),
        primary_key=("id",),
        cursor=Cursor(kind.cursor, lag=60.0, lookback=240.0),
        ingestion=kind.ingestion,
        slices=_slices,
        fetch=_fetch,
        ignored=("archived", "associations", "url", "propertiesWithHistory", "objectWriteTraceId", "properties"),
        category=kind.category,
        data=kind,
    )


def custom_kinds(settings: Settings, client: Client) -> tuple[Kind, ...]:
    """The account's custom objects; none where its edition has no such thing."""
    try:
        answer = client.send(get(path(settings, "schemas"))).json()
    except AccessError as error:
        logging.getLogger(__name__).warning("custom objects are left out: %s", error)
        return ()
    taken = {kind.name for kind in STANDARD}
    return tuple(
        Kind(one["objectTypeId"] if one["name"] in taken else one["name"], one["objectTypeId"], category="custom")
        for one in answer["results"]
    )


def _columns(kind: Kind) -> Any:
    def columns(settings: Settings, client: Client) -> tuple[Column, ...]:
        answer = client.send(get(path(settings, "properties", kind.api), archived=False)).json()
        ends = (Column("_deleted", "boolean", "archived"),) if kind.ingestion == "cdc_with_deletes" else ()
        fixed = {column.name for column in (*_ENVELOPE, *ends)}
        return (*_ENVELOPE, *(_property(one, fixed) for one in answer["results"]), *ends)

    return columns


_ENVELOPE = (
    Column("id"),
    Column("created_at", "timestamp", "createdAt"),
    Column("updated_at", "timestamp", "updatedAt"),
    Column("archived_at", "timestamp", "archivedAt"),
)


def _property(one: dict[str, Any], fixed: set[str]) -> Column:
    """A property under its own name, behind a prefix where that is taken."""
    name = one["name"]
    column = f"property_{name}" if name.lower() in fixed else name
    kind = _TYPES.get(one["type"], "string")
    return Column(column, kind, f"properties.{name}", "millis" if kind == "date" else "iso", one.get("label") or "")


def _slices(read: Read, client: Client) -> list[Slice]:
    """Id ranges of the list for everything there is, search windows and the archive for changes."""
    if read.window is None:
        return list_slices(read, client)
    archive = [Slice({"from": "archive"}, read.window)] if read.table.ingestion == "cdc_with_deletes" else []
    return [*window_slices(read, client, read.window), *archive]


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page | Slice]:
    pages = {"archive": archived_pages, "search": search_pages, "list": list_pages}[piece["from"]]
    return pages(read, piece, client)
