"""What tests may do to the account between two reads.

create   object_type count=1 properties={} time= same_time= seconds=     -> ids of the new records
change   object_type ids=[] | count= properties= time= same_time= seconds=
archive, restore, purge   object_type ids=[] | count=
add_property   object_type name= kind= field_type= values="empty" | "seeded"
remove_property   object_type name=
link, unlink   object_type record_id= to_type= to_id=
add   table count=1 · edit   table ids=[] values={} time= · drop   table ids=[]     lists, forms, emails, campaigns
deny   area= scope= · allow   area=     an object type, owners, pipelines, lists, associations, schemas, ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis

from .account import Account, Thing
from .catalogue import Property
from .links import Associations
from .records import ARCHIVED, GONE, LIVE, Index
from .shelves import Shelves

__all__ = ["Writes"]

_FILLS = {
    "string": "text",
    "number": "number",
    "bool": "bool",
    "date": "date",
    "datetime": "moment",
    "enumeration": "select",
    "phone_number": "phone",
    "json": "json",
    "object_coordinates": "coordinates",
}
_FIELD_TYPES = {
    "number": "number",
    "bool": "booleancheckbox",
    "date": "date",
    "datetime": "date",
    "enumeration": "select",
}


class Writes:
    """The actions by name."""

    def __init__(self, account: Account, associations: Associations, shelves: Shelves) -> None:
        self._account = account
        self._associations = associations
        self._shelves = shelves
        self._changes = 0
        self._actions: Mapping[str, Callable[..., Any]] = {
            "create": self._create,
            "change": self._change,
            "archive": lambda **asked: self._move(LIVE, ARCHIVED, **asked),
            "restore": lambda **asked: self._move(ARCHIVED, LIVE, **asked),
            "purge": lambda **asked: self._move(None, GONE, **asked),
            "add_property": self._add_property,
            "remove_property": self._remove_property,
            "link": lambda **asked: self._link(present=True, **asked),
            "unlink": lambda **asked: self._link(present=False, **asked),
            "add": lambda table, count=1: {"ids": self._shelves.add(table, count)},
            "edit": lambda table, ids, values=None, time=None: {
                "ids": self._shelves.edit(table, ids, values or {}, time)
            },
            "drop": lambda table, ids: {"ids": self._shelves.drop(table, ids)},
            "deny": self._deny,
            "allow": self._allow,
        }

    def __call__(self, action: str, values: Mapping[str, Any]) -> Any:
        """Do it; raises `ConfigurationError` for an action that does not exist, `TypeError` for a wrong field."""
        if action not in self._actions:
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join(self._actions)}")
        return self._actions[action](**values)

    def _create(
        self, object_type: str, count: int = 1, properties: Mapping[str, str | None] | None = None, **timing: Any
    ) -> Any:
        thing = self._account.known(object_type)
        _check_names(thing, properties or {})
        moments = self._moments(count, **timing)
        return _ids(thing, thing.records.create(moments, properties or {}, self._account.clock.now()))

    def _change(
        self,
        object_type: str,
        ids: list[str] | None = None,
        count: int = 0,
        properties: Mapping[str, str | None] | None = None,
        **timing: Any,
    ) -> Any:
        thing = self._account.known(object_type)
        self._changes += 1
        values = properties or {_first_text(thing): f"changed №{self._changes}"}
        _check_names(thing, values)
        indexes = _chosen(thing, ids, count, LIVE)
        thing.records.change(indexes, self._moments(len(indexes), **timing), values, self._account.clock.now())
        return _ids(thing, indexes)

    def _move(
        self, before: int | None, after: int, object_type: str, ids: list[str] | None = None, count: int = 0
    ) -> Any:
        thing = self._account.known(object_type)
        indexes = _chosen(thing, ids, count, before)
        thing.records.move(indexes, after, self._account.clock.now())
        return _ids(thing, indexes)

    def _moments(self, count: int, time: str | None = None, same_time: bool = False, seconds: float = 1.0) -> Index:
        """Times of a change: all the same, or spread over the *seconds* before *time* (now without one)."""
        end = millis(time) if time else self._account.clock.now()
        if same_time:
            return np.full(count, end, dtype=np.int64)
        back = np.arange(count)[::-1] * round(seconds * 1000) // max(count, 1)
        return (end - back).astype(np.int64)

    def _add_property(
        self,
        object_type: str,
        name: str,
        kind: str = "string",
        field_type: str = "",
        values: str = "empty",
    ) -> Any:
        if kind not in _FILLS or values not in {"empty", "seeded"}:
            raise ConfigurationError(
                f"A property of type {kind!r} with {values!r} values cannot be made",
                f"use a type of {', '.join(_FILLS)} and empty or seeded",
            )
        fill = _FILLS[kind] if values == "seeded" else "empty"
        label = name.replace("_", " ").capitalize()
        one = Property(name, kind, field_type or _FIELD_TYPES.get(kind, "text"), fill, label, defined=False)
        self._account.known(object_type).values.add(one)

    def _remove_property(self, object_type: str, name: str) -> None:
        thing = self._account.known(object_type)
        _check_names(thing, {name: None})
        thing.values.remove(name)

    def _link(self, object_type: str, record_id: str, to_type: str, to_id: str, *, present: bool) -> None:
        thing, target = self._account.known(object_type), self._account.known(to_type)
        index, place = _chosen(thing, [record_id], 0, None)[0], _chosen(target, [to_id], 0, None)[0]
        self._associations.link(thing, int(index), target, int(place), present=present)

    def _deny(self, area: str, scope: str = "") -> None:
        if area == "schemas":
            self._account.schemas_denied = True
        elif area in self._account.things:
            self._account.denied[area] = scope or self._account.things[area].kind.scope
        else:
            self._account.denied[area] = scope or f"crm.{area}.read"

    def _allow(self, area: str) -> None:
        if area == "schemas":
            self._account.schemas_denied = False
        self._account.denied.pop(area, None)


def _chosen(thing: Thing, ids: list[str] | None, count: int, state: int | None) -> Index:
    """The records called *ids*, or *count* records spread over all that are in the *state*."""
    records = thing.records
    if ids is None:
        pool = records.chosen(LIVE if state is None else state)
        if not 0 < count <= len(pool):
            raise ConfigurationError(f"There are {len(pool)} {thing.kind.api} to choose from", "give ids, or a count")
        return pool[np.arange(count) * len(pool) // count]
    found = {one: records.find(int(one)) for one in ids}
    wrong = [
        one for one, place in found.items() if place is None or (state is not None and records.state[place] != state)
    ]
    if wrong:
        raise ConfigurationError(f"These {thing.kind.api} are not there: {', '.join(wrong[:5])}")
    return np.array(sorted(place for place in found.values() if place is not None), dtype=np.int64)


def _ids(thing: Thing, indexes: Index) -> dict[str, list[str]]:
    return {"ids": [str(one) for one in thing.records.ids[indexes].tolist()]}


def _check_names(thing: Thing, values: Mapping[str, str | None]) -> None:
    unknown = [name for name in values if name not in thing.values.properties or name in thing.kind.system]
    if unknown:
        raise ConfigurationError(f"{thing.kind.api} have no property {', '.join(unknown)} that can be written")


def _first_text(thing: Thing) -> str:
    return next(one.name for one in thing.values.properties.values() if one.type == "string")
