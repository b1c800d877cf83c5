"""Columns that the rows of a page lack, fetched by record id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakeflow_sources import Read
from lakeflow_sources.http import Client, Response, get

from .answers import GONE, Row, attempt, behind, goes_on, rows, send, unless
from .columns import LINKS, LOOKUP, TAGS, TEAM, USER, fields_of, members, subform_module
from .coql import Order, select
from .demand import chunks, demand_of, is_nested
from .paths import path
from .people import names_of_users, with_users

__all__ = ["Completion", "converted", "is_exact", "shaped"]

_IDS = 50  # of one call: `ids` may have 1,024 characters
_PAGE = 2_000
_VALUES = 50  # of an `in`; 100 since v7


@dataclass
class Completion:
    """Fetches for the pages of one slice what they lack; what it learns of the account serves the next page."""

    read: Read
    client: Client
    nested: tuple[str, ...] = field(init=False)
    _subforms: Mapping[str, str] | None = None
    _users: Mapping[str, Mapping[str, Any]] | None = None
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.nested = tuple(one.source for one in demand_of(self.read).nested)

    def complete(self, found: Sequence[Row], names: Sequence[str]) -> list[Row]:
        """*found* with the fields *names*, and with what only single records show.

        Records deleted meanwhile are left out; the list of deleted records tells of them.
        """
        whole = list(found)
        for part in chunks(tuple(names)) if names else ():
            starts = range(0, len(whole), _IDS)
            whole = [one for start in starts for one in self._with_fields(whole[start : start + _IDS], part)]
        left = [name for name in self.nested if not self._add_items(name, whole)]
        return [one for row in whole for one in self._single(row, left)] if left else whole

    def _with_fields(self, some: Sequence[Row], names: Sequence[str]) -> Iterator[Row]:
        request = get(
            path(self.read.settings, self.read.table.data.name),
            ids=",".join(str(one["id"]) for one in some),
            fields=",".join(names),
            per_page=_IDS,
            converted=converted(self.read),
        )
        answer = rows(send(self.read.settings, self.client, request), exact=is_exact(self.read))
        by_id = {str(one["id"]): one for one in answer}
        for one in some:
            if str(one["id"]) in by_id:
                yield {**one, **by_id[str(one["id"])]}

    def _add_items(self, name: str, whole: list[Row]) -> bool:
        """Give *whole* its rows of the subform *name*, 50 parents at once; false where queries cannot bring them."""
        kind = next(one.type for one in self.read.columns if one.source == name)
        module = self._module_of(name) if _can_be_queried(kind) and name not in self._refused else ""
        if not module:
            return False
        items = self._items(module, kind, [str(one["id"]) for one in whole])
        if items is None:
            self._refused.add(name)
            text = f"{self.read.table.name}.{name} is read record by record, because COQL does not show {module}"
            self.client.note(text)
            return False
        whole[:] = [{**one, name: items.get(str(one["id"]), [])} for one in whole]
        return True

    def _module_of(self, name: str) -> str:
        """The module behind a subform field."""
        if self._subforms is None:
            found = fields_of(self.read.settings, self.client, self.read.table.data.name)
            self._subforms = {one["api_name"]: subform_module(one) for one in found}
        return self._subforms.get(name, "")

    def _people(self, names: Sequence[str]) -> Mapping[str, Mapping[str, Any]] | None:
        if names and self._users is None:
            self._users = names_of_users(self.read.settings, self.client)
        return self._users if names else {}

    def _items(self, module: str, kind: str, parents: Sequence[str]) -> Mapping[str, list[Row]] | None:
        """The rows of a subform by parent; `None` where queries do not know its module or one of its columns."""
        people = tuple(name for name, one in members(kind) if one == USER)
        users = self._people(people)
        if users is None:
            return None
        found: dict[str, list[Row]] = {}
        for start in range(0, len(parents), _VALUES):
            some = ", ".join(f"'{one}'" for one in parents[start : start + _VALUES])
            last, going = "0", True
            while going:
                response = self._ask(module, kind, f"(Parent_Id in ({some})) and id > {last}")
                if response is None:
                    return None
                answer = rows(response, exact=is_exact(self.read))
                for one in answer:
                    found.setdefault(_parent(one), []).append(with_users(one, people, users))
                going = goes_on(module, response, answer)
                last = behind(module, last, answer)
        return found

    def _ask(self, module: str, kind: str, criteria: str) -> Response | None:
        names = ("id", "Parent_Id", *(name for name, _ in members(kind)))
        request = select(self.read.settings, names, module, criteria, Order(limit=_PAGE))
        response, fault = attempt(self.read.settings, self.client, request)
        return None if fault is not None else response

    def _single(self, row: Row, names: Sequence[str]) -> Iterator[Row]:
        """A record asked for by itself; none when it is gone."""
        request = get(path(self.read.settings, self.read.table.data.name, str(row["id"])))
        response = unless(self.read.settings, self.client, request, GONE)
        found = rows(response, exact=is_exact(self.read)) if response is not None else ()
        if found:
            yield {**row, **{name: found[0].get(name) for name in names}}


def converted(read: Read) -> str | None:
    """Converted leads are hidden unless they are asked for."""
    return "both" if read.table.data.name == "Leads" else None


def is_exact(read: Read) -> bool:
    """Whether any column is a decimal, whose digits a double might change."""
    return any("decimal" in one.type for one in read.columns)


def _can_be_queried(kind: str) -> bool:
    plain = (LOOKUP, USER, "string", "long", "boolean", "date", "timestamp", "array<string>")
    inner = () if kind in (LINKS, TEAM, TAGS) else members(kind)
    return bool(inner) and all(one in plain or one.startswith(("decimal", "double")) for _, one in inner)


def _parent(row: Row) -> str:
    parent = row.get("Parent_Id")
    return str(parent.get("id") if isinstance(parent, dict) else parent)


def shaped(read: Read, row: Row) -> Row:
    """*row* as the columns want it: links flattened, rows of subforms with the members that are known, live."""
    for one in read.columns:
        value = row.get(one.source)
        if is_nested(one) and value:
            names = [name for name, _ in members(one.type)]
            items = [_link(item) for item in value] if one.type in (LINKS, TEAM) else value
            row[one.source] = [{name: item.get(name) for name in names} for item in items]
        elif one.type in (TAGS, "array<string>") and one.source in row:
            row[one.source] = value or []  # CSV cannot tell none chosen from null
    if read.table.ingestion == "cdc_with_deletes":
        row["_deleted"] = False
    return row


def _link(link: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record behind a row of a linking module: the one member that has an id of its own."""
    inner = next((value for value in link.values() if isinstance(value, dict) and "id" in value), None)
    return link if inner is None else {**inner, "linking_id": link.get("id")}
