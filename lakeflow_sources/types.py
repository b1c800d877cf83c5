"""Column types: the words that declarations use, and the Arrow types they stand for."""

from __future__ import annotations

import re

import pyarrow as pa

from lakeflow_sources.errors import ConfigurationError

__all__ = ["arrow_type"]

_SIMPLE = {
    "string": pa.string(),
    "json": pa.string(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "binary": pa.binary(),
}
_DECIMAL = re.compile(r"decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)")
_WORDS = "string, json, boolean, int, long, double, decimal(p,s), date, timestamp, binary, array<T> or struct<a:T,...>"


def arrow_type(text: str) -> pa.DataType:
    """The Arrow type of *text*; raises `ConfigurationError` for a word that is none."""
    word = text.strip()
    lowered = word.lower()
    if lowered in _SIMPLE:
        return _SIMPLE[lowered]
    if match := _DECIMAL.fullmatch(lowered):
        return pa.decimal128(int(match[1]), int(match[2]))
    if lowered.startswith("array<") and word.endswith(">"):
        return pa.list_(pa.field("element", arrow_type(word[6:-1])))
    if lowered.startswith("struct<") and word.endswith(">"):
        return pa.struct([_member(part) for part in _split(word[7:-1])])
    raise ConfigurationError(f"Unknown column type {text!r}", f"write {_WORDS}")


def _member(part: str) -> pa.Field:
    name, _, kind = part.partition(":")
    return pa.field(name.strip(), arrow_type(kind))


def _split(members: str) -> list[str]:
    """Cut at the commas that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(members):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            parts.append(members[start:place])
            start = place + 1
    return [*parts, members[start:]]
