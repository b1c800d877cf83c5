"""Objects that can only be asked for by the ids of another one."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Page, Read
from lakeflow_sources.http import Client

from .kinds import Kind
from .rest import records_of, rest_pages
from .slices import live
from .soql import Query, quoted

__all__ = ["pages_by_parent"]

_TOGETHER = 150  # ids of one query, which has to fit an address


def pages_by_parent(read: Read, client: Client) -> Iterator[Page]:
    """All rows, found by walking the parents."""
    kind: Kind = read.table.data
    assert kind.parent is not None
    source, field = kind.parent
    for parents in records_of(read, client, Query(("Id",), source), None):
        ids = [one["Id"] for one in parents]
        for start in range(0, len(ids), _TOGETHER):
            some = quoted(ids[start : start + _TOGETHER])
            yield from rest_pages(read, client, live(read).also(f"{field} IN ({some})"), None)
