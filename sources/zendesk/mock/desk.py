"""Tickets of the made-up account, with all that happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.testing.clock import iso, millis
from lakeflow_sources.testing.samples import NAMES, TEXTS

from .account import Account
from .metrics import metric_events, metric_set
from .shelf import Record, Shelf
from .ticket import STATUSES, attachment, ticket_record

__all__ = ["DELETED", "Desk"]

DELETED = "deleted"
_ARCHIVED = 400 * 86_400
_HOUR = 3_600
_IMPORTED, _BINNED, _DISCUSSED = 4, 7, 3
"""Which of several tickets are special."""
_YEARS = 3 * 365 * 86_400
_AUDIT, _CHILD = 9_000_000, 80_000_000


class Desk:
    """Tickets, their audits, metric events, side conversations, and which of them are archived."""

    def __init__(self, account: Account) -> None:
        self.account = account
        keys = account.ids("tickets")
        self.tickets = account.shelves["tickets"] = Shelf()
        self.audits, self.metric_events, self.conversations = Shelf(), Shelf(), Shelf()
        self.deletions = account.shelves["deleted_tickets"] = Shelf()
        self.archived: set[int] = set()
        self.by_ticket: dict[int, list[Record]] = {}
        for index, key in enumerate(keys):
            self._seed(key, index)

    def _seed(self, key: int, index: int) -> None:
        account = self.account
        draw = account.draw("ticket", index)
        made = account.filler.made("tickets", index)
        ticket = ticket_record(account, key, index, made)
        self.tickets.put(ticket)
        imported = made - _YEARS if index % 9 == _IMPORTED else made
        self._audit(key, made, draw, [self._comment(key, draw, imported)])
        last = made
        for step in range(draw % 4):
            last += _HOUR * (1 + (draw >> step) % 5)
            happened = [self._change(draw >> step)]
            if (draw >> step) % 3:
                happened.append(self._comment(key, draw >> (step + 3), last))
            self._audit(key, last, draw >> step, happened)
        moved = last + (_HOUR if index % 5 == 0 else 0)
        self._set(ticket, last, moved)
        for event in metric_events(key, draw, made):
            self.metric_events.put(event)
        if index % 31 == _BINNED:
            self.delete(key, moved + 60)
        elif ticket["status"] == "closed" and made < account.until - _ARCHIVED:
            self.archived.add(key)
        if index % 12 == _DISCUSSED:
            self.converse(key, last)

    def _set(self, ticket: Record, updated: int, generated: int) -> None:
        self.tickets.put({**ticket, "updated_at": iso(updated * 1000), "generated_timestamp": generated})

    def _audit(self, key: int, second: int, draw: int, happened: list[Record]) -> Record:
        number = _AUDIT + self.account.serial()
        users = self.account.ids("users")
        audit = {
            "id": number,
            "ticket_id": key,
            "created_at": iso(second * 1000),
            "author_id": users[draw % len(users)] if users else -1,
            "metadata": {"system": {"client": "Mözilla/5.0", "ip_address": "192.0.2.7"}, "custom": {}},
            "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
            "events": [{**one, "audit_id": number} for one in happened],
        }
        self.audits.put(audit)
        self.by_ticket.setdefault(key, []).append(audit)
        return audit

    def _comment(self, key: int, draw: int, second: int, **values: Any) -> Record:
        users, text = self.account.ids("users"), TEXTS[(draw >> 2) % len(TEXTS)]
        number = _CHILD + self.account.serial()
        voice = draw % 23 == 0
        return {
            "id": number,
            "type": "VoiceComment" if voice else "Comment",
            "author_id": users[draw % len(users)] if users else -1,
            "body": text,
            "html_body": f'<div class="zd-comment">{text}</div>',
            "plain_body": text,
            "public": draw % 4 != 0,
            "attachments": [attachment(key * 100 + place, text) for place in range(draw % 3)],
            "created_at": iso(second * 1000),
            **({"data": {"call_duration": 12, "recording_url": "https://elsewhere.example.com/1"}} if voice else {}),
            **values,
        }

    def _change(self, draw: int) -> Record:
        return {
            "id": _CHILD + self.account.serial(),
            "type": "Change",
            "field_name": "status",
            "value": STATUSES[draw % 6],
            "previous_value": STATUSES[(draw >> 2) % 6],
        }

    def make(self, values: Mapping[str, Any], second: int) -> int:
        """A new ticket with its first comment."""
        key = max(self.account.ids("tickets"), default=0) + 1
        draw = self.account.draw("new ticket", key)
        ticket = {**ticket_record(self.account, key, key, second), "support_type": "agent", "status": "new", **values}
        self._audit(key, second, draw, [self._comment(key, draw, second)])
        self._set(ticket, second, second)
        return key

    def change(self, key: int, values: Mapping[str, Any], second: int) -> None:
        """An agent changes a ticket: an event, and both of its times move."""
        self._audit(key, second, self.account.draw("change", key, second), [self._change(key)])
        self._set({**self.tickets[key], **values}, second, second)

    def comment(self, key: int, values: Mapping[str, Any], second: int) -> int:
        """Somebody comments; gives the id of the comment."""
        made = self._comment(key, self.account.draw("comment", key, second), second, **values)
        self._audit(key, second, 0, [made])
        self._set(self.tickets[key], second, second)
        return int(made["id"])

    def touch(self, key: int, second: int) -> None:
        """The system changes a ticket: no event, and `updated_at` stays."""
        self._set(self.tickets[key], millis(self.tickets[key]["updated_at"]) // 1000, second)

    def forget_field(self, field: int) -> None:
        """All tickets lose the value of a custom field, and neither of their times moves."""
        for ticket in self.tickets:
            kept = [one for one in ticket["custom_fields"] if one["id"] != field]
            self.tickets.put({**ticket, "custom_fields": kept, "fields": kept})

    def delete(self, key: int, second: int) -> None:
        """Into the bin: from every list, and out of the export as deleted."""
        ticket = self.tickets[key]
        self._set({**ticket, "status": DELETED}, second, second)
        at = iso(second * 1000)
        self.deletions.put(
            {
                "id": key,
                "subject": ticket["subject"],
                "description": ticket["description"],
                "actor": {"id": self.account.ids("users")[0], "name": NAMES[key % len(NAMES)]},
                "deleted_at": at.replace("-", "") if key % 2 else at,
                "previous_state": ticket["status"],
            }
        )

    def converse(self, key: int, second: int) -> str:
        """A side conversation begins, or goes on; the ticket gets an event."""
        name = f"{self.account.draw('conversation', key) % 16**8:08x}-ece5-11e8-857d-493066fa7b17"
        at = iso(second * 1000)
        known = self.conversations.get(name) or {"created_at": at}
        self.conversations.put(
            {
                "url": f"https://acme.zendesk.com/api/v2/tickets/{key}/side_conversations/{name}",
                "id": name,
                "ticket_id": key,
                "subject": TEXTS[key % len(TEXTS)],
                "preview_text": "héllo",
                "state": "open",
                "participants": [{"user_id": None, "name": "Björn", "email": "b@example.com"}],
                "external_ids": {"my_system": str(key)},
                "state_updated_at": at,
                "message_added_at": at,
                **known,
                "updated_at": at,
            }
        )
        self._audit(key, second, 0, [{"id": _CHILD + self.account.serial(), "type": "CollabThreadReply"}])
        return name

    def metrics(self, key: int) -> Record:
        """The metric set of a ticket."""
        ticket = self.tickets[key]
        return metric_set(ticket, self.account.draw("metrics", key))
