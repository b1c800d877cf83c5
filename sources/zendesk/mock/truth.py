"""What complete reads must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.vendor import RowsAsked

from .account import Account
from .catalogue import LISTS
from .desk import DELETED, Desk
from .exports import event_of
from .guide import Guide
from .listing import holidays_of, tag_records
from .people import People, remembered
from .shelf import Record

__all__ = ["Truth"]

_COMMENTS = ("Comment", "VoiceComment")


def _all(account: Account, name: str) -> list[Record]:
    return list(account.shelves[name])


class Truth:
    """Rows by table; *archived* ones are deleted tickets and inactive users."""

    def __init__(self, account: Account, desk: Desk, people: People, guide: Guide) -> None:
        self._account, self._desk = account, desk
        shelves = account.shelves
        fixed = (*LISTS, "ticket_fields", "user_fields", "organization_fields", "organizations", "articles")
        self._tables: Mapping[str, Callable[[], Sequence[Record]]] = {
            **{name: partial(_all, account, name) for name in fixed},
            "ticket_metrics": self._metrics,
            "ticket_events": lambda: [event_of(one, comments=False) for one in desk.audits],
            "ticket_comments": self._comments,
            "ticket_metric_events": lambda: list(desk.metric_events),
            "ticket_audits": lambda: [one for one in desk.audits if self._there(one["ticket_id"])],
            "side_conversations": lambda: [one for one in desk.conversations if self._there(one["ticket_id"])],
            "deleted_tickets": lambda: [one for one in shelves["deleted_tickets"] if one["id"] not in desk.archived],
            "user_identities": lambda: [one for user in people.active() for one in people.identities(user)],
            "deleted_users": lambda: remembered(account),
            "tags": lambda: tag_records(desk),
            "holidays": self._holidays,
            "article_comments": lambda: guide.all_comments("articles"),
            "post_comments": lambda: guide.all_comments("posts"),
            "votes": guide.all_votes,
        }

    def tables(self) -> list[str]:
        """Names of all tables."""
        return ["tickets", "users", *self._tables]

    def rows(self, asked: RowsAsked) -> Sequence[Record]:
        """A page of a table."""
        found = self._found(asked.table, asked.archived)
        return found[asked.start : asked.start + asked.limit]

    def _found(self, table: str, archived: bool | None) -> Sequence[Record]:
        if table not in ("tickets", "users"):
            return self._tables[table]()
        gone = (lambda one: one["status"] == DELETED) if table == "tickets" else (lambda one: not one["active"])
        return [one for one in self._account.shelves[table] if archived is None or gone(one) == archived]

    def _there(self, ticket: int) -> bool:
        return bool(self._desk.tickets[ticket]["status"] != DELETED)

    def _metrics(self) -> list[Record]:
        return [
            {**self._desk.metrics(one["id"]), "generated_timestamp": one["generated_timestamp"]}
            for one in self._desk.tickets
            if one["status"] != DELETED
        ]

    def _comments(self) -> list[Record]:
        return [
            {
                **one,
                "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
                "ticket_id": audit["ticket_id"],
                "event_id": audit["id"],
                "timestamp": millis(audit["created_at"]) // 1000,
            }
            for audit in self._desk.audits
            for one in audit["events"]
            if one["type"] in _COMMENTS
        ]

    def _holidays(self) -> list[Record]:
        schedules = [one["id"] for one in self._account.shelves["schedules"]]
        return [{**one, "schedule_id": key} for key in schedules for one in holidays_of(key)]
