"""The newest value of each stream: that at its end, that of now, and those of attributes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lakeflow_sources import Page, Read, Slice, Table
from lakeflow_sources.http import Client, Request, get

from .asking import ask, check_absent, ids
from .paths import path
from .streams import Stream, attributes, grouped, selected
from .values import COLUMNS, batch_of

__all__ = ["TABLES"]

_INTEGERS = frozenset({"Byte", "Int16", "Int32", "Int64", "Boolean"})


def _slices(read: Read, client: Client) -> Iterator[Slice]:
    return (Slice({"group": one}) for one in grouped(selected(read, client)))


def _of_attributes(read: Read, client: Client) -> Iterator[Slice]:
    found = [
        Stream(one["WebId"], one["Name"], one.get("Type") in _INTEGERS) for one in attributes(read.settings, client)
    ]
    return (Slice({"group": one}) for one in grouped(found))


def _pages(shape: str, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    def request(streams: Sequence[Stream]) -> Request:
        return get(path(read.settings, "streamsets", shape), webId=ids(streams))

    for asked, response in ask(client, piece["group"].streams, request):
        items = response.json()["Items"]
        check_absent(client, asked, (one["WebId"] for one in items), path(read.settings, "streams") + f"/{{}}/{shape}")
        yield Page(batch=batch_of(((one, one["Value"]) for one in items), integer=asked[0].integer))


def _table(name: str, shape: str, description: str, *, af: bool = False) -> Table:
    return Table(
        name=name,
        columns=COLUMNS,
        primary_key=("webid",),
        slices=_of_attributes if af else _slices,
        fetch=partial(_pages, shape),
        category="current_values",
        description=description,
    )


TABLES: tuple[Table, ...] = (
    _table("end_values", "end", "The last archived value of each stream."),
    _table("current_values", "value", "The value of each stream at the time of reading."),
    _table("attribute_values", "value", "The current value of each attribute of the asset databases.", af=True),
)
