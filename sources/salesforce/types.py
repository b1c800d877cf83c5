"""Fields of describe as columns: which types they get, and which fields only come when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import Column

__all__ = ["REST_ONLY", "Apart", "LongText", "column"]

_SIMPLE = {
    "boolean": "boolean",
    "int": "int",
    "long": "long",
    "date": "date",
    "datetime": "timestamp",
    "base64": "binary",
    "complexvalue": "json",
    "JunctionIdList": "array<string>",
    "location": "struct<latitude:double,longitude:double>",
    "address": "struct<street:string,city:string,state:string,stateCode:string,postalCode:string,country:string,"
    "countryCode:string,latitude:double,longitude:double,geocodeAccuracy:string>",
}
"""Source: the object reference's page on field types; all others are text."""

REST_ONLY = frozenset({"base64", "address", "location", "complexvalue", "JunctionIdList"})
"""Types that the Bulk API refuses. Parts of compound fields are fields of their own; content is read one by one."""

_NUMBERS = frozenset({"double", "currency", "percent"})
_MOST_DIGITS = 38
_SHORT = 255  # characters of a text area that is not a long one


@dataclass(frozen=True, slots=True)
class Apart(Column):
    """A column of a type that only REST serves."""


@dataclass(frozen=True, slots=True)
class LongText(Column):
    """A column of the user's own whose texts are so long that pages by REST hold fewer rows."""


def column(field: Mapping[str, Any], *, path: str = "", arrays: bool = False) -> Column:
    """The column of *field*; *path* where it belongs to a parent, *arrays* for lists of choices as lists."""
    return _kind(field)(path or field["name"], _type(field, arrays=arrays), comment=field.get("label") or "")


def _kind(field: Mapping[str, Any]) -> type[Column]:
    if field["type"] in REST_ONLY:
        return Apart
    long = field["type"] == "textarea" and int(field.get("length") or 0) > _SHORT
    return LongText if long and field.get("custom") else Column


def _type(field: Mapping[str, Any], *, arrays: bool) -> str:
    kind = field["type"]
    if kind == "multipicklist" and arrays:
        return "array<string>"
    if kind in _NUMBERS:
        return _decimal(int(field.get("precision") or 0), int(field.get("scale") or 0))
    return _SIMPLE.get(kind, "string")


def _decimal(precision: int, scale: int) -> str:
    """As many digits as the field may have; formulas that tell none are doubles."""
    if precision <= 0:
        return "double"
    return f"decimal({min(max(precision, scale), _MOST_DIGITS)},{scale})"
