"""Values as the columns of every table of values, each kind of value in its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lakeflow_sources import Column, fields

__all__ = ["COLUMNS", "EVENT", "KINDS", "NAMES", "RAW", "Values", "batch_of", "kinds_of", "times_of"]

COLUMNS: tuple[Column, ...] = fields(
    "webid",
    "name",
    "path",
    "timestamp timestamp",
    "value_double double",
    "value_int long",
    "value_string",
    "value_digital_code int",
    "value_digital_name",
    "is_system_state boolean",
    "good boolean",
    "questionable boolean",
    "substituted boolean",
    "annotated boolean",
    "units",
)
RAW = "_text"
"""The time as the server wrote it, down to 100 nanoseconds, beside the columns."""
NAMES = (*(one.name for one in COLUMNS), RAW)

KINDS = {
    "value_double": pa.float64(),
    "value_int": pa.int64(),
    "value_string": pa.string(),
    "value_digital_code": pa.int32(),
    "value_digital_name": pa.string(),
    "is_system_state": pa.bool_(),
}
"""The columns for the kinds of values, in the order of `kinds_of`."""

EVENT = ("UnitsAbbreviation", "Good", "Questionable", "Substituted", "Annotated")
_LONG = range(-(2**63), 2**63)
_MICROS = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Values:
    """Events in a batch, and how many of them each stream has, in the order of the answer."""

    batch: pa.RecordBatch
    counts: tuple[tuple[str, int], ...]


def times_of(texts: pa.Array) -> pa.Array:
    """Times of up to seven digits behind the point, cut to microseconds."""
    if texts.null_count:
        raise ValueError("an event without a time")
    try:
        return texts.cast(pa.timestamp("ns", tz="UTC")).cast(_MICROS, safe=False)
    except pa.ArrowInvalid:  # a year that nanoseconds do not reach
        return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1").cast(_MICROS)


def batch_of(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], *, integer: bool = False) -> pa.RecordBatch:
    """Streams with one of their events each, one by one."""
    rows = [_row(stream, event, integer=integer) for stream, event in pairs]
    columns = list(zip(*rows, strict=True)) or [()] * (len(COLUMNS) + 1)
    kinds = {"double": pa.float64(), "long": pa.int64(), "int": pa.int32(), "boolean": pa.bool_()}
    arrays = [
        times_of(pa.array(values, pa.string()))
        if one.name == "timestamp"
        else pa.array(values, kinds.get(one.type, pa.string()))
        for one, values in zip(COLUMNS, columns, strict=False)
    ]
    return pa.RecordBatch.from_arrays([*arrays, pa.array(columns[-1], pa.string())], NAMES)


def _row(stream: Mapping[str, Any], event: Mapping[str, Any], *, integer: bool) -> tuple[Any, ...]:
    moment = event.get("Timestamp")
    owner = (stream.get("WebId"), _clean(stream.get("Name")), _clean(stream.get("Path")), moment)
    flags = (event.get(name) for name in EVENT[1:])
    return (*owner, *kinds_of(event.get("Value"), integer=integer), *flags, event.get("UnitsAbbreviation"), moment)


def kinds_of(value: Any, *, integer: bool) -> tuple[Any, ...]:
    """A value as double, whole number, text, code and name of a state, and whether that is the system's."""
    double = whole = text = code = name = system = None
    if isinstance(value, dict) and value.get("Name") is not None and isinstance(value.get("Value"), int | None):
        code, name, system = value.get("Value"), _clean(value["Name"]), value.get("IsSystem")
    elif isinstance(value, dict | list):
        text = orjson.dumps(value).decode()
    elif isinstance(value, bool):
        whole = int(value)
    elif isinstance(value, str):
        text = _clean(value)
    elif value is not None and integer and float(value).is_integer():
        whole, text = (int(value), None) if int(value) in _LONG else (None, str(int(value)))
    elif value is not None:
        double = float(value)
    return double, whole, text, code, name, system


def _clean(text: str | None) -> str | None:
    """Half of a surrogate pair, which JSON can hold and Arrow cannot, becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode()
