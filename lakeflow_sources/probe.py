"""Can a table be read at all: one page of it, and no more."""

from __future__ import annotations

from dataclasses import replace

from lakeflow_sources.declare import Connector, Read, Slice, Table
from lakeflow_sources.discover import all_columns
from lakeflow_sources.errors import AccessError, LakeflowError
from lakeflow_sources.fetch import fetch
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import Settings

__all__ = ["probe"]


def probe(connector: Connector, table: Table, settings: Settings, client: Client) -> str:
    """Why *table* cannot be read, in one sentence; empty when it can.

    Only what belongs to the table is an answer: credentials that are refused and quotas that are spent are raised.
    """
    try:
        columns = all_columns(table, settings, lambda: client)
        read = Read(connector, replace(table, columns=columns), settings, columns, columns)
        first = next(iter(table.slices(read, client)), None) if table.slices else Slice()
        if first is not None:
            next(iter(fetch(read, first, client)), None)
    except AccessError as error:
        return str(error)
    except LakeflowError as error:
        raise error.at(f"{connector.name}.{table.name}") from None
    return ""
