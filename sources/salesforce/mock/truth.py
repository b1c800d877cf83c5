"""What a complete read must give: records in the shape of REST, but with numbers as text, which JSON would round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.vendor import RowsAsked

from .fields import Field
from .org import Org, Thing
from .records import DELETED, LIVE
from .rendering import raw_value

__all__ = ["Truth"]


class Truth:
    """Rows of every object; deleted ones are those in the recycle bin, and `object:log` is the delete log."""

    def __init__(self, org: Org) -> None:
        self.org = org

    def tables(self) -> Sequence[str]:
        """Objects that can be queried."""
        return [thing.kind.name for thing in self.org.things.values() if thing.kind.queryable]

    def rows(self, asked: RowsAsked) -> Sequence[Any]:
        """A page of records by ascending id."""
        name, _, log = asked.table.partition(":")
        thing = self.org.known(name)
        if log:
            found = [{"id": thing.records.id(one), "at": iso(at * 1000)} for one, at in thing.records.logged.items()]
            return found[asked.start : asked.start + asked.limit]
        states = {None: (LIVE, DELETED), False: (LIVE,), True: (DELETED,)}[asked.archived]
        pool = [index for index in range(len(thing.records)) if thing.records.state[index] in states]
        return [_row(thing, index) for index in pool[asked.start : asked.start + asked.limit]]


def _row(thing: Thing, index: int) -> dict[str, Any]:
    return {field.name: _value(thing, field, index) for field in thing.kind.fields}


def _value(thing: Thing, field: Field, index: int) -> Any:
    value = raw_value(thing, field, index)
    if field.fill == "compound" and value is not None:
        return {name: part for name, (part, _) in value.items()}
    return f"{value}Z" if field.type == "datetime" and value is not None else value
