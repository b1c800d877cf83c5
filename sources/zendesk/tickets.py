"""Tickets and their metrics: one export, ordered by `generated_timestamp`, with archived and deleted tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lakeflow_sources import Column, Cursor, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client

from .custom_fields import ticket_columns, with_values
from .exports import Export, export
from .spans import export_slices

__all__ = ["LAG", "TABLES", "scope"]

LAG = 120.0
"""Seconds: exports hide the last minute, and clocks differ."""

_GENERATED = Column(
    "generated_timestamp",
    "timestamp",
    format="seconds",
    comment="When the ticket changed last, by the system too; updated_at stays behind it.",
)
_DELETED = "deleted"


def scope(read: Read) -> dict[str, object]:
    """Tickets of AI agents are left out of exports unless they are asked for."""
    return {"support_type_scope": read.settings.get("support_type_scope")}


def _asks(read: Read) -> dict[str, object]:
    """Deleted tickets are told of as changes, and are not part of what is there."""
    return {**scope(read), "exclude_deleted": True if read.window is None else None}


def _with_metrics(read: Read) -> dict[str, object]:
    return {**_asks(read), "include": "metric_sets"}


_TICKETS = Export("incremental/tickets/cursor", "tickets", "generated_timestamp", True, exact=True, asks=_asks)
_METRICS = replace(_TICKETS, asks=_with_metrics)


def _tickets(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for records in export(_TICKETS, read, client, piece.window):
        yield Page(records=[_row(one) for one in with_values(read, _there(read, records))])


def _there(read: Read, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in records if one.get("status") != _DELETED] if read.window is None else records


def _row(ticket: Mapping[str, Any]) -> dict[str, Any]:
    return {**ticket, "_deleted": ticket.get("status") == _DELETED}


_COLUMNS = (
    *fields(
        "id long",
        "url",
        "external_id",
        "type",
        "subject",
        "raw_subject",
        "description",
        "priority",
        "status",
        "custom_status_id long",
        "recipient",
        "requester_id long",
        "submitter_id long",
        "assignee_id long",
        "organization_id long",
        "group_id long",
        "collaborator_ids array<long>",
        "follower_ids array<long>",
        "email_cc_ids array<long>",
        "sharing_agreement_ids array<long>",
        "followup_ids array<long>",
        "forum_topic_id long",
        "problem_id long",
        "has_incidents boolean",
        "is_public boolean",
        "due_at timestamp",
        "tags array<string>",
        "via json",
        "satisfaction_rating json",
        "custom_fields json",
        "ticket_form_id long",
        "brand_id long",
        "allow_channelback boolean",
        "allow_attachments boolean",
        "from_messaging_channel boolean",
        "support_type",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    _GENERATED,
    Column("_deleted", "boolean"),
)

TICKETS = Table(
    name="tickets",
    columns=_COLUMNS,
    more_columns=ticket_columns(_COLUMNS),
    primary_key=("id",),
    cursor=Cursor("generated_timestamp", lag=LAG),
    ingestion="cdc_with_deletes",
    slices=export_slices,
    fetch=_tickets,
    ignored=("fields", "encoded_id"),
    category="tickets",
    description="Tickets with their custom fields, archived ones included; deleted ones as tombstones.",
)


def _metrics(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for records in export(_METRICS, read, client, piece.window):
        found = (_metric_set(one) for one in records if one.get("status") != _DELETED)
        yield Page(records=[one for one in found if one])


def _metric_set(ticket: Mapping[str, Any]) -> dict[str, Any]:
    metrics = ticket.get("metric_set")
    if not metrics:
        return {}
    moved = {"generated_timestamp": ticket["generated_timestamp"]}
    return {"ticket_id": ticket["id"], **metrics, **moved}


_MINUTES = "struct<calendar:long,business:long>"

TICKET_METRICS = Table(
    name="ticket_metrics",
    columns=(
        *fields(
            "id long",
            "ticket_id long",
            "url",
            "group_stations long",
            "assignee_stations long",
            "reopens long",
            "replies long",
            f"reply_time_in_minutes {_MINUTES}",
            f"reply_time_in_seconds {_MINUTES}",
            f"first_resolution_time_in_minutes {_MINUTES}",
            f"full_resolution_time_in_minutes {_MINUTES}",
            f"agent_wait_time_in_minutes {_MINUTES}",
            f"requester_wait_time_in_minutes {_MINUTES}",
            f"on_hold_time_in_minutes {_MINUTES}",
            "assignee_updated_at timestamp",
            "requester_updated_at timestamp",
            "status_updated_at timestamp",
            "custom_status_updated_at timestamp",
            "initially_assigned_at timestamp",
            "assigned_at timestamp",
            "solved_at timestamp",
            "latest_comment_added_at timestamp",
            "created_at timestamp",
            "updated_at timestamp",
        ),
        _GENERATED,
    ),
    primary_key=("id",),
    cursor=Cursor("generated_timestamp", lag=LAG),
    ingestion="cdc",
    slices=export_slices,
    fetch=_metrics,
    category="tickets",
    description="Times and counts of each ticket, read with the tickets: archived ones are not in their own list.",
)

TABLES: tuple[Table, ...] = (TICKETS, TICKET_METRICS)
