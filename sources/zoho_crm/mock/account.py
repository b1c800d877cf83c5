"""The made-up account: its modules with their records, its users, tags and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.samples import NAMES, number_of, scatter
from lakeflow_sources.testing.vendor import Setup

from .catalogue import MODULES as SEEDED
from .catalogue import NESTED, Field, Module, find
from .records import Records
from .values import Values, moment_text

__all__ = ["Account"]

_UNTIL = millis("2025-07-01T00:00:00Z") // 1000
_EACH = 40
_USERS = 12
_ROWS = 8  # room for the rows of one record
_ITEMS = 9_000_000_000_000_000


class Account:
    """All data of the mock."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.seed = setup.seed
        self.clock = setup.clock
        until = setup.clock.now() // 1000 if setup.clock.frozen else _UNTIL
        amounts = self._amounts(setup)
        self.modules: dict[str, Module] = {one.name: one for one in SEEDED}
        own = [one for one in SEEDED if one.generated in {"default", "custom"}]
        self.records: dict[str, Records] = {
            one.name: Records(self.seed, one, place, amounts[one.name], until) for place, one in enumerate(own)
        }
        self.values: dict[str, Values] = {one.name: Values(self, one) for one in SEEDED}
        self.denied: dict[str, str] = {}
        self.hidden: set[str] = set()
        """Ids of records that lists count but do not show."""
        self._delete_some(until, int(setup.number("deleted", 3)))
        self.users = [self._user(place) for place in range(_USERS)]
        self._kept: tuple[Any, Mapping[tuple[str, str], list[dict[str, Any]]]] = (None, {})

    def _amounts(self, setup: Setup) -> dict[str, int]:
        each = int(setup.number("each", _EACH))
        names = [one.name for one in SEEDED if one.generated in {"default", "custom"}]
        unknown = sorted(set(setup.records) - set(names))
        if unknown:
            raise ConfigurationError(f"There are no {', '.join(unknown)} to make", f"use {', '.join(names)}")
        return {**dict.fromkeys(names, each), **setup.records}

    def _delete_some(self, until: int, count: int) -> None:
        for records in self.records.values():
            for place in range(min(count, len(records.ids) // 4)):
                records.delete([4 * place + 1], until - 3600 * (place + 1), permanent=place % 3 == 2)

    def now(self) -> int:
        """The vendor's clock, in whole seconds."""
        return self.clock.now() // 1000

    def module(self, name: str) -> Module | None:
        """The module called *name*, in any case."""
        found = find(name)
        return self.modules[found.name] if found else None

    def add_field(self, module: str, one: Field) -> None:
        """A field that somebody adds while the account is in use."""
        changed = replace(self.modules[module], fields=(*self.modules[module].fields, one))
        self.modules[module] = changed
        self.values[module] = Values(self, changed)

    def remove_field(self, module: str, name: str) -> None:
        """A field that somebody deletes while the account is in use."""
        kept = tuple(one for one in self.modules[module].fields if one.name != name)
        changed = replace(self.modules[module], fields=kept)
        self.modules[module] = changed
        self.values[module] = Values(self, changed)

    def row(self, module: Module, index: int, *, whole: bool = True) -> dict[str, Any]:
        """A record with all its fields; without those that only a single record shows unless it is *whole*."""
        values = self.values[module.name]
        return {
            "id": str(self.records[module.name].ids[index]),
            **{
                one.name: values.value(one, index)
                for one in module.fields
                if one.visible and (whole or one.type not in NESTED)
            },
        }

    def name_of(self, module: str, index: int) -> str | None:
        """What a lookup shows of a record."""
        found = self.modules[module]
        one = found.field(found.display)
        return None if one is None else self.values[module].value(one, index)

    def link(self, module: str, draw: int) -> dict[str, Any] | None:
        """A lookup's value: one of the records that were there from the beginning."""
        count = min(len(self.records[module].ids), 30)
        if not count:
            return None
        index = draw % count
        return {"id": str(self.records[module].ids[index]), "name": self.name_of(module, index)}

    def _user(self, place: int) -> dict[str, Any]:
        first, last = NAMES[place % len(NAMES)], NAMES[(place * 7 + 3) % len(NAMES)]
        born = _UNTIL - 10_000_000 + place
        return {
            "id": str(5_725_767_000_000_411_001 + place),
            "first_name": first,
            "last_name": last,
            "full_name": f"{first} {last}",
            "email": f"user{place}@example.com",
            "status": ("active", "active", "disabled", "deleted")[place % 4],
            "role": {"name": "CEO", "id": "31"},
            "profile": {"name": "Administrator", "id": "26"},
            "created_time": moment_text(born),
            "Modified_Time": None if place % 5 == 0 else moment_text(born + 86_400),
            "created_by": {"name": "Root", "id": "5725767000000411001"},
            "Modified_By": None,
            "zuid": str(700 + place),
            "locale": "en_US",
            "time_zone": "Asia/Kolkata",
            "type__s": "Regular User",
            "confirm": True,
        }

    def user_link(self, draw: int) -> dict[str, Any]:
        """The value of a user field."""
        user = self.users[draw % len(self.users)]
        return {"name": user["full_name"], "id": user["id"], "email": user["email"]}

    def tags(self, module: Module) -> list[dict[str, Any]]:
        """The tags of a module."""
        base = number_of(module.name) % 10**9
        return [
            {"name": name, "id": str(base + place), "color_code": ("#57B1FD", None)[place % 2]}
            for place, name in enumerate(("vip", "ünïcode", "two words", "late"))
        ]

    def items_of(self, parent: Module, one: Field, index: int) -> list[dict[str, Any]]:
        """The rows of a subform, as the record of its parent shows them."""
        module = self.modules[one.target]
        base = _ITEMS + number_of(one.target) % 10**6 * 10**9 + index * _ROWS
        values = self.values[one.target]
        count = scatter(number_of(self.seed, one.target), index) % 4
        return [
            {
                "id": str(base + place),
                **{
                    field.name: values.seeded(field, index * _ROWS + place)
                    for field in module.fields
                    if field.name not in {"Parent_Id", "Created_Time"}
                },
                "Created_Time": moment_text(int(self.records[parent.name].created[index])),
            }
            for place in range(count)
        ]

    def links(self) -> list[dict[str, Any]]:
        """All rows of the linking module between projects and contacts."""
        projects, contacts = self.records["Projects"], self.records["Contacts"]
        module = self.modules["Projects_X_Contacts"]
        made = []
        for index in projects.live.tolist():
            draw = scatter(number_of(self.seed, "links"), index)
            for place in range(draw % 3):
                other = (draw >> 4 + place) % max(1, min(len(contacts.ids), 30))
                if other < len(contacts.ids) and contacts.state[other] == 0:
                    made.append(self._linked(module, index, other, place))
        return made

    def _linked(self, module: Module, index: int, other: int, place: int) -> dict[str, Any]:
        values = self.values[module.name]
        extra = {one.name: values.seeded(one, index * _ROWS + place) for one in module.fields[2:6]}
        return {
            "id": str(6_100_000_000_000_000_000 + index * _ROWS + place),
            "Projects": {"id": str(self.records["Projects"].ids[index]), "name": self.name_of("Projects", index)},
            "Contacts": {"id": str(self.records["Contacts"].ids[other]), "name": self.name_of("Contacts", other)},
            **extra,
            "Created_Time": moment_text(int(self.records["Projects"].created[index])),
            "Modified_Time": moment_text(int(self.records["Projects"].modified[index])),
        }

    def links_of(self, module: Module, index: int) -> list[dict[str, Any]]:
        """The value of a multi-select lookup: rows of the linking module, seen from one side."""
        record_id = str(self.records[module.name].ids[index])
        near, far = ("Projects", "Contacts") if module.name == "Projects" else ("Contacts", "Projects")
        shown = {"Projects": "Members", "Contacts": "Projects"}[module.name]
        return [{"id": row["id"], shown: row[far]} for row in self._sides().get((near, record_id), ())]

    def _sides(self) -> Mapping[tuple[str, str], list[dict[str, Any]]]:
        version = (self.records["Projects"].version, self.records["Contacts"].version)
        if self._kept[0] != version:
            found: dict[tuple[str, str], list[dict[str, Any]]] = {}
            for row in self.links():
                for side in ("Projects", "Contacts"):
                    found.setdefault((side, row[side]["id"]), []).append(row)
            self._kept = (version, found)
        return self._kept[1]

    def items(self, module: Module) -> list[dict[str, Any]]:
        """All rows of a subform module, by ascending id."""
        parent = self.modules[module.parent]
        one = next(field for field in parent.fields if field.target == module.name and field.type == "subform")
        records, values = self.records[parent.name], self.values[parent.name]
        rows = []
        for index in records.live.tolist():
            link = {"id": str(records.ids[index]), "name": self.name_of(parent.name, index)}
            rows += [{**row, "Parent_Id": link} for row in values.value(one, index)]
        return sorted(rows, key=lambda row: int(row["id"]))
