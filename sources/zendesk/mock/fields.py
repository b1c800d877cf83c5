"""Custom fields of tickets, users and organizations: their definitions and the values that records hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import TEXTS

__all__ = ["ORGANIZATION_FIELDS", "TICKET_FIELDS", "USER_FIELDS", "definitions", "keyed", "value"]

_MADE = "2023-01-02T03:04:05Z"
_TAGS = ("red", "green", "blue__dark")

_SYSTEM = ("subject", "description", "status", "tickettype", "priority", "group", "assignee")
TICKET_FIELDS: tuple[Mapping[str, Any], ...] = (
    *({"id": 100 + place, "type": kind, "title": kind, "removable": False} for place, kind in enumerate(_SYSTEM)),
    {"id": 27_642, "type": "text", "title": "Order number"},
    {"id": 27_648, "type": "textarea", "title": 'Notes; with "quotes"'},
    {"id": 27_650, "type": "checkbox", "title": "VIP?", "tag": "vip"},
    {"id": 27_652, "type": "date", "title": "Due"},
    {"id": 27_654, "type": "integer", "title": "Count"},
    {"id": 27_656, "type": "decimal", "title": "Amount"},
    {"id": 27_658, "type": "tagger", "title": "Colour"},
    {"id": 27_660, "type": "multiselect", "title": "Colours"},
    {"id": 27_662, "type": "regexp", "title": "Order number", "regexp_for_validation": "\\d+"},
    {"id": 27_664, "type": "partialcreditcard", "title": "Card"},
    {"id": 27_666, "type": "lookup", "title": "Asset", "relationship_target_type": "zen:user"},
    {"id": 27_668, "type": "text", "title": "Subject", "active": False},
)
USER_FIELDS: tuple[Mapping[str, Any], ...] = (
    {"id": 7_001, "key": "level", "type": "dropdown", "title": "Level"},
    {"id": 7_002, "key": "member_since", "type": "date", "title": "Member since"},
    {"id": 7_003, "key": "points", "type": "integer", "title": "Points"},
    {"id": 7_004, "key": "rate", "type": "decimal", "title": "Rate"},
    {"id": 7_005, "key": "beta", "type": "checkbox", "title": "Beta"},
    {"id": 7_006, "key": "notes", "type": "textarea", "title": "Notes"},
    {"id": 7_007, "key": "interests", "type": "multiselect", "title": "Interests"},
)
ORGANIZATION_FIELDS: tuple[Mapping[str, Any], ...] = (
    {"id": 8_001, "key": "region", "type": "text", "title": "Region"},
    {"id": 8_002, "key": "contract_end", "type": "date", "title": "Contract end"},
    {"id": 8_003, "key": "seats", "type": "integer", "title": "Seats"},
)

_POOLS: Mapping[str, Sequence[Any]] = {
    "checkbox": (True, False, None),
    "date": ("2024-02-29", "1999-12-31", None),
    "integer": ("745", "-1", "9007199254740993", "", None, "12.5"),
    "decimal": ("1.5", "-0.000000000000000001", "12345678901234567890.5", None),
    "tagger": (*_TAGS, None),
    "dropdown": (*_TAGS, None),
    "multiselect": (["red"], ["red", "blue__dark"], [], None),
    "lookup": ("20978392", None),
}


def definitions(fields: Sequence[Mapping[str, Any]], _until: int) -> list[dict[str, Any]]:
    """Field definitions as the API lists them."""
    return [_definition(one, place) for place, one in enumerate(fields)]


def _definition(one: Mapping[str, Any], place: int) -> dict[str, Any]:
    options = [
        {"id": one["id"] * 10 + number, "name": tag.title(), "raw_name": tag.title(), "value": tag, "default": False}
        for number, tag in enumerate(_TAGS)
    ]
    chosen = {"custom_field_options": options} if one["type"] in {"tagger", "dropdown", "multiselect"} else {}
    system = {"system_field_options": [{"name": "Open", "value": "open"}]} if one["type"] == "status" else {}
    return {
        "url": f"https://acme.zendesk.com/api/v2/ticket_fields/{one['id']}.json",
        "raw_title": one["title"],
        "description": TEXTS[place],
        "raw_description": TEXTS[place],
        "position": place,
        "active": True,
        "regexp_for_validation": None,
        "created_at": _MADE,
        "updated_at": iso((1_700_000_000 + place) * 1000),
        **chosen,
        **system,
        **one,
    }


def value(kind: str, draw: int) -> Any:
    """The value of a ticket's field."""
    pool = _POOLS.get(kind) or (*TEXTS, "", None)
    return pool[draw % len(pool)]


def keyed(fields: Sequence[Mapping[str, Any]], draw: int) -> dict[str, Any]:
    """The values of a user or an organization by key: numbers are numbers, and dates have a time."""
    found: dict[str, Any] = {}
    for place, one in enumerate(fields):
        drawn = value(one["type"], draw >> place)
        if one["type"] == "date" and drawn:
            drawn = f"{drawn}T00:00:00+00:00"
        elif one["type"] == "integer" and drawn is not None:
            drawn = draw % 5_000
        elif one["type"] == "decimal" and drawn is not None:
            drawn = (draw % 1_000) / 8
        found[one["key"]] = drawn
    return found
