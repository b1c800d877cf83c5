"""JSON texts of many pages to Arrow columns of the declared types, without a Python object for each value.

pages ──> one text, a line per page ──> Arrow's JSON reader ──> fields ──> declared columns
              └── columns that Arrow cannot read ──> one by one, from a partial decode

Arrow is strict, and so is this: whatever it cannot take for certain raises one of `REFUSALS`, and the same pages
are read value by value instead, with the same result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec
import orjson
import pyarrow as pa

from lakeflow_sources.convert import convert, long_number
from lakeflow_sources.declare import Column
from lakeflow_sources.http.peek import PEEKS
from lakeflow_sources.spelling import reading_type, spelling, to_declared

__all__ = ["REFUSALS", "JsonColumns", "RefusedError"]


class RefusedError(Exception):
    """These pages have to be read value by value."""


REFUSALS = (RefusedError, pa.ArrowException, orjson.JSONDecodeError, *PEEKS)
Tree = dict[str, Any]


@dataclass
class JsonColumns:
    """Reads *columns*; with *known*, fields that are not in that tree are refused."""

    columns: Sequence[Column]
    known: Mapping[str, Any] | None = None
    exact: bool = False
    """Numbers keep digits that a double does not hold."""
    _found: dict[str, set[str]] = field(default_factory=dict)
    _plan: _Plan | None = None

    @property
    def usable(self) -> bool:
        """Whether each column has a place of its own in a record."""
        try:
            _tree({one.source: None for one in self.columns})
        except RefusedError:
            return False
        return len({one.source for one in self.columns}) == len(self.columns) > 0

    def learn(self, column: Column, values: Iterable[Any]) -> None:
        """Take up how *values* of *column* are written."""
        known = self._found.setdefault(column.name, set())
        new = spelling(values, column) - known
        if new:
            known |= new
            self._plan = None

    def read(self, texts: Sequence[Any]) -> tuple[dict[str, pa.Array], list[int]]:
        """The columns by name, and the number of records of each of *texts*, which are arrays of records."""
        plan = self._plan = self._plan or _plan(self.columns, self._found, self.known)
        lists = _read(texts, plan.schema)
        counts = lists.value_lengths().to_pylist()
        records = lists.flatten()
        if records.null_count:
            raise RefusedError
        arrays = {one.name: _declared(_member(records, one.source), one) for one in plan.arrow}
        if plan.strict is not None:
            for text in texts:
                plan.strict.decode(text)
        if plan.values:
            objects = [one for text in texts for one in plan.partial.decode(text)]
            arrays |= {one.name: self._by_value(objects, get, one) for one, get in plan.values}
        return arrays, counts

    def _by_value(self, objects: Sequence[Any], get: Callable[[Any], Any], column: Column) -> pa.Array:
        guarded = not self.exact and any(one.type.startswith("decimal") for one in self.columns)
        values = [
            None if raw is None else _parsed(raw, exact=self.exact, guarded=guarded) for raw in _raws(objects, get)
        ]
        array, misfits = convert(values, column)
        if misfits:
            raise RefusedError
        return array


@dataclass(frozen=True, slots=True)
class _Plan:
    schema: pa.Schema
    arrow: Sequence[Column]
    values: Sequence[tuple[Column, Callable[[Any], Any]]]
    partial: Any
    """Decodes an array of records, of which only *values* become objects."""
    strict: Any
    """Decodes an array of records that have known fields only."""


def _plan(columns: Sequence[Column], found: Mapping[str, set[str]], known: Mapping[str, Any] | None) -> _Plan:
    kinds = {one.name: reading_type(one, found.get(one.name, set()), _around(one, columns, found)) for one in columns}
    arrow = [one for one in columns if kinds[one.name] is not None]
    values = [one for one in columns if kinds[one.name] is None]
    if not arrow:
        raise RefusedError
    wanted = _tree({one.source: None for one in values})
    return _Plan(
        pa.schema([("r", pa.list_(_struct(_tree({one.source: kinds[one.name] for one in arrow}))))]),
        arrow,
        [(one, _getter(wanted, one.source)) for one in values],
        _records(wanted, strict=False),
        None if known is None else _records(known, strict=True),
    )


def _around(column: Column, columns: Sequence[Column], found: Mapping[str, set[str]]) -> set[str]:
    """How the neighbours of a column in the same object are written."""
    place = column.source.rpartition(".")[0]
    near = [one for one in columns if one.source.rpartition(".")[0] == place and one.type != "json"]
    return {way for one in near for way in found.get(one.name, ())}


def _tree(leaves: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for path, leaf in leaves.items():
        *steps, last = path.split(".")
        here = tree
        for step in steps:
            here = here.setdefault(step, {})
            if not isinstance(here, dict):
                raise RefusedError
        if last in here:
            raise RefusedError
        here[last] = leaf
    return tree


def _struct(tree: Tree) -> pa.DataType:
    return pa.struct([(name, _struct(one) if isinstance(one, dict) else one) for name, one in tree.items()])


def _read(texts: Sequence[Any], schema: pa.Schema) -> pa.ListArray:
    import pyarrow.json as pj  # only where there is more than one page

    body = b"".join([piece for text in texts for piece in (b'{"r":', text, b"}\n")])  # one copy, not three
    table = pj.read_json(
        pa.BufferReader(body),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        memory_pool=pa.system_memory_pool(),  # Arrow's own gives large blocks back at once: a fault a page, each time
    )
    if table.num_rows != len(texts):
        raise RefusedError
    lists: pa.ListArray = table.column(0).combine_chunks()
    return lists


def _member(records: pa.StructArray, source: str) -> pa.Array:
    found: pa.Array = records
    for step in source.split("."):
        found = found.field(step)
    return found


def _declared(array: pa.Array, column: Column) -> pa.Array:
    converted, misfits = to_declared(array, column)
    if misfits:
        raise RefusedError
    return converted


def _raws(objects: Sequence[Any], get: Callable[[Any], Any]) -> Iterator[Any]:
    for one in objects:
        try:
            yield get(one)
        except AttributeError:  # an object on the way is missing or null
            yield None


def _parsed(raw: msgspec.Raw, *, exact: bool, guarded: bool) -> Any:
    """*raw* as a value; *guarded* refuses numbers for whose digits a whole page would be read exactly."""
    text = bytes(raw)
    if exact:
        return json.loads(text, parse_float=Decimal)
    if guarded and long_number(text):
        raise RefusedError
    return orjson.loads(text)


def _records(tree: Mapping[str, Any], *, strict: bool) -> Any:
    return msgspec.json.Decoder(list[_partial(tree, strict=strict)])  # type: ignore[misc]


def _partial(tree: Mapping[str, Any], *, strict: bool) -> Any:
    """A type for records, of which only the fields of *tree* are decoded; *strict* refuses others."""
    fields: list[Any] = []
    names = {}
    for number, (name, below) in enumerate(tree.items()):
        kind: Any = msgspec.Raw
        if below:
            inner = _partial(below, strict=strict)
            kind = inner | list[inner] | None if strict else inner | None  # type: ignore[valid-type]
        fields.append((f"f{number}", kind, None))
        names[f"f{number}"] = name
    return msgspec.defstruct("Part", fields, rename=names, forbid_unknown_fields=strict, gc=False)


def _getter(tree: Mapping[str, Any], source: str) -> Callable[[Any], Any]:
    steps: list[str] = []
    here: Any = tree
    for step in source.split("."):
        steps.append(f"f{list(here).index(step)}")
        here = here[step] or {}
    return attrgetter(".".join(steps))
