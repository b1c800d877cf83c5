"""Columns of fixed tables in a line each: `fields("id", "userId long", "owner.id -> owner_id")`."""

from __future__ import annotations

import re

from lakeflow_sources.declare import Column

__all__ = ["fields", "snake_case"]

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def fields(*lines: str) -> tuple[Column, ...]:
    """One column a line: `path [type] [-> name]`; the type is `string` and the name the path in snake_case."""
    return tuple(_field(line) for line in lines)


def _field(line: str) -> Column:
    left, _, name = (part.strip() for part in line.partition("->"))
    path, _, kind = (part.strip() for part in left.partition(" "))
    name = name or snake_case(path.removeprefix("@"))
    return Column(name, kind or "string", "" if path == name else path)


def snake_case(path: str) -> str:
    """`userIdIncludingInactive` and `metadata.isClosed` as Spark users write names."""
    return _WORD_END.sub("_", path).replace(".", "_").replace("-", "_").lower()
