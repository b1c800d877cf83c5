"""What happened to tickets: events, the comments among them, and metric events. They never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lakeflow_sources import Column, Cursor, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client

from .exports import Export, export, fetch_export
from .spans import export_slices
from .tickets import LAG, scope

__all__ = ["EVENTS", "TABLES"]

_COMMENTS = frozenset({"Comment", "VoiceComment"})
_WHEN = Column("timestamp", "timestamp", format="seconds")


def _with_comments(read: Read) -> dict[str, object]:
    return {**scope(read), "include": "comment_events"}


EVENTS = Export("incremental/ticket_events", "ticket_events", "timestamp", moves=False, exact=True, asks=scope)
_COMMENTED = replace(EVENTS, asks=_with_comments)

TICKET_EVENTS = Table(
    name="ticket_events",
    columns=(
        *fields("id long", "ticket_id long"),
        _WHEN,
        *fields(
            "created_at timestamp",
            "updater_id long",
            "via",
            "via_reference_id long",
            "event_type",
            "system json",
            "metadata json",
            "child_events json",
        ),
    ),
    primary_key=("id",),
    cursor=Cursor("timestamp", lag=LAG),
    ingestion="append",
    slices=export_slices,
    fetch=fetch_export,
    category="tickets",
    description="One row for each update of a ticket, with what it changed as JSON.",
    data=EVENTS,
)


def _comments(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Comments belong to the window of their event: imported ones may have been made years before it."""
    for events in export(_COMMENTED, read, client, piece.window):
        yield Page(records=[row for event in events for row in _comments_of(event)])


def _comments_of(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for child in event.get("child_events") or ():
        kind = child.get("type") if child.get("type") in _COMMENTS else child.get("event_type")
        if kind in _COMMENTS:
            yield {
                "created_at": event.get("created_at"),
                **child,
                "type": kind,
                "ticket_id": event.get("ticket_id"),
                "event_id": event.get("id"),
                "timestamp": event.get("timestamp"),
            }


_ATTACHMENT = (
    "struct<id:long,file_name:string,content_url:string,mapped_content_url:string,content_type:string,size:long,"
    "width:string,height:string,inline:boolean,deleted:boolean,malware_access_override:boolean,"
    "malware_scan_result:string,url:string,thumbnails:json>"
)

TICKET_COMMENTS = Table(
    name="ticket_comments",
    columns=(
        *fields(
            "id long",
            "ticket_id long",
            "event_id long",
            "audit_id long",
            "type",
            "author_id long",
            "body",
            "html_body",
            "plain_body",
            "public boolean",
            f"attachments array<{_ATTACHMENT}>",
            "via json",
            "via_reference_id long",
            "metadata json",
            "data json",
            "created_at timestamp",
        ),
        _WHEN,
    ),
    primary_key=("id",),
    cursor=Cursor("created_at", lag=LAG),
    ingestion="append",
    slices=export_slices,
    fetch=_comments,
    ignored=("event_type", "uploads", "trusted", "formatted_from", "formatted_to", "transcription_visible"),
    category="tickets",
    description="Every comment with its author, text and attachments' metadata, without a call for each ticket.",
)

_METRIC_EVENTS = Export(
    "incremental/ticket_metric_events", "ticket_metric_events", "time", sized=False, moves=False, exact=True
)

TICKET_METRIC_EVENTS = Table(
    name="ticket_metric_events",
    columns=fields(
        "id long",
        "ticket_id long",
        "metric",
        "instance_id long",
        "type",
        "time timestamp",
        "deleted boolean",
        "status json",
        "sla json",
        "group_sla json",
    ),
    primary_key=("id",),
    cursor=Cursor("time", lag=LAG),
    ingestion="append",
    slices=export_slices,
    fetch=fetch_export,
    category="tickets",
    data=_METRIC_EVENTS,
)

TABLES: tuple[Table, ...] = (TICKET_EVENTS, TICKET_COMMENTS, TICKET_METRIC_EVENTS)
