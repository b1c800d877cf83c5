"""The value of each property of each record, as a pure function of seed, type and index.

Most properties draw from a pool and repeat with the `PERIOD`, so that the JSON of a record is put together from pieces
that are made once; a few are unique for each record.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from lakeflow_sources.testing.samples import DATES, DECIMALS, INTEGERS, MOMENTS, NAMES, TEXTS, number_of, scatter

from .catalogue import Kind, Property

__all__ = ["OPTIONS", "OWNER_IDS", "PERIOD", "Plan", "Values"]

PERIOD = 1009
_PLANS = 4
_SYSTEM = {"id", "created", "modified"}

OWNER_IDS = tuple(str(41_000_000 + 7919 * place) for place in range(12))
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "select": ("NEW", "OPEN", "in progress", "Won't fix", "été"),
    "stage": ("subscriber", "lead", "marketingqualifiedlead", "customer", "other"),
    "checkbox": ("Red", "green", "Blue, dark", "yellow"),
    "yesno": ("true", "false"),
    "dealstage": ("appointmentscheduled", "closedwon", "closedlost", "1", "2"),
    "pipeline": ("default", "75e28846-ad0d-4be2-a027-5e1da6590b98"),
    "owner": OWNER_IDS,
}
"""What enumerations may hold, by their fill."""

_NOTHING: tuple[str | None, ...] = (None, "")
_POOLS: Mapping[str, tuple[str | None, ...]] = {
    "empty": (None,),
    "name": (*NAMES, *_NOTHING),
    "text": (*TEXTS, *_NOTHING, None),
    "html": ("<p>Hello &amp; <b>goodbye</b></p>", *TEXTS, *_NOTHING),
    "phone": ("+49 (0)30 1234567", "0012125550100", "555-0199 x12", "٠١٢٣٤٥٦٧٨٩", *_NOTHING),
    "number": (*DECIMALS, *_NOTHING),
    "integer": (*INTEGERS, *_NOTHING),
    "bool": ("true", "false", *_NOTHING),
    "date": (*DATES, "951782400000", "-86400000", *_NOTHING),
    "moment": (*MOMENTS, *_NOTHING),
    "json": ('{"a":[1,2.50,"x"]}', "[]", '{"nested":{"empty":{}}}', *_NOTHING),
    "coordinates": ("52.5200,13.4050", "-33.8688,151.2093", *_NOTHING),
    "checkbox": ("Red", "Red;green", "green;Blue, dark;yellow", "Red;green;Blue, dark;yellow", *_NOTHING),
    **{fill: (*values, *_NOTHING) for fill, values in OPTIONS.items() if fill != "checkbox"},
}


_Maker = Callable[[int, int], str]


def _email(key: int, index: int) -> str:
    return f"user.{index}+{(key + index * 7919) % 1000:03d}@example{index % 7}.com"


def _serial(key: int, index: int) -> str:
    return f"{TEXTS[(key + index * 7919) % len(TEXTS)]} №{index}"


def _amount(key: int, index: int) -> str:
    cents = (key + index * 7919_7919_7919) % 10**13
    return f"{'-' if index % 11 == 0 else ''}{cents // 10**4}.{cents % 10**4:04d}"


_UNIQUE: Mapping[str, _Maker] = {"email": _email, "serial": _serial, "amount": _amount}


@dataclass
class Plan:
    """How records show one choice of properties: repeating pieces of JSON, and what is unique."""

    names: tuple[str, ...]
    repeating: tuple[str, ...]
    unique: tuple[tuple[bytes, _Maker, int], ...]
    """Name as JSON, maker and key of each."""
    pieces: dict[int, bytes] = field(default_factory=dict)


class Values:
    """The seeded values of one object type, and the properties it has now."""

    def __init__(self, seed: int, kind: Kind, extra: Sequence[Property] = ()) -> None:
        self.kind = kind
        self.properties: dict[str, Property] = {one.name: one for one in (*kind.properties, *extra)}
        self.removed: dict[str, Property] = {}
        self._seed = seed
        self._tables: dict[str, list[str | None]] = {}
        self._plans: OrderedDict[tuple[str, ...], Plan] = OrderedDict()

    def add(self, one: Property) -> None:
        """From now on records have this property."""
        self.removed.pop(one.name, None)
        self._forget(one.name)
        self.properties[one.name] = one

    def remove(self, name: str) -> None:
        """From now on records do not have this property."""
        self._forget(name)
        self.removed[name] = self.properties.pop(name)

    def _forget(self, name: str) -> None:
        self._tables.pop(name, None)
        self._plans.clear()

    def repeats(self, name: str) -> bool:
        """Whether the values of a property repeat with the `PERIOD`."""
        return self.properties[name].fill not in _UNIQUE

    def table(self, name: str) -> list[str | None]:
        """The values of a property that repeats, by index modulo `PERIOD`."""
        if name not in self._tables:
            pool = _POOLS[self.properties[name].fill]
            key = self._key(name)
            self._tables[name] = [pool[scatter(key, index) % len(pool)] for index in range(PERIOD)]
        return self._tables[name]

    def value(self, name: str, index: int) -> str | None:
        """The seeded value of a property that is not a system one."""
        unique = _UNIQUE.get(self.properties[name].fill)
        return unique(self._key(name), index) if unique else self.table(name)[index % PERIOD]

    def plan(self, names: tuple[str, ...]) -> Plan:
        """How to show these properties; system ones and those that do not exist are left out."""
        found = self._plans.pop(names, None)
        if found is None:
            known = [name for name in dict.fromkeys(names) if self._seeded(name)]
            repeating = tuple(name for name in known if self.repeats(name))
            unique = tuple(
                (orjson.dumps(name), _UNIQUE[self.properties[name].fill], self._key(name))
                for name in known
                if not self.repeats(name)
            )
            found = Plan(tuple(known), repeating, unique)
        self._plans[names] = found
        if len(self._plans) > _PLANS:
            self._plans.popitem(last=False)
        return found

    def seeded_json(self, plan: Plan, index: int) -> bytes:
        """Members of the properties object of a record that nobody changed, each with a comma behind it."""
        place = index % PERIOD
        piece = plan.pieces.get(place)
        if piece is None:
            piece = b"".join(_member(name, self.table(name)[place]) for name in plan.repeating)
            plan.pieces[place] = piece
        for name, maker, key in plan.unique:
            piece += b"%s:%s," % (name, orjson.dumps(maker(key, index)))
        return piece

    def changed_json(self, plan: Plan, index: int, changes: Mapping[str, str | None]) -> bytes:
        """The same for a record with changed values."""
        return b"".join(
            _member(name, changes[name] if name in changes else self.value(name, index)) for name in plan.names
        )

    def _seeded(self, name: str) -> bool:
        return name in self.properties and self.properties[name].fill not in _SYSTEM

    def _key(self, name: str) -> int:
        return number_of(self._seed, self.kind.api, name)


def _member(name: str, value: str | None) -> bytes:
    return b"%s:%s," % (orjson.dumps(name), orjson.dumps(value))
