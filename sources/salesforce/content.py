"""What only comes one call at a time: the bytes of base64 fields. And lists of choices, which come as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Column, Page, Read
from lakeflow_sources.http import Client, Request

from .types import Apart

__all__ = ["lists", "with_content"]

_BYTES = 8 << 20
"""Of content, after which rows are handed on: files are large."""


def lists(read: Read) -> list[str]:
    """Fields that hold several choices, where they are wanted as lists."""
    return [one.source for one in read.columns if one.type == "array<string>" and not isinstance(one, Apart)]


def with_content(read: Read, client: Client, records: list[dict[str, Any]]) -> Iterator[Page]:
    """*records* as pages, with the content of the fields that were asked for."""
    for path in lists(read):
        for record in records:
            _split(record, path.split("."))
    fields = [one for one in read.columns if isinstance(one, Apart) and one.type == "binary"]
    if not fields:
        yield Page(records=records)
        return
    ready: list[Mapping[str, Any]] = []
    size = 0
    for record in records:
        for one in fields:
            record[one.source] = _content(client, one, record)
            size += len(record[one.source] or b"")
        ready.append(record)
        if size >= _BYTES:
            yield Page(records=ready)
            ready, size = [], 0
    if ready:
        yield Page(records=ready)


def _content(client: Client, field: Column, record: Mapping[str, Any]) -> bytes | None:
    """The field names the address of its bytes."""
    path = record[field.source]
    return client.send(Request("GET", path, headers=(("Accept", "*/*"),))).body if path else None


def _split(record: Any, path: list[str]) -> None:
    for step in path[:-1]:
        record = record.get(step) if isinstance(record, dict) else None
    if isinstance(record, dict) and isinstance(record.get(path[-1]), str):
        record[path[-1]] = record[path[-1]].split(";")
