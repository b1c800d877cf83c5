"""Which properties to ask for, and how, when there are too many for an address or a search body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lakeflow_sources import Page, Read, VendorError
from lakeflow_sources.http import Client, post

from .paths import path

__all__ = ["LONGEST_BODY", "LONGEST_URL", "by_id", "object_path", "properties"]

LONGEST_URL = 7_500  # characters; answered 414 from about 8,000
LONGEST_BODY = 2_900  # characters of a search; refused from 3,000
_BATCH = 100  # records of one batch read
_GONE = "OBJECT_NOT_FOUND"


def properties(read: Read) -> tuple[str, ...]:
    """Names of the properties behind the columns that are read."""
    found = [one.source.removeprefix("properties.") for one in read.columns if one.source.startswith("properties.")]
    return tuple(found)


def object_path(read: Read, *rest: str) -> str:
    """The path of the object type that is read."""
    return path(read.settings, "objects", read.table.data.api, *rest)


def by_id(read: Read, ids: Sequence[str], client: Client, *, archived: bool = False) -> Iterator[Page]:
    """The records called *ids* with all their properties; those deleted meanwhile come as tombstones later."""
    names = list(properties(read))
    for start in range(0, len(ids), _BATCH):
        inputs = [{"id": one} for one in ids[start : start + _BATCH]]
        request = post(object_path(read, "batch", "read"), properties=names, inputs=inputs)
        response = client.send(request.with_params(archived=True) if archived else request)
        _check(response.json())
        yield Page(response, "results")


def _check(answer: dict[str, Any]) -> None:
    """A batch answers 207 when some records failed: only those that are gone may be missing."""
    failed = [one for one in answer.get("errors") or () if _GONE not in (one.get("category"), one.get("subCategory"))]
    if failed:
        raise VendorError(
            f"HubSpot could not read some records of a batch: {failed[0].get('message')}",
            "read again; if it stays, tell HubSpot the message",
        )
