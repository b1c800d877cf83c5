"""The made-up org: its objects with their records, its clock, and what its users may do."""

from __future__ import annotations

from dataclasses import dataclass

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.samples import number_of
from lakeflow_sources.testing.vendor import Setup

from .catalogue import KINDS, Kind, with_fields
from .fields import Field, extra_fields
from .records import LIVE, Index, Records
from .refusals import Refused, bad, not_found
from .values import Values

__all__ = ["DAY", "Org", "Thing"]

DAY = 86_400
_UNTIL = millis("2025-06-01T00:00:00Z") // 1000
_EACH = 60
_SHOWN_DELETED = (2, 11)
"""Places of the records that lie in the recycle bin from the beginning."""


@dataclass
class Thing:
    """An object of the org with its values and records."""

    kind: Kind
    values: Values
    records: Records

    def raw(self, field: Field, index: int) -> object:
        """The value of a field that the records do not know themselves, changes included."""
        changed = self.records.changes.get(index)
        if changed is not None and field.name in changed:
            return changed[field.name]
        return self.values.value(field, index)


class Org:
    """All data of the mock; what is seeded happened before `until`, but for deletes, which are of this week."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.clock = setup.clock
        self.until = self.now() if setup.clock.frozen else _UNTIL
        self.retention = setup.number("retention_days", 15) * DAY
        self.daily_most = int(setup.number("daily_calls", 100_000))
        self.daily_used = 0
        self.page_rows = int(setup.number("page_rows", 2000))
        extra = extra_fields(int(setup.number("extra_fields", 0)))
        kinds = [with_fields(kind, extra) if kind.name == "Wide__c" else kind for kind in KINDS]
        self._check(setup, {kind.name for kind in kinds})
        self.things: dict[str, Thing] = {}
        self.undescribed: set[str] = set()
        """Objects that are listed, and whose description is refused."""
        for kind in kinds:
            self.things[kind.name.lower()] = self._thing(kind)
        for thing in self.things.values():
            self._bin(thing)

    @staticmethod
    def _check(setup: Setup, names: set[str]) -> None:
        unknown = sorted(set(setup.records) - names)
        if unknown:
            raise ConfigurationError(f"There are no {', '.join(unknown)} to make", f"use {', '.join(sorted(names))}")

    def _thing(self, kind: Kind) -> Thing:
        each = int(self.setup.number("each", _EACH))
        count = self.setup.records.get(kind.name, each if kind.queryable else 0)
        records = Records(self.setup.seed, kind, count=count, until=self.until)
        if kind.name == "Task":
            records.archived[::7] = True
        return Thing(kind, Values(self.setup.seed, kind, self.some_id), records)

    def _bin(self, thing: Thing) -> None:
        """Some records deleted in the last days, where the object knows deletes."""
        if thing.kind.style in {"standard", "custom"} and self.setup.flag("deleted", default=True):
            moment = self.now() - DAY
            for place in _SHOWN_DELETED:
                if place < len(thing.records):
                    thing.records.delete([place], moment - place * 60)

    def now(self) -> int:
        """Seconds since 1970."""
        return self.clock.now() // 1000

    def some_id(self, name: str, draw: int) -> str | None:
        """The id of a record of the object called *name*."""
        records = self.things[name.lower()].records if name.lower() in self.things else None
        return records.id(draw % len(records)) if records is not None and len(records) else None

    def thing(self, name: str) -> Thing:
        """The object called *name* in a path or in a FROM, in whatever case."""
        found = self.things.get(name.lower())
        if found is None:
            raise not_found()
        if found.kind.name in self.undescribed:
            raise Refused(403, "INSUFFICIENT_ACCESS", "You do not have access to this object.")
        return found

    def queried(self, name: str) -> Thing:
        """The same for a query, which says it in another way."""
        found = self.things.get(name.lower())
        if found is None or not found.kind.queryable:
            raise bad("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found

    def known(self, name: str) -> Thing:
        """The object called *name* by a test."""
        if name.lower() not in self.things:
            raise ConfigurationError(f"There is no object {name!r}", f"use {', '.join(self.things)}")
        return self.things[name.lower()]

    def with_prefix(self, prefix: str) -> Thing | None:
        """The object whose ids begin so."""
        return next((thing for thing in self.things.values() if thing.kind.prefix == prefix), None)

    def pick(self, thing: Thing, count: int) -> list[int]:
        """*count* live records that depend on the seed only."""
        live: Index = (thing.records.state == LIVE).nonzero()[0]
        if len(live) < count:
            raise ConfigurationError(f"There are only {len(live)} live records of {thing.kind.name}")
        step = len(live) // count if count else 1
        start = number_of(self.setup.seed, thing.kind.name, "pick") % step
        return [int(live[start + place * step]) for place in range(count)]

    def spend(self) -> None:
        """One more call of the day."""
        self.daily_used += 1

    @property
    def spent(self) -> bool:
        """Whether the calls of the day are used up."""
        return self.daily_used >= self.daily_most
