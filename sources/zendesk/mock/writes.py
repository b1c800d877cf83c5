"""What tests may do to the account between two reads; `time` is an ISO 8601 instant, now without one.

create    table count=1 values={} time=          -> {"ids": [...]}   tickets, users, ... and plain lists
change    table ids=[] values={} time=           an agent's change: `updated_at` moves, a ticket gets an event
touch     ids=[] time=                           the system's change of tickets: only `generated_timestamp` moves
comment   ticket values={} time=                 -> {"id": ...}
converse  ticket time=                           a side conversation begins or goes on
delete    table ids=[] time=                     a ticket into the bin, a user inactive, anything else gone
archive   ids=[]                                 tickets leave every list but the exports
add_field table id= type= title= key=            ticket_fields, user_fields, organization_fields
remove_field table id                            with its values, of which no record's time tells
deny      area= status=403 · allow area=         exports, side_conversations, audit_logs, help_center, community, ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import iso, millis

from .account import AREAS, Account
from .desk import Desk
from .fields import definitions
from .guide import Guide
from .people import People
from .shelf import Record

__all__ = ["Writes"]


class Writes:
    """The actions by name."""

    def __init__(self, account: Account, desk: Desk, people: People, guide: Guide) -> None:
        self._account, self._desk = account, desk
        self._makers: Mapping[str, Callable[[int, int], Record]] = {
            "users": people.user,
            "organizations": people.organization,
            "articles": guide.article,
        }
        self._actions: Mapping[str, Callable[..., Any]] = {
            "create": self._create,
            "change": self._change,
            "touch": self._touch,
            "comment": lambda ticket, values=None, time=None: {
                "id": desk.comment(ticket, values or {}, self._second(time))
            },
            "converse": lambda ticket, time=None: {"id": desk.converse(ticket, self._second(time))},
            "delete": self._delete,
            "archive": self._archive,
            "add_field": self._add_field,
            "remove_field": self._remove_field,
            "deny": self._deny,
            "allow": lambda area: account.denied.pop(area, None),
        }

    def __call__(self, action: str, values: Mapping[str, Any]) -> Any:
        """Do it; raises `ConfigurationError` for an action that does not exist, `TypeError` for a wrong field."""
        if action not in self._actions:
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join(self._actions)}")
        return self._actions[action](**values)

    def _second(self, time: str | None) -> int:
        return millis(time) // 1000 if time else self._account.now()

    def _create(
        self, table: str, count: int = 1, values: Mapping[str, Any] | None = None, time: str | None = None
    ) -> Any:
        return {"ids": [self._made(table, values or {}, self._second(time)) for _ in range(count)]}

    def _made(self, table: str, values: Mapping[str, Any], second: int) -> Any:
        if table == "tickets":
            return self._desk.make(values, second)
        shelf = self._account.shelf(table)
        key = max((one["id"] for one in shelf), default=0) + 1
        make = self._makers.get(table)
        record = make(key, len(shelf)) if make else self._account.list_record(table, key, len(shelf))
        known = {"active": True} if table == "users" else {}
        shelf.put({**record, "created_at": iso(second * 1000), "updated_at": iso(second * 1000), **known, **values})
        return key

    def _change(
        self, table: str, ids: list[Any], values: Mapping[str, Any] | None = None, time: str | None = None
    ) -> None:
        second = self._second(time)
        for key in ids:
            if table == "tickets":
                self._desk.change(key, values or {}, second)
            else:
                shelf = self._account.shelf(table)
                shelf.put({**shelf[key], "updated_at": iso(second * 1000), **(values or {})})

    def _archive(self, ids: list[int]) -> None:
        self._desk.archived.update(ids)

    def _touch(self, ids: list[int], time: str | None = None) -> None:
        for key in ids:
            self._desk.touch(key, self._second(time))

    def _delete(self, table: str, ids: list[Any], time: str | None = None) -> None:
        second = self._second(time)
        for key in ids:
            if table == "tickets":
                self._desk.delete(key, second)
            elif table == "users":
                self._change(table, [key], {"active": False}, time)
            else:
                self._account.shelf(table).drop(key)

    def _add_field(self, table: str, **values: Any) -> None:
        (made,) = definitions([{"title": "", "removable": True, **values}], self._account.until)
        self._account.shelf(table).put(made)

    def _remove_field(self, table: str, id: int) -> None:  # noqa: A002 (as the API calls it)
        shelf = self._account.shelf(table)
        if id not in shelf or not shelf[id].get("removable", True):
            raise ConfigurationError(f"There is no field {id} in {table} that can be removed")
        field = shelf.drop(id)
        if table == "ticket_fields":
            self._desk.forget_field(id)
            return
        owners = self._account.shelf(table.removesuffix("_fields") + "s")
        for record in owners:
            owners.put({**record, table: {key: one for key, one in record[table].items() if key != field["key"]}})

    def _deny(self, area: str, status: int = 403) -> None:
        if area not in AREAS:
            raise ConfigurationError(f"There is no area {area!r}", f"use {', '.join(AREAS)}")
        self._account.denied[area] = status
