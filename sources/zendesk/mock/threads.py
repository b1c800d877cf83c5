"""What lies below a ticket: audits, comments, side conversations."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lakeflow_sources.testing.vendor import Route

from .account import Account
from .calls import number, route
from .desk import DELETED, Desk
from .listing import listed
from .refusals import not_found
from .shelf import Record

__all__ = ["audit_records", "thread_routes"]


def thread_routes(account: Account, desk: Desk) -> list[Route]:
    """A ticket and what lies below it; nothing does below a deleted one."""

    def ticket(request: web.Request) -> Record:
        key = number(request)
        if key not in desk.tickets or desk.tickets[key]["status"] == DELETED:
            raise not_found()
        return desk.tickets[key]

    def audits(request: web.Request) -> Any:
        found = audit_records(desk, ticket(request)["id"])
        if number(request) in desk.archived:  # all at once, whatever is asked
            return {"audits": found, "count": len(found), "next_page": None, "previous_page": None}
        return listed(request, "audits", found)

    def comments(request: web.Request) -> Any:
        found = audit_records(desk, ticket(request)["id"])
        return listed(request, "comments", [one for audit in found for one in audit["events"] if "body" in one])

    def conversations(request: web.Request) -> Any:
        key = ticket(request)["id"]
        return listed(request, "side_conversations", [one for one in desk.conversations if one["ticket_id"] == key])

    base = r"tickets/{id:\d+}"
    return [
        route(account, base, lambda request: {"ticket": ticket(request)}),
        route(account, f"{base}/audits", audits),
        route(account, f"{base}/comments", comments),
        route(account, f"{base}/side_conversations", conversations, area="side_conversations"),
    ]


def audit_records(desk: Desk, key: int) -> list[Record]:
    """The audits of a ticket, oldest first."""
    return desk.by_ticket.get(key, [])
