"""Slices to pages: each by the way that the plan chose for it."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Page, Read, Slice
from lakeflow_sources.http import Client

from .bulk import bulk_pages
from .deletes import deleted_pages
from .parents import pages_by_parent
from .rest import rest_pages
from .slices import live, span_of

__all__ = ["fetch"]


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The pages of one slice."""
    if piece["way"] == "deletes":
        return deleted_pages(read, piece, client)
    if piece["way"] == "parents":
        return pages_by_parent(read, client)
    query = live(read).also(*(piece["also"] or ()))
    pages = bulk_pages if piece["way"] == "bulk" else rest_pages
    return pages(read, client, query, span_of(piece))
