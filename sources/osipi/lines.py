"""Events of streams as columns: those of the usual form by Arrow's CSV reader, the others by its JSON reader.

    {"Timestamp":"T","UnitsAbbreviation":U,"Good":true,...,"Value":V}   ──> T | U | V   a line of CSV
    {"Timestamp":"T","UnitsAbbreviation":U,"Good":false,...,"Value":V}  ──> put aside, and read as JSON

Nearly every event is the same members around a time, a unit and a value. What is the same is cut out of the whole
answer at once, and a few bytes are left for each event. A quoted name with its colon cannot be part of a text, as
quotes are escaped there; so a line whose columns hold a value each, and nothing behind the last of them, had exactly
the members that were cut. Lines with other columns keep all that was not cut, and are put together again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import msgspec
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from pyarrow import json as pj

from .values import EVENT, KINDS, kinds_of

__all__ = ["Events", "read_events"]

Columns = Mapping[str, pa.Array]

_TIME, _VALUE, _UNITS, _FLAGS = "Timestamp", "Value", EVENT[0], EVENT[1:]
_USUAL = dict.fromkeys(_FLAGS, "false") | {"Good": "true"}
_COLUMN = "\x01"  # JSON has no such bytes, neither in its texts nor around them
_BEFORE_UNITS, _BEHIND_UNITS, _BEHIND_ALL = f"{_COLUMN}\x02", f"\x03{_COLUMN}", f"{_COLUMN}\x04"
_NONE = b"[]"
_END = "\x05"
"""The line behind the last event of a stream."""

_NO_NUMBERS = (b'"', b"t", b"f", b"n", b"[", b"{")
_STATE = pa.struct([("Name", pa.string()), ("Value", pa.int32()), ("IsSystem", pa.bool_())])
_FIELDS = {_UNITS: pa.string(), **dict.fromkeys(_FLAGS, pa.bool_())}
_STATES, _WORDS, _BOOLEANS = "Value: a state", "Value: a text", "Value: a flag"
_KINDS = {_STATES: _STATE, _WORDS: pa.string(), _BOOLEANS: pa.bool_()}
_BEGINNINGS = ((_STATES, "{"), (_WORDS, '"'))
_OF_INTEGERS = ((_BOOLEANS, "true"), (_BOOLEANS, "false"))
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SPARSE = 600
"""Bytes of events for each that may have another form: where there are more of those, all are better read as JSON."""


@dataclass(frozen=True, slots=True)
class Events:
    """Members of events, with the columns of `KINDS` in place of `Value`, and how many events each stream has."""

    columns: Columns
    counts: Sequence[int]


def read_events(streams: Sequence[memoryview], *, integer: bool) -> Events:
    """The events of all *streams*, which are JSON arrays without white space.

    Raises what Arrow raises, or `ValueError`, where it cannot read one for certain.
    """
    if any(bytes(events[:1]) != b"[" for events in streams):
        raise ValueError("no list of events")
    form = next((_form_of(events) for events in streams if events != _NONE), None)
    if form:
        try:
            return _by_form(streams, form, integer=integer)
        except (pa.ArrowException, ValueError):
            pass
    parts = [part for events in streams for part in (events[1:-1], b"\n", b"{}\n")]
    lines = b"".join(parts).replace(b"},{", b"}\n{")
    columns = _as_json(lines, integer=integer)
    return _events(columns, _order(len(columns[_TIME]), ()))


@dataclass(frozen=True, slots=True)
class _Form:
    """How events are written: *head* before the first value; *cuts*, and the marks in place of them, longest first."""

    head: str
    columns: Sequence[str]
    cuts: Sequence[tuple[str, str]]

    def restored(self, line: str) -> str:
        """The event that became *line*."""
        if line == _END:
            return "{}"
        for text, mark in self.cuts:
            line = line.replace(mark, text)
        return f"{self.head}{line}}}"


def _form_of(events: memoryview) -> _Form | None:
    """That of the first of *events*, for usual flags; nothing where its members are not the usual ones."""
    first = bytes(events[1:-1]).partition(b"},{")
    members = [*_MEMBERS.decode(first[0] + b"}" if first[1] else first[0])]
    if set(members) != {_TIME, _VALUE, *EVENT} or members[-1] == _TIME:
        return None
    columns: list[str] = []
    cuts: list[str] = []
    text = "{"
    for name in members:
        text += f'"{name}":{_USUAL.get(name, "")}'
        if name in _USUAL:
            text += ","
            continue
        cuts.append(text + '"' * (name == _TIME))
        columns.append(name)
        text = '",' if name == _TIME else ","
    if text != ",":
        cuts.append(text[:-1])
        columns.append("")
    marks = [_mark(left, right) for left, right in pairwise(columns)]
    longest_first = sorted(zip(cuts[1:], marks, strict=True), key=lambda cut: -len(cut[1]))
    return _Form(cuts[0], columns, longest_first)


def _mark(left: str, right: str) -> str:
    """What takes the place of the text between two columns: never the same for two texts."""
    marks = {_UNITS: _BEFORE_UNITS, "": _BEHIND_ALL}
    return marks.get(right, _BEHIND_UNITS if left == _UNITS else _COLUMN)


@dataclass
class _Others:
    """Lines with other columns, and their numbers."""

    most: int
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def put_aside(self, row: csv.InvalidRow) -> str:
        if len(self.lines) >= self.most:
            return "error"
        self.lines.append(row.text)
        self.numbers.append(row.number - 1)
        return "skip"


def _by_form(streams: Sequence[memoryview], form: _Form, *, integer: bool) -> Events:
    lines = _cut(streams, form)
    others = _Others(sum(map(len, streams)) // _SPARSE + len(streams))
    table = csv.read_csv(
        pa.BufferReader(lines),
        read_options=csv.ReadOptions(use_threads=False, block_size=lines.size + 1, column_names=form.columns),
        parse_options=csv.ParseOptions(delimiter=_COLUMN, quote_char=False, invalid_row_handler=others.put_aside),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(form.columns, pa.string()), check_utf8=False),
        memory_pool=pa.system_memory_pool(),  # Arrow's own gives large blocks back at once: a fault a page, each time
    )
    if "" in form.columns and not pc.all(pc.equal(table[""], _BEHIND_ALL.removeprefix(_COLUMN))).as_py():
        raise ValueError("members behind the usual ones")
    rest = _as_json("\n".join(map(form.restored, others.lines)).encode(), integer=integer)
    if len(rest[_TIME]) != len(others.numbers):
        raise ValueError("lines that are no single event")
    count = table.num_rows
    usual = {
        _TIME: table[_TIME].combine_chunks(),
        _UNITS: _texts(table[_UNITS].combine_chunks()),
        **{name: pa.repeat(value == "true", count) for name, value in _USUAL.items()},
        **_kinds(table[_VALUE].combine_chunks(), integer=integer),
    }
    columns = {name: pa.concat_arrays([one, rest[name]]) for name, one in usual.items()}
    return _events(columns, _order(count, others.numbers))


def _cut(streams: Sequence[memoryview], form: _Form) -> pa.Buffer:
    """Lines of columns."""
    begin, end = f"[{form.head}".encode(), f"{_END}\n".encode()
    parts: list[bytes | memoryview] = []
    for events in streams:
        if events != _NONE:
            if bytes(events[: len(begin)]) != begin or bytes(events[-len(b"}]") :]) != b"}]":
                raise ValueError("streams of different forms")
            parts += (events[len(begin) : -len(b"}]")], b"\n")
        parts.append(end)
    text = pa.array([b"".join(parts)], pa.large_binary())
    for cut, mark in (*form.cuts[::-1], (f"}},{form.head}", "\n")):
        text = pc.replace_substring(text, cut, mark)  # Arrow looks for long texts several times as fast as Python
    return text.buffers()[2]


def _texts(values: pa.StringArray) -> pa.StringArray:
    """Texts that are written in JSON, of which there are few, without the marks around them."""
    found = values.dictionary_encode()
    texts = [orjson.loads(one.strip("\x02\x03")) for one in found.dictionary.to_pylist()]
    if not all(isinstance(one, str | None) for one in texts):
        raise ValueError("no text")
    return pa.array(texts, pa.string()).take(found.indices)


def _kinds(values: pa.StringArray, *, integer: bool) -> Columns:
    """Values that are written in JSON: numbers, and whatever else there is of few different ones, as states are."""
    column, kind = ("value_int", pa.int64()) if integer else ("value_double", pa.float64())
    try:
        numbers, others = values.cast(kind), pa.nulls(len(values), pa.string())
    except pa.ArrowInvalid:
        odd = pc.is_in(pc.binary_slice(values.cast(pa.binary()), 0, 1), pa.array(_NO_NUMBERS))
        numbers, others = pc.if_else(odd, None, values).cast(kind), pc.if_else(odd, values, None)
    found = others.dictionary_encode()
    rows = [kinds_of(orjson.loads(one), integer=integer) for one in found.dictionary.to_pylist()]
    rows.append((None,) * len(KINDS))
    columns = {
        name: pa.array(parts, kind).take(found.indices)
        for (name, kind), parts in zip(KINDS.items(), zip(*rows, strict=True), strict=True)
    }
    return columns | {column: pc.coalesce(columns[column], numbers)}


def _order(usual: int, others: Sequence[int]) -> pa.Array:
    """Where each line is found, when *others* (numbers of lines) stand behind all the *usual* ones."""
    count = usual + len(others)
    marks = bytearray(count)
    for number in others:
        marks[number] = 1
    other = pa.Array.from_buffers(pa.int8(), count, [None, pa.py_buffer(bytes(marks))]).cast(pa.int32())
    others_till_here = pc.cumulative_sum(other)
    usual_till_here = pc.cumulative_sum(pc.subtract(1, other))
    return pc.subtract(pc.if_else(other.cast(pa.bool_()), pc.add(others_till_here, usual), usual_till_here), 1)


def _events(columns: Columns, order: pa.Array) -> Events:
    """*columns* in that *order*, cut at the ends of streams: lines without any member."""
    ended = columns[_TIME].is_null().take(order)
    places = order.filter(pc.invert(ended))
    ends = pc.indices_nonzero(ended).to_pylist()
    counts = [end - begin - 1 for begin, end in zip([-1, *ends], ends, strict=False)]
    return Events({name: _taken(one, places) for name, one in columns.items()}, counts)


def _taken(column: pa.Array, places: pa.Array) -> pa.Array:
    return pa.nulls(len(places), column.type) if column.null_count == len(column) else column.take(places)


def _as_json(lines: bytes, *, integer: bool) -> Columns:
    """Lines whose values are of any kind; only kinds that occur, as Arrow's reader takes its time for the others."""
    names = [*EVENT]
    for name, beginning in (*_BEGINNINGS, *_OF_INTEGERS) if integer else _BEGINNINGS:
        plain = f'"Value":{beginning}'.encode()
        if plain in lines:
            lines = lines.replace(plain, f'"{name}":{beginning}'.encode())
            names.append(name)
    schema = {
        _TIME: pa.string(),
        _VALUE: _number(integer=integer),
        **{name: (_FIELDS | _KINDS)[name] for name in names},
    }
    table = pj.read_json(
        pa.BufferReader(lines),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pj.ParseOptions(explicit_schema=pa.schema(schema), unexpected_field_behavior="ignore"),
        memory_pool=pa.system_memory_pool(),
    )
    found = {name: pa.nulls(table.num_rows, kind) for name, kind in (_FIELDS | _KINDS).items()}
    found |= {name: table[name].combine_chunks() for name in schema}
    code, name, system = (found[_STATES].field(part) for part in ("Value", "Name", "IsSystem"))
    if pc.any(pc.and_(found[_STATES].is_valid(), pc.or_(name.is_null(), code.is_null()))).as_py():
        raise ValueError("an object that is no state")
    if _several([found[one] for one in (_VALUE, *_KINDS)]):
        raise ValueError("an event with several values")
    number, whole, nothing = found[_VALUE], found[_BOOLEANS].cast(pa.int64()), pa.nulls(table.num_rows, pa.float64())
    double, whole = (nothing, pc.coalesce(whole, number)) if integer else (number, whole)
    kinds = dict(zip(KINDS, (double, whole, found[_WORDS], code, name, system), strict=True))
    return {name: found[name] for name in (_TIME, *_FIELDS)} | kinds


def _several(columns: Sequence[pa.Array]) -> bool:
    """Whether a row has a value in more than one of *columns*."""
    there = [one.is_valid() for one in columns if one.null_count < len(one)]
    found: bool = any(pc.any(pc.and_(one, other)).as_py() for one, other in combinations(there, 2))
    return found


def _number(*, integer: bool) -> pa.DataType:
    return pa.int64() if integer else pa.float64()
