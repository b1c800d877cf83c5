"""How the values of a column are written in the JSON of a vendor, and what Arrow's reader then has to be told.

Vendors write one declared type in several ways: a number as a number or as text, a time as text or in milliseconds.
Arrow reads a field in one way only, so the first page of a share, which is read value by value, tells which it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lakeflow_sources.convert import Misfit, convert_texts, ticks_to_times
from lakeflow_sources.declare import Column
from lakeflow_sources.types import arrow_type

__all__ = ["BY_VALUE", "reading_type", "spelling", "to_declared"]

TEXT, NUMBER, FLAG, NESTED, BY_VALUE = "text", "number", "flag", "nested", "by value"
_WIDE = 76
"""Digits that Arrow holds at most: decimals pass through them, as its reader overflows in silence where they are 38."""


def spelling(values: Iterable[Any], column: Column) -> set[str]:
    """The ways in which *values* are written; `BY_VALUE` where Arrow reads none of them as *column* wants it."""
    kind = arrow_type(column.type)
    found: set[str] = set()
    for value in values:
        if value is not None:
            found.add(_way(value, column, kind))
    return found


def _way(value: Any, column: Column, kind: pa.DataType) -> str:
    if column.type == "json":
        return BY_VALUE
    if isinstance(value, str):
        return BY_VALUE if pa.types.is_nested(kind) else TEXT
    if isinstance(value, bool):
        return FLAG if pa.types.is_boolean(kind) else BY_VALUE
    if isinstance(value, int | float | Decimal):
        return NUMBER if _number_fits(value, column, kind) else BY_VALUE
    return NESTED if _nested_fits(value, kind) else BY_VALUE


def _number_fits(value: float | Decimal, column: Column, kind: pa.DataType) -> bool:
    if pa.types.is_decimal(kind):
        exponent = Decimal(str(value)).as_tuple().exponent
        return isinstance(exponent, int) and -exponent <= kind.scale
    if pa.types.is_timestamp(kind):
        return column.format != "iso" and isinstance(value, int)
    return pa.types.is_floating(kind) or (pa.types.is_integer(kind) and isinstance(value, int))


def _nested_fits(value: Any, kind: pa.DataType) -> bool:
    """Whether Arrow reads *value* as *kind*: each leaf is written as its type is."""
    if value is None:
        return True
    if pa.types.is_list(kind):
        return isinstance(value, list) and all(_nested_fits(one, kind.value_type) for one in value)
    if pa.types.is_struct(kind):
        return isinstance(value, dict) and all(_nested_fits(value.get(part.name), part.type) for part in kind)
    if pa.types.is_string(kind):
        return isinstance(value, str)
    if pa.types.is_boolean(kind) or isinstance(value, bool):
        return pa.types.is_boolean(kind) and isinstance(value, bool)
    return isinstance(value, int) if pa.types.is_integer(kind) else pa.types.is_floating(kind) and _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def reading_type(column: Column, found: set[str], around: set[str]) -> pa.DataType | None:
    """The type to read *column* as, when its values were *found* to be written so; `None` for value by value.

    *around* are the spellings of its neighbours, for a column without any value so far.
    """
    kind = arrow_type(column.type)
    if len(found) > 1 or BY_VALUE in found or column.type == "json":
        return None
    way = next(iter(found), "") or _likely(column, kind, around)
    if way == TEXT:
        return pa.string()
    if way == NUMBER and pa.types.is_decimal(kind):
        return pa.decimal256(_WIDE, kind.scale)
    if way == NUMBER and pa.types.is_timestamp(kind):
        return pa.int64()
    if way == NUMBER and pa.types.is_floating(kind):
        return pa.float64()
    return kind if way else None


def _likely(column: Column, kind: pa.DataType, around: set[str]) -> str:
    """How a column without values will be written."""
    if pa.types.is_nested(kind):
        return NESTED if _plain(kind) else ""
    numeric = pa.types.is_floating(kind) or pa.types.is_integer(kind) or column.format != "iso"
    if around == {TEXT} or not (numeric or pa.types.is_boolean(kind)) or pa.types.is_date(kind):
        return TEXT
    return FLAG if pa.types.is_boolean(kind) else NUMBER


def _plain(kind: pa.DataType) -> bool:
    """Whether all leaves are of types that Arrow reads as they are."""
    if pa.types.is_list(kind):
        return _plain(kind.value_type)
    if pa.types.is_struct(kind):
        return kind.num_fields > 0 and all(_plain(part.type) for part in kind)
    types = pa.types
    return bool(types.is_string(kind) or types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind))


def to_declared(array: pa.Array, column: Column) -> tuple[pa.Array, list[Misfit]]:
    """What was read by `reading_type`, as the declared type of *column*; Arrow raises where that does not hold it."""
    kind = arrow_type(column.type)
    if array.type == kind:
        return array, []
    if pa.types.is_string(array.type):
        return convert_texts(array, column)
    if pa.types.is_timestamp(kind):
        return ticks_to_times(array, column, kind), []
    return array.cast(kind), []
