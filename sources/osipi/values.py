"""Answers with values as Arrow columns: without a Python object per value where that can be, else one by one.

Arrow reads JSON only where a field has one type, and the `Value` of an event is a number, a text, a flag or a state.
So the kinds are told apart by their first letter in the bytes, where a quoted key with its colon cannot be part of a
text, and get fields of their own. Whatever does not fit this is read one by one, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from lakeflow_sources import Column, fields

__all__ = ["COLUMNS", "EVENT", "RAW", "Values", "batch_of", "parsed", "read_fast"]

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

EVENT = ("UnitsAbbreviation", "Good", "Questionable", "Substituted", "Annotated")
_MICROS = pa.timestamp("us", tz="UTC")
_KINDS = (
    (b'"Value":{', b'"State":{'),
    (b'"Value":"', b'"Words":"'),
    (b'"Value":true', b'"Flag":true'),
    (b'"Value":false', b'"Flag":false'),
)
_ODD = (b'"Value":{"Errors"', b'"Errors":[')


@dataclass(frozen=True, slots=True)
class Values:
    """Events in a batch, and how many of them each stream has, in the order of the answer."""

    batch: pa.RecordBatch
    counts: tuple[tuple[str, int], ...]


def _schema(*, integer: bool) -> pa.Schema:
    state = pa.struct([("Name", pa.string()), ("Value", pa.int32()), ("IsSystem", pa.bool_())])
    event = pa.struct(
        [
            ("Timestamp", pa.string()),
            ("UnitsAbbreviation", pa.string()),
            *((name, pa.bool_()) for name in EVENT[1:]),
            ("Value", pa.int64() if integer else pa.float64()),
            ("State", state),
            ("Words", pa.string()),
            ("Flag", pa.bool_()),
        ]
    )
    stream = [("WebId", pa.string()), ("Name", pa.string()), ("Path", pa.string()), ("Items", pa.list_(event))]
    return pa.schema([("Items", pa.list_(pa.struct(stream)))])


def parsed(body: bytes, document: Any, *, integer: bool) -> Values:
    """The events of an answer for a set of streams; *document* gives the parsed answer where it is needed."""
    try:
        return read_fast(body, integer=integer)
    except (pa.ArrowException, ValueError):
        return _read_slowly(document(), integer=integer)


def read_fast(body: bytes, *, integer: bool) -> Values:
    """The same by Arrow's own reader; raises where the answer holds what it cannot read."""
    if any(mark in body for mark in _ODD):
        raise ValueError("values of unusual shape")
    for plain, named in _KINDS:
        body = body.replace(plain, named)
    table = pj.read_json(
        pa.BufferReader(body),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
        parse_options=pj.ParseOptions(explicit_schema=_schema(integer=integer), unexpected_field_behavior="ignore"),
    )
    streams = table["Items"].combine_chunks().flatten()
    lists = streams.field("Items")
    events = lists.flatten()
    webids = streams.field("WebId").to_pylist()
    counts = tuple(zip(webids, pc.fill_null(pc.list_value_length(lists), 0).to_pylist(), strict=True))
    places = pc.list_parent_indices(lists)
    owner = [streams.field(name).take(places) for name in ("WebId", "Name", "Path")]
    return Values(_assemble(owner, events, integer=integer), counts)


def _assemble(owner: Sequence[pa.Array], events: pa.StructArray, *, integer: bool) -> pa.RecordBatch:
    count = len(events)
    state, flag, number = events.field("State"), events.field("Flag"), events.field("Value")
    names = state.field("Name")
    if pc.any(pc.and_(state.is_valid(), names.is_null())).as_py():
        raise ValueError("an object that is no state")
    whole = number if integer else pa.nulls(count, pa.int64())
    if flag.null_count < count:
        whole = pc.coalesce(flag.cast(pa.int64()), whole)
    text = events.field("Timestamp")
    arrays = [
        *owner,
        _times(text),
        pa.nulls(count, pa.float64()) if integer else number,
        whole,
        events.field("Words"),
        state.field("Value"),
        names,
        state.field("IsSystem"),
        *(events.field(name) for name in EVENT[1:]),
        events.field("UnitsAbbreviation"),
        text,
    ]
    return pa.RecordBatch.from_arrays(arrays, [*(one.name for one in COLUMNS), RAW])


def _times(texts: pa.Array) -> pa.Array:
    """Times of up to seven digits behind the point, cut to microseconds."""
    if texts.null_count:
        raise ValueError("an event without a time")
    try:
        return texts.cast(pa.timestamp("ns", tz="UTC")).cast(_MICROS, safe=False)
    except pa.ArrowInvalid:  # a year that nanoseconds do not reach
        return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1").cast(_MICROS)


def _read_slowly(document: Mapping[str, Any], *, integer: bool) -> Values:
    streams = document["Items"]
    pairs = [(stream, event) for stream in streams for event in stream.get("Items") or ()]
    counts = tuple((stream["WebId"], len(stream.get("Items") or ())) for stream in streams)
    return Values(batch_of(pairs, integer=integer), counts)


def batch_of(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], *, integer: bool = False) -> pa.RecordBatch:
    """Streams with one of their events each, one by one."""
    rows = [_row(stream, event, integer=integer) for stream, event in pairs]
    columns = list(zip(*rows, strict=True)) or [()] * (len(COLUMNS) + 1)
    kinds = {"double": pa.float64(), "long": pa.int64(), "int": pa.int32(), "boolean": pa.bool_()}
    arrays = [
        _times(pa.array(values, pa.string()))
        if one.name == "timestamp"
        else pa.array(values, kinds.get(one.type, pa.string()))
        for one, values in zip(COLUMNS, columns, strict=False)
    ]
    return pa.RecordBatch.from_arrays(
        [*arrays, pa.array(columns[-1], pa.string())], [*(one.name for one in COLUMNS), RAW]
    )


def _row(stream: Mapping[str, Any], event: Mapping[str, Any], *, integer: bool) -> tuple[Any, ...]:
    moment = event.get("Timestamp")
    owner = (stream.get("WebId"), _clean(stream.get("Name")), _clean(stream.get("Path")), moment)
    flags = (event.get(name) for name in EVENT[1:])
    return (*owner, *_kinds(event.get("Value"), integer=integer), *flags, event.get("UnitsAbbreviation"), moment)


def _kinds(value: Any, *, integer: bool) -> tuple[Any, ...]:
    """A value as double, whole number, text, code and name of a state, and whether that is the system's."""
    double = whole = text = code = name = system = None
    if isinstance(value, dict) and value.get("Name") is not None:
        code, name, system = value.get("Value"), _clean(value["Name"]), value.get("IsSystem")
    elif isinstance(value, dict | list):
        text = orjson.dumps(value).decode()
    elif isinstance(value, bool):
        whole = int(value)
    elif isinstance(value, str):
        text = _clean(value)
    elif value is not None and integer and float(value).is_integer():
        whole = int(value)
    elif value is not None:
        double = float(value)
    return double, whole, text, code, name, system


def _clean(text: str | None) -> str | None:
    """Half of a surrogate pair, which JSON can hold and Arrow cannot, becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode()
