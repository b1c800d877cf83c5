"""The modules of the account as tables; their columns are the account's fields."""

from __future__ import annotations

from functools import partial

from lakeflow_sources import Column, Cursor, Ingestion, Settings, Table
from lakeflow_sources.http import Client

from .columns import columns_of
from .metadata import Module
from .ways import fetch, slices

__all__ = ["OVERLAP", "table"]

OVERLAP = 300.0  # seconds: late rows, and the second in which both windows end


def table(module: Module) -> Table:
    """The table of a module."""
    ingestion: Ingestion = "cdc_with_deletes" if module.changes else "snapshot"
    return Table(
        name=module.name,
        columns=partial(_columns, module),
        primary_key=("id",),
        cursor=Cursor("Modified_Time", lag=60.0, lookback=OVERLAP) if module.changes else None,
        ingestion=ingestion,
        slices=slices,
        fetch=fetch,
        category={"custom": "custom", "linking": "links", "subform": "subforms"}.get(module.kind, "crm"),
        data=module,
    )


def _columns(module: Module, settings: Settings, client: Client) -> tuple[Column, ...]:
    found = columns_of(settings, client, module.name)
    if not module.changes:
        return found
    names = {one.name for one in found}
    cursor = () if "Modified_Time" in names else (Column("Modified_Time", "timestamp"),)
    return (*found, *cursor, Column("_deleted", "boolean"))
