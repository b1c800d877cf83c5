"""The made-up account: its tables, and what its token may not see."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import iso, millis
from lakeflow_sources.testing.samples import number_of
from lakeflow_sources.testing.vendor import Setup

from .catalogue import LISTS
from .fields import ORGANIZATION_FIELDS, TICKET_FIELDS, USER_FIELDS, definitions
from .filling import Filler
from .refusals import forbidden, not_found
from .shelf import Record, Shelf

__all__ = ["AREAS", "Account"]

_UNTIL = millis("2025-07-01T00:00:00Z")
_OTHERS = {"tickets": 240, "users": 150, "organizations": 60, "articles": 40}
AREAS = ("exports", "side_conversations", "audit_logs", "custom_roles", "help_center", "community")
"""What a test may close: 403, or 404 where the feature is switched off."""


class Account:
    """All data of the mock; *until* is the second before which everything seeded happened."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.clock, self.seed = setup, setup.clock, setup.seed
        self.until = (setup.clock.now() if setup.clock.frozen else _UNTIL) // 1000
        self.hidden = int(setup.number("hidden_seconds", 60))
        self.sideloads = setup.flag("sideloads", default=True)
        self.denied: dict[str, int] = {}
        self.amounts = _amounts(setup.records)
        self.shelves: dict[str, Shelf] = {
            "ticket_fields": Shelf(definitions(TICKET_FIELDS, self.until)),
            "user_fields": Shelf(definitions(USER_FIELDS, self.until)),
            "organization_fields": Shelf(definitions(ORGANIZATION_FIELDS, self.until)),
        }
        self.filler = Filler(self.seed, self.until, self.ids, int(setup.number("ties", 0)))
        self._planned: dict[str, list[int]] = {}
        self._serial = 0

    def ids(self, table: str) -> list[int]:
        """Ids of a table, of one that is made later too."""
        if table in self.shelves:
            return self.shelves[table].keys()
        if table not in self._planned:
            first, step = (LISTS[table].first_id, 7) if table in LISTS else (_FIRST[table], 1)
            self._planned[table] = [first + step * index for index in range(self.amounts[table])]
        return self._planned[table]

    def now(self) -> int:
        """Seconds: Zendesk's times have no fraction."""
        return self.clock.now() // 1000

    def stamp(self, time: str | None = None) -> str:
        """*time*, or now, as the API writes it."""
        return iso((millis(time) // 1000 if time else self.now()) * 1000)

    def serial(self) -> int:
        """A number that was not used before, for new records."""
        self._serial += 1
        return self._serial

    def draw(self, *parts: object) -> int:
        """A number that depends on the seed and *parts* only."""
        return number_of(self.seed, *parts)

    def enter(self, area: str) -> None:
        """Raise the error of an area that is closed."""
        if area in self.denied:
            raise forbidden() if self.denied[area] == HTTPStatus.FORBIDDEN else not_found()

    def shelf(self, table: str) -> Shelf:
        """A table by its name; raises `ConfigurationError` for a test that asks for another one."""
        if table not in self.shelves:
            raise ConfigurationError(f"There is no table {table!r}", f"use {', '.join(self.shelves)}")
        return self.shelves[table]

    def fill_lists(self) -> None:
        """Make the plain lists, which refer to users, tickets and each other."""
        for table in LISTS:
            keys = self.ids(table)
            records = [self.list_record(table, key, index) for index, key in enumerate(keys)]
            self.shelves[table] = Shelf(records)

    def list_record(self, table: str, key: int, index: int) -> Record:
        """A record of a plain list."""
        record = self.filler.record(table, LISTS[table].fields, key, index)
        special = _SPECIAL.get(table)
        return {**record, **special(record, index)} if special else record


_FIRST = {"tickets": 1, "users": 20_978_392, "organizations": 509_974, "articles": 37_486_578}


def _amounts(asked: Mapping[str, int]) -> dict[str, int]:
    amounts = {**{table: kind.count for table, kind in LISTS.items()}, **_OTHERS}
    unknown = sorted(set(asked) - set(amounts))
    if unknown:
        raise ConfigurationError(f"There are no {', '.join(unknown)} to make", f"use {', '.join(amounts)}")
    return {**amounts, **asked}


def _sla(_record: Record, index: int) -> dict[str, Any]:
    metric = {"priority": "high", "metric": "first_reply_time", "target": 60 * index, "business_hours": index % 2 == 0}
    return {"policy_metrics": [{**metric, "target_in_seconds": 3_600 * index}][: index % 3]}


def _schedule(_record: Record, index: int) -> dict[str, Any]:
    days = range(1, 6 if index else 1)
    return {"intervals": [{"start_time": day * 1_440 + 540, "end_time": day * 1_440 + 1_020} for day in days]}


def _suspended(record: Record, index: int) -> dict[str, Any]:
    return {"author": None if index % 4 == 0 else {"id": index or None, "name": "Mr Ünknown", "email": "x@example.com"}}


def _category(record: Record, _index: int) -> dict[str, Any]:
    return {"id": str(record["id"])}


_SPECIAL = {
    "sla_policies": _sla,
    "schedules": _schedule,
    "suspended_tickets": _suspended,
    "trigger_categories": _category,
}
