"""Objects as tables: those of most orgs are known, all others are described by the org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from lakeflow_sources import Settings, Table
from lakeflow_sources.http import Client, MissingError, get, post

from .describe import columns_of, describe, described_columns
from .faults import OF_ONE_CALL
from .fetching import fetch
from .hosts import data_path
from .kinds import LISTED, Kind, kind_of, readable
from .slices import slices

__all__ = ["STATIC", "tables"]

_TOGETHER = 25  # calls of one composite
_FINE = 200


def _table(name: str, kind: Kind, columns: Any) -> Table:
    return Table(
        name=name,
        columns=columns,
        primary_key=("Id",) if kind.keyed else (),
        cursor=kind.cursor,
        ingestion=kind.ingestion,
        slices=slices,
        fetch=fetch,
        page_size=2000,
        category=kind.category,
        description=kind.says,
        data=kind,
    )


STATIC: tuple[Table, ...] = tuple(
    _table(name, kind, partial(described_columns, name, kind.ingestion)) for name, kind in LISTED.items()
)


def tables(settings: Settings, client: Client) -> tuple[Table, ...]:
    """The one that is asked for, or all that the user of these credentials may read."""
    wanted = settings.get("tableName")
    if not wanted:
        return _all(settings, client)
    try:
        return (_described(describe(settings, client, wanted)),)
    except MissingError:
        # It may only be misspelt: all names are needed for the message, and nothing else of them.
        return tuple(_table(name, Kind(), ()) for name in _names(settings, client))


def _all(settings: Settings, client: Client) -> tuple[Table, ...]:
    names = _names(settings, client)
    listed = {table.name: table for table in STATIC}
    others = [name for name in names if name not in listed]
    for one in _descriptions(others, settings, client):
        listed[one["name"]] = _described(one)
    return tuple(listed[name] for name in names if name in listed)


def _names(settings: Settings, client: Client) -> Sequence[str]:
    answer = client.send(get(data_path(settings, "sobjects"))).json()
    return [one["name"] for one in answer["sobjects"] if readable(one)]


def _descriptions(names: Sequence[str], settings: Settings, client: Client) -> Iterator[dict[str, Any]]:
    """Twenty-five objects a call: an org has hundreds of them."""
    for start in range(0, len(names), _TOGETHER):
        some = names[start : start + _TOGETHER]
        calls = [
            {"method": "GET", "url": data_path(settings, "sobjects", name, "describe"), "referenceId": f"d{place}"}
            for place, name in enumerate(some)
        ]
        for name, one in zip(some, _together(settings, client, calls), strict=True):
            if one["httpStatusCode"] == _FINE:
                yield one["body"]
            else:
                client.note(f"{name} is not listed, as its description was refused: {one['body']}")


def _together(settings: Settings, client: Client, calls: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The answers to *calls*, of which some may be refused: other users may see what this one may not."""
    request = post(data_path(settings, "composite"), compositeRequest=calls)
    response, fault = client.attempt(request)
    if fault is not None and (response.status != _FINE or fault.kind not in OF_ONE_CALL):
        response = client.send(request)  # which words the error
    answers: Sequence[Mapping[str, Any]] = response.json()["compositeResponse"]
    return answers


def _described(description: Mapping[str, Any]) -> Table:
    kind = LISTED.get(description["name"]) or kind_of(description)
    return _table(description["name"], kind, partial(columns_of, description, kind.ingestion))
