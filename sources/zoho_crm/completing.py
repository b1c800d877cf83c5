"""Columns that the rows of a page lack, fetched by record id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lakeflow_sources import Read
from lakeflow_sources.http import Client, Response, get

from .answers import GONE, Row, attempt, behind, more, rows, send, unless
from .columns import LINKS, LOOKUP, TAGS, TEAM, USER, fields_of, members, subform_module
from .coql import Order, select
from .demand import chunks, demand_of
from .paths import path
from .people import names_of_users, with_users

__all__ = ["complete", "converted", "is_exact", "shaped"]

_IDS = 50  # of one call: `ids` may have 1,024 characters
_PAGE = 2_000
_VALUES = 50  # of an `in`; 100 since v7


def complete(read: Read, client: Client, found: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """*found* with the fields *names*, and with what only single records show; records deleted meanwhile are left out.

    Nothing is lost by that: the list of deleted records tells of them.
    """
    whole = list(found)
    for part in chunks(tuple(names)) if names else ():
        whole = [one for some in _batches(whole) for one in _with_fields(read, client, some, part)]
    nested = [one.source for one in demand_of(read).nested]
    return _with_nested(read, client, whole, nested) if nested else whole


def _batches(found: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(found), _IDS):
        yield found[start : start + _IDS]


def _with_fields(read: Read, client: Client, some: Sequence[Row], names: Sequence[str]) -> Iterator[Row]:
    request = get(
        path(read.settings, read.table.data.name),
        ids=",".join(str(one["id"]) for one in some),
        fields=",".join(names),
        per_page=_IDS,
        converted=converted(read),
    )
    answer = rows(send(read.settings, client, request), exact=is_exact(read))
    by_id = {str(one["id"]): one for one in answer}
    for one in some:
        if str(one["id"]) in by_id:
            yield {**one, **by_id[str(one["id"])]}


def converted(read: Read) -> str | None:
    """Converted leads are hidden unless they are asked for."""
    return "both" if read.table.data.name == "Leads" else None


def is_exact(read: Read) -> bool:
    """Whether any column is a decimal, whose digits a double might change."""
    return any("decimal" in one.type for one in read.columns)


def _with_nested(read: Read, client: Client, found: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Rows of subforms by query, 50 parents at once; links, and what queries refuse, record by record."""
    whole = list(found)
    left = list(names)
    kinds = {one.source: one.type for one in read.columns}
    modules = _subforms(read, client, [name for name in names if _can_be_queried(kinds[name])])
    for name, module in modules.items():
        items = _items(read, client, module, kinds[name], [str(one["id"]) for one in whole])
        if items is None:
            client.note(f"{read.table.name}.{name} is read record by record, because COQL does not know {module}")
            continue
        left.remove(name)
        whole = [{**one, name: items.get(str(one["id"]), [])} for one in whole]
    return [one for row in whole for one in _single(read, client, row, left)] if left else whole


def _can_be_queried(kind: str) -> bool:
    plain = (LOOKUP, USER, "string", "long", "boolean", "date", "timestamp", "array<string>")
    inner = () if kind in (LINKS, TEAM, TAGS) else members(kind)
    return bool(inner) and all(one in plain or one.startswith(("decimal", "double")) for _, one in inner)


def _subforms(read: Read, client: Client, names: Sequence[str]) -> Mapping[str, str]:
    """The modules behind subform fields."""
    if not names:
        return {}
    found = fields_of(read.settings, client, read.table.data.name)
    return {one["api_name"]: subform_module(one) for one in found if one["api_name"] in names and subform_module(one)}


def _items(
    read: Read, client: Client, module: str, kind: str, parents: Sequence[str]
) -> Mapping[str, list[Row]] | None:
    """The rows of a subform by parent; `None` where queries do not know its module or one of its columns."""
    names = [name for name, _ in members(kind) if name != "id"]
    people = tuple(name for name, one in members(kind) if one == USER)
    users = names_of_users(read.settings, client) if people else {}
    if users is None:
        return None
    found: dict[str, list[Row]] = {}
    for start in range(0, len(parents), _VALUES):
        some = ", ".join(f"'{one}'" for one in parents[start : start + _VALUES])
        last, going = "0", True
        while going:
            response = _ask(read, client, (module, names, f"(Parent_Id in ({some})) and id > {last}"))
            if response is None:
                return None
            answer = rows(response, exact=is_exact(read))
            for one in answer:
                found.setdefault(str(one["Parent_Id"]["id"]), []).append(with_users(one, people, users))
            going = bool(more(response)) and bool(answer)
            last = behind(module, last, answer)
    return found


def _ask(read: Read, client: Client, what: tuple[str, Sequence[str], str]) -> Response | None:
    module, names, criteria = what
    request = select(read.settings, ("id", "Parent_Id", *names), module, criteria, Order(limit=_PAGE))
    response, fault = attempt(read.settings, client, request)
    return None if fault is not None else response


def _single(read: Read, client: Client, row: Row, names: Sequence[str]) -> Iterator[Row]:
    """A record asked for by itself; none when it is gone."""
    request = get(path(read.settings, read.table.data.name, str(row["id"])))
    response = unless(read.settings, client, request, GONE)
    found = rows(response, exact=is_exact(read)) if response is not None else ()
    if found:
        yield {**row, **{name: found[0].get(name) for name in names}}


def shaped(read: Read, row: Row) -> Row:
    """*row* as the columns want it: links flattened, live."""
    for one in read.columns:
        if one.type in (LINKS, TEAM) and row.get(one.source):
            row[one.source] = [_link(link) for link in row[one.source]]
        elif one.type in (TAGS, "array<string>") and one.source in row:
            row[one.source] = row[one.source] or []  # CSV cannot tell none chosen from null
    row["_deleted"] = False
    return row


def _link(link: Mapping[str, Any]) -> Row:
    """The record behind a row of a linking module: the one member that has an id of its own."""
    inner = next((value for value in link.values() if isinstance(value, dict) and "id" in value), None)
    if inner is None:
        return {"id": link.get("id"), "name": link.get("name"), "email": link.get("email"), "linking_id": None}
    return {"id": inner["id"], "name": inner.get("name"), "email": inner.get("email"), "linking_id": link.get("id")}
