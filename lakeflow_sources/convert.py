"""JSON values of one column to an Arrow array of its declared type, exactly or not at all.

The fast way hands the whole column to Arrow; where Arrow refuses, each value is converted by itself,
and those that cannot be are reported with their row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources.declare import EPOCH, Column
from lakeflow_sources.types import arrow_type

__all__ = ["Misfit", "convert", "convert_texts", "json_text", "long_number", "ticks_to_times"]

_MOST_DIGITS = 38
_EXACT = 15
"""Digits that a double holds, whichever they are."""
_TICKS = {"millis": 1_000, "seconds": 1_000_000}
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that its column cannot hold."""

    row: int
    column: Column
    value: Any


def convert(values: Sequence[Any], column: Column) -> tuple[pa.Array, list[Misfit]]:
    """The array for *column*, null where a value does not fit, and the misfits.

    Empty text is null for every type but `string`.
    """
    kind = arrow_type(column.type)
    if column.type == "json":
        return pa.array([None if value is None else json_text(value) for value in values], kind), []
    try:
        return _whole(values, column, kind), []
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _one_by_one(values, column, kind)


def convert_texts(texts: pa.Array, column: Column) -> tuple[pa.Array, list[Misfit]]:
    """The same for an Arrow array of text, as a CSV file gives it."""
    kind = arrow_type(column.type)
    if pa.types.is_string(kind):
        return texts, []
    try:
        return _whole_texts(texts, column, kind), []
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return _one_by_one(texts.to_pylist(), column, kind)


def ticks_to_times(ticks: pa.Array, column: Column, kind: pa.DataType) -> pa.Array:
    """Whole numbers in the declared unit since 1970 as times; Arrow raises where that overflows."""
    return pc.multiply_checked(ticks.cast(pa.int64()), _TICKS[column.format]).cast(kind)


def long_number(text: bytes) -> bool:
    """Whether *text* may hold a number with more digits than every double holds."""
    return re.search(rb"\d[\d.]{15}", text) is not None


def json_text(value: Any) -> str:
    """*value* as JSON, compact, never as Python shows it."""
    try:
        return orjson.dumps(value, default=_exact).decode()
    except TypeError:  # an integer beyond 64 bits, or half of a surrogate pair, which only an escape can show
        return json.dumps(value, separators=(",", ":"), default=float)


def _exact(value: Any) -> Any:
    """A number with all its digits, written as a double where that holds them."""
    if isinstance(value, Decimal) and value.is_finite():
        double = float(value)
        return double if Decimal(repr(double)) == value else orjson.Fragment(str(value))
    return str(value)


def _whole(values: Sequence[Any], column: Column, kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array(values, kind)
    if pa.types.is_timestamp(kind):
        return _times(values, column, kind)
    if pa.types.is_date(kind):
        return _texts(values).cast(kind)
    if pa.types.is_decimal(kind):
        return _decimals(_texts(values), kind)
    array = pa.array(values)
    if pa.types.is_string(array.type):
        return _empty_to_null(array).cast(kind)
    if pa.types.is_floating(kind) and pa.types.is_integer(array.type):
        return array.cast(kind)
    if pa.types.is_null(array.type) or array.type == kind:
        return array.cast(kind)
    return pa.array(values, kind) if pa.types.is_integer(kind) and pa.types.is_integer(array.type) else _refuse()


def _whole_texts(texts: pa.Array, column: Column, kind: pa.DataType) -> pa.Array:
    texts = _empty_to_null(texts)
    if pa.types.is_decimal(kind):
        return _decimals(texts, kind)
    if pa.types.is_timestamp(kind) and column.format != "iso":
        return ticks_to_times(texts, column, kind)
    if pa.types.is_timestamp(kind):
        return _iso(texts, kind)
    if pa.types.is_integer(kind):
        return _integers(texts, kind)
    return texts.cast(kind)


def _iso(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Digits behind microseconds are cut."""
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1").cast(kind)


def _integers(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:  # 100.0 is a whole number too
        if (pc.max(pc.binary_length(texts)).as_py() or 0) <= _EXACT:
            return texts.cast(pa.float64()).cast(kind)
        return pc.replace_substring_regex(texts, r"\.0+$", "").cast(kind)


def _decimals(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Arrow's cast wraps around in silence where scaling overflows (1e30): only texts too short for that go its way."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    powers = any(pc.any(pc.match_substring(texts, letter)).as_py() for letter in "eE")
    return _refuse() if powers or longest > _MOST_DIGITS - kind.scale else texts.cast(kind)


def _times(values: Sequence[Any], column: Column, kind: pa.DataType) -> pa.Array:
    if column.format == "iso":
        return _iso(_texts(values), kind)
    ticks = pa.array(values)
    if pa.types.is_string(ticks.type):
        ticks = _empty_to_null(ticks).cast(pa.int64())
    if not pa.types.is_integer(ticks.type) and not pa.types.is_null(ticks.type):
        _refuse()
    return ticks_to_times(ticks, column, kind)


def _texts(values: Sequence[Any]) -> pa.Array:
    return _empty_to_null(pa.array(values, pa.string()))


def _empty_to_null(texts: pa.Array) -> pa.Array:
    if pc.min(pc.binary_length(texts)).as_py() != 0:
        return texts
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _refuse() -> Any:
    raise TypeError("the column has to be converted value by value")


def _one_by_one(values: Sequence[Any], column: Column, kind: pa.DataType) -> tuple[pa.Array, list[Misfit]]:
    single = _converter(kind, column)
    kept: list[Any] = []
    misfits: list[Misfit] = []
    for row, value in enumerate(values):
        try:
            kept.append(None if value is None else single(value))
        except (ValueError, TypeError, ArithmeticError, InvalidOperation):
            kept.append(None)
            misfits.append(Misfit(row, column, value))
    return pa.array(kept, kind), misfits


def _converter(kind: pa.DataType, column: Column) -> Callable[[Any], Any]:
    """The function that converts one non-null value to Python's counterpart of *kind*, or raises."""
    if pa.types.is_list(kind):
        member = _converter(kind.value_type, column)
        return lambda value: [None if one is None else member(one) for one in _sequence(value)]
    if pa.types.is_struct(kind):
        members = {part.name: _converter(part.type, column) for part in kind}
        return lambda value: {
            name: None if (one := _mapping(value).get(name)) is None else single(one)
            for name, single in members.items()
        }
    if pa.types.is_decimal(kind):
        return lambda value: _or_null(value, lambda text: _decimal(text, kind.precision, kind.scale))
    if pa.types.is_timestamp(kind):
        return lambda value: _or_null(value, lambda one: _moment(one, column.format))
    for test, single in _SINGLE:
        if test(kind):
            return single
    raise TypeError(f"no conversion to {kind}")


def _or_null(value: Any, single: Callable[[Any], Any]) -> Any:
    return None if value == "" else single(value)


def _sequence(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    raise TypeError("not an array")


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise TypeError("not an object")


def _string(value: Any) -> str:
    """Half of a surrogate pair, which JSON can hold and Arrow cannot, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else json_text(value)


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _or_null(text, _fail)  # type: ignore[no-any-return]  # null or an exception


def _fail(value: Any) -> Any:
    raise ValueError(value)


def _integer(bits: int) -> Callable[[Any], int | None]:
    def single(value: Any) -> int | None:
        if value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise TypeError("not a number")
        exact = Decimal(str(value).strip())
        if not exact.is_finite() or exact.adjusted() >= _MOST_DIGITS:  # 1e999999999 would be written out
            raise ValueError("not a number of this size")
        number = int(exact)
        if number != exact or not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise ValueError("not a whole number of this size")
        return number

    return single


def _double(value: Any) -> float | None:
    if value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("not a number")
    return float(value)


def _decimal(value: Any, precision: int, scale: int) -> Decimal:
    """Digits behind *scale* are rounded half even, as no Spark type holds more; too many before it are refused."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("not a number")
    with localcontext() as context:
        context.prec = 100
        number = Decimal(str(value).strip())
        if not number.is_finite() or number.adjusted() >= precision - scale:
            raise ValueError("too large")
        return number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_EVEN)


def _moment(value: Any, form: str) -> datetime:
    """ISO 8601 in any of its forms, or ticks since 1970 given as number or text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("not a time")
    if not isinstance(value, str) or value.strip().lstrip("-").isdigit():
        ticks = _TICKS["millis" if form == "iso" else form]
        return EPOCH + timedelta(microseconds=int(Decimal(str(value)) * ticks))
    parsed = datetime.fromisoformat(value.strip())
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def _date(value: Any) -> date | None:
    if value == "":
        return None
    if isinstance(value, str) and len(value.strip()) == len("2026-01-31"):
        return date.fromisoformat(value.strip())
    return _moment(value, "millis").date()


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_SINGLE: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], Any]], ...] = (
    (pa.types.is_string, _string),
    (pa.types.is_boolean, _boolean),
    (pa.types.is_int64, _integer(64)),
    (pa.types.is_int32, _integer(32)),
    (pa.types.is_floating, _double),
    (pa.types.is_date, _date),
    (pa.types.is_binary, _bytes),
)
