"""What only each ticket tells by itself: its audits and its side conversations.

Only tickets with an event in the window are asked, which the planner finds in the export of events. (The export of
tickets would not do: it hides a ticket that changed again within the last minute, and with it the older change.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lakeflow_sources import AccessError, Cursor, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, MissingError, paginate

from .events import EVENTS
from .exports import export, seconds
from .lists import following, page_of, there
from .tickets import LAG

__all__ = ["TABLES"]

_EACH = 25  # tickets of a slice


def _tickets(read: Read, client: Client) -> list[int]:
    """Tickets with an event in the window, each once."""
    pages = export(EVENTS, read, client, read.window)
    return list(dict.fromkeys(event["ticket_id"] for events in pages for event in events))


def _dealt(read: Read, tickets: list[int]) -> list[Slice]:
    parts = (tickets[start : start + _EACH] for start in range(0, len(tickets), _EACH))
    return [Slice({"tickets": part}, read.window, len(part)) for part in parts]


def _slices(read: Read, client: Client) -> list[Slice]:
    return _dealt(read, _tickets(read, client))


def _each(read: Read, piece: Slice, client: Client, what: str) -> Iterator[Page]:
    """The list *what* of each ticket; one that was deleted meanwhile has none any more."""
    for ticket in piece["tickets"]:
        request = page_of(read.settings, f"tickets/{ticket}/{what}")
        try:
            for response in paginate(client.send, request, following):
                yield Page(response, what)
        except MissingError:
            if there(client, f"tickets/{ticket}"):
                raise  # the ticket has not gone, so it is a right or a product that is missing
            client.note(f"{read.table.name}: tickets that were deleted are left out")


def _audits(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for page in _each(read, piece, client, "audits"):
        assert page.response is not None
        audits = page.response.json()["audits"]
        yield Page(records=[one for one in audits if _within(piece, one)])


def _within(piece: Slice, audit: dict[str, Any]) -> bool:
    if piece.window is None:
        return True
    return piece.window.start.timestamp() <= seconds(audit["created_at"]) < piece.window.end.timestamp()


TICKET_AUDITS = Table(
    name="ticket_audits",
    columns=fields(
        "id long",
        "ticket_id long",
        "author_id long",
        "created_at timestamp",
        "via json",
        "metadata json",
        "events json",
    ),
    primary_key=("id",),
    cursor=Cursor("created_at", lag=LAG),
    ingestion="append",
    slices=_slices,
    fetch=_audits,
    category="tickets",
    description="Updates as the ticket itself shows them, by a call for each changed ticket; ticket_events needs none.",
)


def _available(read: Read, client: Client) -> list[Slice]:
    """The slices; raises `AccessError` where the account has no side conversations at all."""
    tickets = _tickets(read, client)
    for ticket in tickets:
        try:
            client.send(page_of(read.settings, f"tickets/{ticket}/side_conversations"))
        except MissingError as missing:
            if there(client, f"tickets/{ticket}"):
                raise AccessError(
                    f"Ticket {ticket} has no list of side conversations ({missing.cause})",
                    "side conversations need the Collaboration add-on: leave this table out where the account has none",
                ) from None
        else:
            break
    return _dealt(read, tickets)


def _conversations(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    return _each(read, piece, client, "side_conversations")


SIDE_CONVERSATIONS = Table(
    name="side_conversations",
    columns=fields(
        "id",
        "ticket_id long",
        "url",
        "subject",
        "preview_text",
        "state",
        "participants json",
        "external_ids json",
        "state_updated_at timestamp",
        "message_added_at timestamp",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=LAG, client_side=True),
    ingestion="cdc",
    slices=_available,
    fetch=_conversations,
    category="tickets",
    description="Threads beside a ticket; needs the Collaboration add-on, and a call for each changed ticket.",
)

TABLES: tuple[Table, ...] = (TICKET_AUDITS, SIDE_CONVERSATIONS)
