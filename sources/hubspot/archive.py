"""Deletes: HubSpot archives records and lists them for 90 days, without a filter by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lakeflow_sources import EPOCH, Page, Read, Slice, Window, moment
from lakeflow_sources.http import Client, paginate, paging

from .ranges import list_request
from .records import by_id

__all__ = ["archived_pages"]


_KEPT = timedelta(days=90)


def archived_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Tombstones of the records archived in the window; their cursor is the time of the archiving."""
    if piece.window is None:
        return
    oldest = datetime.now(UTC) - _KEPT
    if EPOCH < piece.window.start < oldest:
        client.note(
            f"HubSpot lists archived {read.table.name} for 90 days: those from before {oldest:%Y-%m-%d} may be "
            "missing, read the table in full"
        )
    request, short = list_request(read, archived=True)
    for response in paginate(client.send, request, paging.token("paging.next.after", param="after")):
        inside = [one for one in response.json()["results"] if _archived_in(one, piece.window)]
        if short:
            pages = by_id(read, [one["id"] for one in inside], client, archived=True)
            inside = [one for page in pages if page.response for one in page.response.json()["results"]]
        yield Page(response, "results", [_tombstone(one, read.table.data.cursor) for one in inside])


def _archived_in(record: Mapping[str, Any], window: Window) -> bool:
    return window.start <= moment(record["archivedAt"]) < window.end


def _tombstone(record: Mapping[str, Any], cursor: str) -> dict[str, Any]:
    """The record with a cursor behind its last change, so that the delete wins downstream."""
    return {**record, "archived": True, "properties": {**record["properties"], cursor: record["archivedAt"]}}
