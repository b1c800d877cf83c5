"""Columns for the fields that an account has added to tickets, users and organizations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lakeflow_sources import Column, Read, Settings
from lakeflow_sources.http import Client

from .lists import page_of, walk

__all__ = ["CHOICES", "field_columns", "ticket_columns", "with_values"]

CHOICES = ("json", "key", "title")
"""As JSON only, or as typed columns beside it: named by key (tickets' fields have none: `custom_ID`) or by title."""

_TYPES = {
    "checkbox": "boolean",
    "date": "date",
    "integer": "long",
    "decimal": "decimal(38,18)",
    "multiselect": "array<string>",
}
"""Source: the vendor's pages on ticket, user and organization fields; everything else is text."""

_TICKET_TYPES = {**_TYPES, "integer": "decimal(38,18)"}  # "may contain a decimal point", as their page says
_BUILT_IN = frozenset(
    {
        "assignee",
        "basic_priority",
        "custom_status",
        "description",
        "group",
        "priority",
        "status",
        "subject",
        "tickettype",
    }
)
"""Types of ticket fields that every ticket has as members of its own."""

_VALUES = "custom"


Columns = Callable[[Settings, Client], tuple[Column, ...]]


def ticket_columns(taken: tuple[Column, ...]) -> Columns:
    """Columns of the custom ticket fields, those that are not active any more included; *taken* are the table's own."""

    def columns(settings: Settings, client: Client) -> tuple[Column, ...]:
        if settings.get("custom_fields") == "json":
            return ()
        defined = walk(client, page_of(settings, "ticket_fields", rate="ticket_fields"), "ticket_fields")
        custom = [{**one, "key": f"custom_{one['id']}"} for one in defined if one["type"] not in _BUILT_IN]
        return _columns(settings, custom, _TICKET_TYPES, lambda one: f"{_VALUES}.{one['id']}", taken)

    return columns


def field_columns(resource: str, taken: tuple[Column, ...]) -> Columns:
    """Columns of *resource*, `user_fields` or `organization_fields`; those of the table itself are *taken*."""

    def columns(settings: Settings, client: Client) -> tuple[Column, ...]:
        if settings.get("custom_fields") == "json":
            return ()
        defined = walk(client, page_of(settings, resource), resource)
        return _columns(settings, defined, _TYPES, lambda one: f"{resource}.{one['key']}", taken)

    return columns


def with_values(read: Read, tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """*tickets* with the values of their custom fields by id, where a column asks for one."""
    if not any(one.source.startswith(f"{_VALUES}.") for one in read.columns):
        return tickets
    return [{**one, _VALUES: _by_id(one.get("custom_fields") or ())} for one in tickets]


def _by_id(values: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(one["id"]): one.get("value") for one in values}


def _columns(
    settings: Settings,
    defined: Iterable[Mapping[str, Any]],
    types: Mapping[str, str],
    path: Callable[[Mapping[str, Any]], str],
    taken: tuple[Column, ...] = (),
) -> tuple[Column, ...]:
    """A column for each field; names that meet (Spark does not tell case apart) get the field's id behind them."""
    wanted = settings.get("custom_fields") or ""
    used = {column.name.lower() for column in taken}
    found = []
    for one in sorted(defined, key=lambda field: int(field["id"])):
        name = str(one.get(wanted) or one["key"])
        if name.lower() in used:
            name = f"{name}_{one['id']}"
        used.add(name.lower())
        found.append(Column(name, types.get(one["type"], "string"), path(one), comment=one.get("title") or ""))
    return tuple(found)
