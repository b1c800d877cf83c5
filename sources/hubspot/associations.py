"""Which record is linked to which: one table for each pair of object types.

Read in full, as a change of a link does not reliably change the records, and as search answers hold no links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table, VendorError, fields
from lakeflow_sources.http import Client, post

from .objects import STANDARD, Kind
from .paths import path
from .ranges import list_ids, list_slices

__all__ = ["COMMON", "asked_for"]

_BATCH = 1_000  # records of one call
_ABSENT = ("OBJECT_NOT_FOUND", "NO_ASSOCIATIONS_FOUND")


@dataclass(frozen=True, slots=True)
class Pair:
    """From which object type to which; *api* makes the list of the first one."""

    first: Kind
    second: Kind

    @property
    def api(self) -> str:
        """The object type whose records are walked."""
        return self.first.api


def _table(first: Kind, second: Kind) -> Table:
    return Table(
        name=f"associations_{first.name}_{second.name}",
        columns=fields("from_id", "to_id", "type_id long", "category", "label"),
        primary_key=("from_id", "to_id", "type_id", "category"),
        slices=list_slices,
        fetch=_fetch,
        category="associations",
        data=Pair(first, second),
    )


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    ids: list[str] = []
    for some in list_ids(read, piece, client):
        ids += some
        while len(ids) >= _BATCH:
            yield from _links(read, ids[:_BATCH], client)
            ids = ids[_BATCH:]
    if ids:
        yield from _links(read, ids, client)


def _links(read: Read, ids: Sequence[str], client: Client) -> Iterator[Page]:
    """The links of *ids*; records that have more than one answer holds are asked for again from there."""
    pair: Pair = read.table.data
    inputs: list[dict[str, str]] = [{"id": one} for one in ids]
    while inputs:
        request = post(
            path(read.settings, "associations", pair.first.api, pair.second.api, "batch", "read"), inputs=inputs
        )
        response = client.send(request)
        answer = response.json()
        _check(answer)
        yield Page(response, "results", [row for one in answer["results"] for row in _rows(one)])
        inputs = [
            {"id": str(one["from"]["id"]), "after": one["paging"]["next"]["after"]}
            for one in answer["results"]
            if (one.get("paging") or {}).get("next")
        ]


def _rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each kind of link; the id of the target is a number in some versions, text in others."""
    for target in result["to"]:
        for kind in target["associationTypes"]:
            yield {
                "from_id": str(result["from"]["id"]),
                "to_id": str(target["toObjectId"]),
                "type_id": kind["typeId"],
                "category": kind["category"],
                "label": kind.get("label"),
            }


def _check(answer: Mapping[str, Any]) -> None:
    for one in answer.get("errors") or ():
        said = f"{one.get('category')} {one.get('subCategory')}"
        if not any(word in said for word in _ABSENT):
            raise VendorError(
                f"HubSpot could not read some associations of a batch: {one.get('message')}",
                "read again; if it stays, tell HubSpot the message",
            )


def asked_for(name: str, kinds: Sequence[Kind]) -> tuple[Table, ...]:
    """The table called *name*, if it is that of a pair of *kinds*."""
    return tuple(table for first in kinds for second in kinds if (table := _table(first, second)).name == name)


_BY_NAME = {kind.name: kind for kind in STANDARD}
_PAIRS = (
    ("contacts", "companies"),
    ("contacts", "deals"),
    ("contacts", "tickets"),
    ("companies", "contacts"),
    ("companies", "deals"),
    ("companies", "tickets"),
    ("deals", "contacts"),
    ("deals", "companies"),
    ("deals", "line_items"),
    ("deals", "quotes"),
    ("tickets", "contacts"),
    ("tickets", "companies"),
    ("quotes", "line_items"),
    ("calls", "contacts"),
    ("emails", "contacts"),
    ("meetings", "contacts"),
    ("notes", "contacts"),
    ("tasks", "contacts"),
)
COMMON: tuple[Table, ...] = tuple(_table(_BY_NAME[first], _BY_NAME[second]) for first, second in _PAIRS)
"""Listed for every account; any other pair can be asked for by name."""
