"""Pages of many slices at once: a few threads wait for the network while one decodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from lakeflow_sources.crew import Crew
from lakeflow_sources.declare import Page, Read, Slice
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.paging import paginate

__all__ = ["fetch", "pages", "place"]

_SHOWN = 80  # characters of a slice's value in an error


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """All pages of one slice, one after the other."""
    waiting = [piece]
    while waiting:
        for found in _fetch(read, waiting.pop(), client):
            if isinstance(found, Slice):
                waiting.append(found)
            else:
                yield found


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page | Slice]:
    """The pages of a slice; a slice among them is a part of it that is given back."""
    table = read.table
    if table.fetch is not None:
        yield from table.fetch(read, piece, client)
        return
    if table.request is None:
        raise LakeflowError(f"Table {table.name} declares neither request nor fetch", "give it one of them")
    for response in paginate(client.send, table.request(read, piece), table.paging):
        yield Page(response, table.records)


def pages(read: Read, pieces: Sequence[Slice], client: Client) -> Iterator[tuple[Slice, Page] | None]:
    """Pages of all *pieces*, those of one slice in order; `None` now and then while none comes.

    The first failure ends all of them and is raised.
    """
    crew = Crew(partial(_placed, read, client), pieces, read.settings.integer("concurrency") or 1)
    try:
        yield from crew.pages()
    finally:
        crew.stop(read.settings.number("timeout_seconds") or 0.0)


def _placed(read: Read, client: Client, piece: Slice) -> Iterator[Page | Slice]:
    try:
        yield from _fetch(read, piece, client)
    except LakeflowError as error:
        raise error.at(place(read, piece)) from error.__cause__


def place(read: Read, piece: Slice) -> str:
    """Table and slice, for the front of an error."""
    named = [(name, str(value)) for name, value in piece.values.items() if value not in (None, "", [])]
    parts = [f"{name}={text if len(text) <= _SHOWN else text[:_SHOWN] + '...'}" for name, text in named]
    if piece.window:
        parts.append(f"{piece.window.start.isoformat()} to {piece.window.end.isoformat()}")
    inside = f" ({', '.join(parts)})" if parts else ""
    return f"{read.connector.name}.{read.table.name}{inside}"
