"""The made-up account: its object types with their records, and what its token may not see."""

from __future__ import annotations

from collections.abc import Mapping

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import iso, millis
from lakeflow_sources.testing.vendor import Setup

from .catalogue import KINDS, PIPED, Kind, custom_kind, extra_properties
from .records import Records
from .refusals import missing_scope, unknown_type
from .values import Values

__all__ = ["PORTAL", "Account", "Thing"]

PORTAL = 4_815_162
_UNTIL = millis("2025-07-01T00:00:00Z")
_OTHERS = {"owners": 12, "lists": 8, "forms": 60, "marketing_emails": 30, "campaigns": 15}
_EACH = 50
_CUSTOM_NAMES = ("cars", "projects", "subscriptions_log", "sites", "assets")


class Thing:
    """An object type of the account with its values and records."""

    def __init__(self, kind: Kind, values: Values, records: Records) -> None:
        self.kind = kind
        self.values = values
        self.records = records


class Account:
    """All data of the mock; *until* is the moment before which everything seeded happened."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.clock = setup.clock
        self.seed = setup.seed
        self.until = setup.clock.now() if setup.clock.frozen else _UNTIL
        self.lag = round(setup.number("index_lag", 0) * 1000)
        self.denied: dict[str, str] = {}
        self.schemas_denied = setup.flag("schemas_denied")
        self.association_page = int(setup.number("association_page", 500))
        custom = _CUSTOM_NAMES[: int(setup.number("custom_objects", 2))]
        self.kinds = (*KINDS, *(custom_kind(name, place) for place, name in enumerate(custom)))
        self.amounts = _amounts(setup.records, self.kinds, int(setup.number("each", _EACH)))
        self.things = {kind.api: self._thing(kind) for kind in self.kinds}
        self._names = {name: thing for thing in self.things.values() for name in _spellings(thing.kind)}

    def _thing(self, kind: Kind) -> Thing:
        extra = extra_properties(int(self.setup.number("extra_properties", 0)))
        archived = int(self.setup.number("archived", 3))
        records = Records(self.seed, kind, live=self.amounts[kind.api], archived=archived, until=self.until)
        records.lag = self.lag
        return Thing(kind, Values(self.seed, kind, extra), records)

    def thing(self, name: str) -> Thing:
        """The object type called *name* in a path, if the token may see it."""
        found = self._names.get(name.lower())
        if found is None:
            raise unknown_type(name)
        if found.kind.api in self.denied:
            raise missing_scope([self.denied[found.kind.api]])
        return found

    def known(self, name: str) -> Thing:
        """The object type called *name* by a test."""
        if name not in self._names:
            raise ConfigurationError(f"There is no object type {name!r}", f"use {', '.join(self.things)}")
        return self._names[name]

    def allow(self, area: str) -> None:
        """Raise the error of a missing scope where *area* (an object type, `owners`, `lists`, ...) is denied."""
        if area in self.denied:
            raise missing_scope([self.denied[area]])

    def piped(self) -> list[str]:
        """Object types that have pipelines."""
        return [*PIPED, *(kind.api for kind in self.kinds if kind.custom)]

    def moment(self, key: int) -> str:
        """A made-up time within the two years before `until`, for whatever has no columns of its own."""
        return iso(self.until - 1 - key % (2 * 365 * 86_400_000))


def _spellings(kind: Kind) -> set[str]:
    names = {kind.api, kind.type_id, kind.singular}
    return names | ({f"p_{kind.api}", f"p{PORTAL}_{kind.api}"} if kind.custom else set())


def _amounts(asked: Mapping[str, int], kinds: tuple[Kind, ...], each: int) -> dict[str, int]:
    amounts = {**{kind.api: each for kind in kinds}, **_OTHERS}
    unknown = sorted(set(asked) - set(amounts))
    if unknown:
        raise ConfigurationError(f"There are no {', '.join(unknown)} to make", f"use {', '.join(amounts)}")
    return {**amounts, **asked}
