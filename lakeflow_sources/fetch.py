"""Pages of many slices at once: a few threads wait for the network while one decodes."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress

from lakeflow_sources.declare import Page, Read, Slice
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.paging import paginate

__all__ = ["fetch", "pages"]

_AHEAD = 2  # pages that each thread may be ahead of the decoder: bounds memory
_SHOWN = 80  # characters of a slice's value in an error
_PATIENCE = 0.2  # seconds between looks at whether the reader has gone


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The pages of one slice, one after the other."""
    table = read.table
    if table.fetch is not None:
        yield from table.fetch(read, piece, client)
        return
    if table.request is None:
        raise LakeflowError(f"Table {table.name} declares neither request nor fetch", "give it one of them")
    for response in paginate(client.send, table.request(read, piece), table.paging):
        yield Page(response, table.records)


def pages(read: Read, pieces: Sequence[Slice], client: Client) -> Iterator[tuple[Slice, Page]]:
    """Pages of all *pieces*, those of one slice in order; the first failure ends all of them and is raised."""
    crew = _Crew(read, pieces, client)
    try:
        yield from crew.pages()
    finally:
        crew.stop()


class _Crew:
    """Threads that take slices from a common pile and put pages into a bounded queue."""

    def __init__(self, read: Read, pieces: Sequence[Slice], client: Client) -> None:
        size = max(1, min(read.settings.integer("concurrency") or 1, len(pieces)))
        self._read, self._client = read, client
        self._pile = deque(pieces)
        self._queue: queue.Queue[tuple[Slice, Page] | BaseException | None] = queue.Queue(size * _AHEAD)
        self._gone = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]

    def pages(self) -> Iterator[tuple[Slice, Page]]:
        for thread in self._threads:
            thread.start()
        working = len(self._threads)
        while working:
            item = self._queue.get()
            if item is None:
                working -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item

    def stop(self) -> None:
        """Let the threads go: a reader that stops early must not leave them blocked on a full queue."""
        self._gone.set()
        self._pile.clear()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout=self._read.settings.number("timeout_seconds"))

    def _work(self) -> None:
        with suppress(_GoneError):
            try:
                while (piece := self._next()) is not None:
                    for page in self._fetch(piece):
                        self._put((piece, page))
                self._put(None)
            except _GoneError:
                raise
            except BaseException as error:  # noqa: BLE001 (carried to the reading thread, which raises it)
                self._put(error)

    def _next(self) -> Slice | None:
        try:
            return self._pile.popleft()
        except IndexError:  # another thread took the last one
            return None

    def _fetch(self, piece: Slice) -> Iterator[Page]:
        try:
            yield from fetch(self._read, piece, self._client)
        except LakeflowError as error:
            raise error.at(place(self._read, piece)) from error.__cause__

    def _put(self, item: tuple[Slice, Page] | BaseException | None) -> None:
        while not self._gone.is_set():
            with suppress(queue.Full):
                self._queue.put(item, timeout=_PATIENCE)
                return
        raise _GoneError


class _GoneError(Exception):
    """Nobody reads any more."""


def place(read: Read, piece: Slice) -> str:
    """Table and slice, for the front of an error."""
    named = [(name, str(value)) for name, value in piece.values.items() if value not in (None, "", [])]
    parts = [f"{name}={text if len(text) <= _SHOWN else text[:_SHOWN] + '...'}" for name, text in named]
    if piece.window:
        parts.append(f"{piece.window.start.isoformat()} to {piece.window.end.isoformat()}")
    inside = f" ({', '.join(parts)})" if parts else ""
    return f"{read.connector.name}.{read.table.name}{inside}"
