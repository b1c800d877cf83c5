"""Where answers have their records, and what records look like: columns, and samples of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources.fields import snake_case
from lakeflow_sources.new.draft import ColumnDraft
from lakeflow_sources.new.openapi.document import Document

__all__ = ["columns_of", "find_records", "sample_of"]

_USUAL = ("data", "items", "results", "records", "value", "values", "entries", "content", "list", "rows")
_WRITABLE = re.compile(r"[A-Za-z_$][\w$-]*")
_DEPTH = 2  # of objects around the list, and of objects in a sample
_SIMPLE = {"integer": "long", "number": "double", "boolean": "boolean"}
_FORMATS = {"date-time": "timestamp", "date": "date"}


def find_records(document: Document, schema: Mapping[str, Any], hint: str) -> tuple[str, dict[str, Any]] | None:
    """The path to the list in an answer, and the schema of its records; *hint* is what the list may be called."""
    for choice in schema.get("oneOf") or schema.get("anyOf") or ():
        chosen = find_records(document, document.resolved(choice), hint)
        if chosen is not None:
            return chosen
    item = _item(document, schema)
    if item is not None:
        return "", item
    lists = list(_lists(document, schema, "", _DEPTH))
    for name in (hint, *_USUAL):
        for path, found in lists:
            if path.rpartition(".")[2].lower() == name:
                return path, found
    return lists[0] if len(lists) == 1 else None


def _lists(
    document: Document, schema: Mapping[str, Any], above: str, depth: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    inner = []
    for name, part in _properties(schema).items():
        if "." in name or not name:
            continue
        found = document.resolved(part)
        item = _item(document, found)
        if item is not None:
            yield f"{above}{name}", item
        elif depth > 1 and _kind(found) == "object":
            inner.append((f"{above}{name}.", found))
    for path, found in inner:
        yield from _lists(document, found, path, depth - 1)


def _item(document: Document, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema of a list's records, where they are objects with known members."""
    if _kind(schema) != "array":
        return None
    item = _one(document, schema.get("items"))
    return item if _properties(item) else None


def columns_of(document: Document, item: Mapping[str, Any]) -> tuple[tuple[ColumnDraft, ...], list[str]]:
    """A column for each member of a record, and what could not be made one."""
    found: dict[str, ColumnDraft] = {}
    notes = []
    for name, part in _properties(item).items():
        if not _WRITABLE.fullmatch(name):
            notes.append(f"The member {name!r} cannot be written as a path: it is no column.")
            continue
        wanted = re.sub(r"\W", "_", snake_case(name))
        while wanted in found or wanted == "_deleted":
            wanted += "_2"
        found[wanted] = ColumnDraft(wanted, _type(document, part, _DEPTH), "" if wanted == name else name)
    return tuple(found.values()), notes


def _type(document: Document, part: Any, depth: int) -> str:
    schema = _one(document, part)
    kind = _kind(schema)
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), "string")
    if kind == "array" and depth:
        inner = _type(document, schema.get("items"), depth - 1)
        return f"array<{inner}>" if inner in ("string", "long", "double", "boolean") else "json"
    return _SIMPLE.get(kind, "json")


def sample_of(document: Document, part: Any, name: str, number: int, depth: int = _DEPTH) -> Any:
    """A made-up value of a schema, another one for each *number*."""
    schema = _one(document, part)
    choices = [one for one in schema.get("enum") or () if one is not None]
    if choices:
        return choices[number % len(choices)]
    kind = _kind(schema)
    if kind == "object" and depth:
        members = list(_properties(schema).items())
        return {key: sample_of(document, one, key, number, depth - 1) for key, one in members} or {"sample": number}
    if kind == "array":
        return [sample_of(document, schema.get("items"), name, number, depth - 1)] if depth else []
    return _scalar(kind, str(schema.get("format")), name, number)


def _scalar(kind: str, form: str, name: str, number: int) -> Any:
    if kind == "integer":
        return number
    if kind == "number":
        return number + 0.5
    if kind == "boolean":
        return number % 2 == 0
    if form == "date-time":
        return f"2026-01-{number % 28 + 1:02}T08:00:00Z"
    if form == "date":
        return f"2026-01-{number % 28 + 1:02}"
    return {"sample": number} if kind in ("object", "") else f"{name} {number}"


def _one(document: Document, part: Any) -> dict[str, Any]:
    """The schema itself, or the only one of its choices that is not null."""
    schema = document.resolved(part)
    choices = [
        found
        for one in (schema.get("oneOf") or schema.get("anyOf") or ())
        if _kind(found := document.resolved(one)) != "null"
    ]
    kinds = {_kind(one) for one in choices}
    return choices[0] if len(choices) == 1 or (len(kinds) == 1 and kinds <= {"string", *_SIMPLE}) else schema


def _kind(schema: Mapping[str, Any]) -> str:
    """The type; of 3.1's list of types the one beside null."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kinds = [one for one in kind if one != "null"]
        return str(kinds[0]) if len(kinds) == 1 else ""
    if kind is None:
        return "object" if _properties(schema) else "array" if "items" in schema else ""
    return str(kind)


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    found = schema.get("properties")
    return {str(name): one for name, one in found.items()} if isinstance(found, Mapping) else {}
