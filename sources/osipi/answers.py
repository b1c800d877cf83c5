"""Answers for sets of streams as Arrow columns: without a Python object per value where that can be.

Arrow reads JSON only where a field has one type, and the `Value` of an event is a number, a text, a flag or a state.
So the kinds are told apart by their first letter in the bytes, where a quoted key with its colon cannot be part of a
text, and get fields of their own. Whatever does not fit this is read one by one, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from .values import COLUMNS, EVENT, RAW, Values, batch_of, times_of

__all__ = ["parsed", "read_fast", "read_slowly"]

_KINDS = (("State", b'"Value":{', b'"State":{'), ("Words", b'"Value":"', b'"Words":"'))
_FLAGS = (("Flag", b'"Value":true', b'"Flag":true'), ("Flag", b'"Value":false', b'"Flag":false'))
_REST = b'"Questionable":false,"Substituted":false,"Annotated":false,'
_USUAL = b'"Good":true,' + _REST
_BAD = b'"Good":false,' + _REST
_SPACED = b'"Timestamp": '  # of an event: names of streams may be written as they like
_BEGINNING = 2_000  # bytes that tell how an answer is written
_UNITS = re.compile(rb'"UnitsAbbreviation":("[^"\\]*"),' + _USUAL)

_STATE = pa.struct([("Name", pa.string()), ("Value", pa.int32()), ("IsSystem", pa.bool_())])
_FIELDS = {
    "UnitsAbbreviation": pa.string(),
    **dict.fromkeys(EVENT[1:], pa.bool_()),
    "State": _STATE,
    "Words": pa.string(),
    "Flag": pa.bool_(),
    "Bad": pa.bool_(),
}


def _schema(names: Iterable[str], *, integer: bool) -> pa.Schema:
    """Only fields that occur: Arrow's reader takes its time for those that do not."""
    event = [
        ("Timestamp", pa.string()),
        ("Value", _number(integer=integer)),
        *((name, _FIELDS[name]) for name in names),
    ]
    stream = [
        ("WebId", pa.string()),
        ("Name", pa.string()),
        ("Path", pa.string()),
        ("Items", pa.list_(pa.struct(event))),
    ]
    return pa.schema([("Items", pa.list_(pa.struct(stream)))])


def _number(*, integer: bool) -> pa.DataType:
    return pa.int64() if integer else pa.float64()


def parsed(body: bytes, document: Any, *, integer: bool) -> Values:
    """The events of an answer for a set of streams; *document* gives the parsed answer where it is needed.

    Written without the white space that some servers, and proxies before them, put in: half of the time is left so.
    """
    try:
        plain = orjson.dumps(document()) if _SPACED in body[:_BEGINNING] else body
        return read_fast(plain, integer=integer)
    except (pa.ArrowException, ValueError, TypeError):
        return read_slowly(document(), integer=integer)


def read_fast(body: bytes, *, integer: bool) -> Values:
    """The same by Arrow's own reader; raises where the answer holds what it cannot read."""
    shorter = _shorten(body)
    body = shorter.body
    names = [name for name in shorter.left if f'"{name}":'.encode() in body]
    for name, plain, named in (*_KINDS, *_FLAGS) if integer else _KINDS:
        if plain in body:
            body = body.replace(plain, named)
            names.append(name)
    table = pj.read_json(
        pa.BufferReader(body),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=_schema(dict.fromkeys(names), integer=integer), unexpected_field_behavior="ignore"
        ),
        memory_pool=pa.system_memory_pool(),  # Arrow's own gives large blocks back at once: a fault a page, each time
    )
    streams = table["Items"].combine_chunks().flatten()
    lists = streams.field("Items")
    webids = streams.field("WebId").to_pylist()
    counts = tuple(zip(webids, pc.fill_null(pc.list_value_length(lists), 0).to_pylist(), strict=True))
    places = pc.list_parent_indices(lists)
    owner = [streams.field(name).take(places) for name in ("WebId", "Name", "Path")]
    return Values(_assemble(owner, _fields(lists.flatten(), shorter), integer=integer), counts)


@dataclass(frozen=True, slots=True)
class _Shorter:
    """A body without what nearly all events have in common, as each field that is read costs as much as the value.

    *units* were taken out together with the usual flags *with_units* times; flags alone *flags* times.
    """

    body: bytes
    units: str | None
    with_units: int
    flags: int

    @property
    def left(self) -> Sequence[str]:
        """Fields that may still be there: each costs a look at the whole body.

        An event with one flag left and without the others is noticed when flags are put back.
        """
        alone = self.with_units and b'"Questionable":' not in self.body
        return ("UnitsAbbreviation", "Bad") if alone else (*EVENT, "Bad")


def _shorten(body: bytes) -> _Shorter:
    found = _UNITS.search(body)
    if found is None:
        return _Shorter(body, None, 0, 0)
    first = body.replace(found[0], b"")
    second = first.replace(_USUAL, b"")
    with_units = (len(body) - len(first)) // len(found[0])
    flags = (len(first) - len(second)) // len(_USUAL)
    return _Shorter(second.replace(_BAD, b'"Bad":true,'), orjson.loads(found[1]), with_units, flags)


def _fields(events: pa.StructArray, shorter: _Shorter) -> dict[str, pa.Array]:
    """Every field by its name, with what was taken out of the body put back."""
    there = {field.name for field in events.type}
    found = {
        name: events.field(name) if name in there else pa.nulls(len(events), kind) for name, kind in _FIELDS.items()
    }
    if shorter.with_units:
        if found["UnitsAbbreviation"].null_count != shorter.with_units:
            raise ValueError("events without units")
        found["UnitsAbbreviation"] = found["UnitsAbbreviation"].fill_null(shorter.units)
    bad = found["Bad"].is_valid()
    missing = pc.and_(found["Good"].is_null(), pc.invert(bad))
    if (pc.sum(missing).as_py() or 0) != shorter.with_units + shorter.flags:
        raise ValueError("events without flags")
    if shorter.with_units:
        taken = pc.or_(missing, bad)
        found["Good"] = pc.if_else(taken, missing, found["Good"])
        for name in EVENT[2:]:
            found[name] = pc.if_else(taken, False, found[name])
    return {**found, "Timestamp": events.field("Timestamp"), "Value": events.field("Value")}


def _assemble(owner: Sequence[pa.Array], events: Mapping[str, pa.Array], *, integer: bool) -> pa.RecordBatch:
    text, state, flag, number = (events[name] for name in ("Timestamp", "State", "Flag", "Value"))
    count, names = len(text), state.field("Name")
    if state.null_count < count and pc.any(pc.and_(state.is_valid(), names.is_null())).as_py():
        raise ValueError("an object that is no state")
    whole = number if integer else pa.nulls(count, pa.int64())
    if flag.null_count < count:
        whole = pc.coalesce(flag.cast(pa.int64()), whole)
    arrays = [
        *owner,
        times_of(text),
        pa.nulls(count, pa.float64()) if integer else number,
        whole,
        events["Words"],
        state.field("Value"),
        names,
        state.field("IsSystem"),
        *(events[name] for name in EVENT[1:]),
        events["UnitsAbbreviation"],
        text,
    ]
    return pa.RecordBatch.from_arrays(arrays, [*(one.name for one in COLUMNS), RAW])


def read_slowly(document: Mapping[str, Any], *, integer: bool) -> Values:
    """The same one by one, whatever the answer holds."""
    streams = document["Items"]
    pairs = [(stream, event) for stream in streams for event in stream.get("Items") or ()]
    counts = tuple((stream["WebId"], len(stream.get("Items") or ())) for stream in streams)
    return Values(batch_of(pairs, integer=integer), counts)
