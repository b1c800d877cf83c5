"""Fields of a module as typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lakeflow_sources import AccessError, Column, Settings
from lakeflow_sources.http import Client, get

from .answers import Row, rows, send
from .paths import path

__all__ = ["LINKS", "LOOKUP", "REGARDING", "TAGS", "TEAM", "USER", "columns_of", "fields_of", "members"]

LOOKUP = "struct<id:string,name:string>"
USER = "struct<id:string,name:string,email:string>"
REGARDING = "struct<id:string,name:string,module:struct<api_name:string,id:string>>"
"""A lookup that may lead to one of several modules."""
LINKS = "array<struct<id:string,name:string,linking_id:string>>"
"""A multi-select lookup: the records behind its links, each with the id of the row in the linking module."""
TEAM = "array<struct<id:string,name:string,email:string,linking_id:string>>"
TAGS = "array<struct<id:string,name:string,color_code:string>>"

_DIGITS = 9  # the most that Zoho lets a field have, however many are shown: nothing is rounded
_DECIMAL = f"decimal(38,{_DIGITS})"
_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("integer", "bigint", "long"), "long"),
    "boolean": "boolean",
    "date": "date",
    **dict.fromkeys(("datetime", "event_reminder"), "timestamp"),
    "multiselectpicklist": "array<string>",
    "lookup": LOOKUP,
    **dict.fromkeys(("ownerlookup", "userlookup"), USER),
    "multi_module_lookup": REGARDING,
    "multiselectlookup": LINKS,
    "multiuserlookup": TEAM,
    **dict.fromkeys(("fileupload", "imageupload", "consent_lookup"), "json"),
}
"""Source: the field metadata page, and the type table of the vendor's own Python SDK."""
_NUMBERS = frozenset({"double", "percent", "currency", "rollup_summary", "formula"})
_RETURNS: Mapping[str, str] = {
    **dict.fromkeys(("currency", "double", "decimal", "percent"), "double"),
    **dict.fromkeys(("integer", "number", "bigint", "long"), "long"),
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
}
_NESTED = frozenset({"jsonobject", "jsonarray"})
_WAYS = frozenset({LOOKUP, USER, REGARDING, LINKS, TEAM, "array<string>", "json"})


def fields_of(settings: Settings, client: Client, module: str) -> Sequence[Row]:
    """The metadata of all fields of *module*."""
    found = rows(send(settings, client, get(path(settings, "settings", "fields"), module=module)), "fields")
    if not found:
        raise AccessError(
            f"Zoho CRM shows no fields of the module {module}",
            "give the profile of the user behind the refresh token the right to view them",
        )
    return found


def columns_of(settings: Settings, client: Client, module: str) -> tuple[Column, ...]:
    """`id` and a column for each field; subforms bring the fields of their own module."""
    found: dict[str, Column] = {"id": Column("id")}
    for one in fields_of(settings, client, module):
        name = str(one["api_name"])
        kind = _subform(settings, client, one) if one["data_type"] == "subform" else _type(one)
        column = Column(name, kind, comment=str(one.get("field_label") or one.get("display_label") or ""))
        if name.lower() not in found:
            found[name.lower()] = column
        elif name.lower() != "id":  # Spark does not tell names apart by their case
            found[f"{name.lower()}/2"] = Column(f"field_{name}", kind, name, comment=column.comment)
    return tuple(found.values())


def _type(one: Mapping[str, Any]) -> str:
    """The column type of a field; what is unknown is text, or JSON where it is not scalar."""
    kind, shape = str(one["data_type"]), str(one.get("json_type") or "")
    if kind in _NUMBERS:
        return _number(one, kind, shape)
    if one["api_name"] == "Tag" and shape == "jsonarray":
        return TAGS
    found = _TYPES.get(kind, "string")
    return "json" if shape in _NESTED and found not in _WAYS else found


def _number(one: Mapping[str, Any], kind: str, shape: str) -> str:
    """Decimals as the field is made; what a formula gives is told beside it."""
    returns = str((one.get("formula") or one.get("rollup_summary") or {}).get("return_type") or "").lower()
    found = _RETURNS.get(returns, "") if kind in {"formula", "rollup_summary"} else "double"
    if not found:
        found = {"double": "double", "integer": "long", "boolean": "boolean"}.get(shape, "string")
    return _DECIMAL if found == "double" and (one.get("decimal_place") is not None or kind == "currency") else found


def _subform(settings: Settings, client: Client, one: Mapping[str, Any]) -> str:
    """An array of structs with the fields of the subform's module."""
    module = subform_module(one)
    if not module:
        return "json"
    members = {"id": "string"}
    for field in fields_of(settings, client, module):
        if field["data_type"] != "subform" and field["api_name"] not in {"id", "Parent_Id"}:
            members[str(field["api_name"])] = _type(field).replace("json", "string")
    return f"array<struct<{','.join(f'{name}:{kind}' for name, kind in members.items())}>>"


def subform_module(one: Mapping[str, Any]) -> str:
    """The module that holds the rows of a subform field."""
    inner = one.get("associated_module") or one.get("subform") or {}
    module = inner.get("module") if isinstance(inner, Mapping) else None
    return str(module.get("api_name") or "") if isinstance(module, Mapping) else str(module or "")


def members(kind: str) -> Sequence[tuple[str, str]]:
    """Names and types of the members of an `array<struct<...>>`."""
    inner = kind.removeprefix("array<struct<").removesuffix(">>")
    return [(name, text) for name, _, text in (part.partition(":") for part in _split(inner))]


def _split(text: str) -> Iterable[str]:
    """Cut at the commas that stand outside of brackets."""
    depth = start = 0
    for place, letter in enumerate(text):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


__all__ += ["subform_module"]
