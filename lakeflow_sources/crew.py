"""The threads of a task: they take slices from a common pile and lay their pages on a belt."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from lakeflow_sources.belt import Belt, LeftError
from lakeflow_sources.declare import Page, Slice

__all__ = ["Crew"]

_FEW, _MANY = 2, 100  # pages that each thread may be ahead of the decoder
_MOST = 16 << 20  # bytes of pages of all threads that are ahead
_UNKNOWN = 1 << 20  # weight of a page whose records are Python objects already
_FIRST = 1  # threads that keep a decoder busy where answers come at once: more only take the processor from it
_HUNGRY = 0.02  # seconds without a page after which the network is what is waited for, and all threads help
_TICK = 1.0  # seconds after which the reader learns that nothing came

Fetch = Callable[[Slice], Iterator[Page | Slice]]
Item = tuple[Slice, Page] | BaseException


class Crew:
    """Fetches *pieces* by at most *size* threads.

    A slice that turns out larger than it was planned may come back with a part of itself, a `Slice` among its pages:
    that goes onto the pile, for a thread that has nothing to do.
    """

    def __init__(self, fetch: Fetch, pieces: Sequence[Slice], size: int) -> None:
        self._fetch, self._size = fetch, max(1, size)
        self._allowed = min(self._size, _FIRST)
        self._pile = deque(pieces)
        self._belt: Belt[Item] = Belt(self._size * _FEW, self._size * _MANY, _MOST)
        self._turn = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._gone = False

    def pages(self) -> Iterator[tuple[Slice, Page] | None]:
        """Pages as they come, those of one slice in order; `None` now and then while none comes.

        The first failure ends all and is raised.
        """
        with self._turn:
            self._hire()
        ended = 0
        while ended < len(self._threads):
            item = self._belt.take(_TICK if self._allowed == self._size else _HUNGRY)
            if item is None and self._allowed < self._size:
                self._allow_all()
            elif isinstance(item, BaseException):
                if not isinstance(item, _DoneError):
                    raise item
                ended += 1
            else:
                yield item

    def stop(self, patience: float) -> None:
        """Let the threads go: a reader that stops early must not leave them waiting for it."""
        self._belt.leave()
        with self._turn:
            self._gone = True
            self._pile.clear()
            self._turn.notify_all()
        for thread in self._threads:
            thread.join(timeout=patience)

    def _allow_all(self) -> None:
        with self._turn:
            self._allowed = self._size
            self._hire()

    def _hire(self) -> None:
        """As many threads as there are slices to take, and no more than allowed; holds the turn."""
        while len(self._threads) < min(self._allowed, self._busy + len(self._pile)):
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        with suppress(LeftError):
            try:
                while (piece := self._next()) is not None:
                    self._carry(piece)
                self._belt.put(_DoneError())
            except LeftError:
                raise
            except BaseException as error:  # noqa: BLE001 (carried to the reading thread, which raises it)
                self._belt.put(error)

    def _next(self) -> Slice | None:
        """A slice of the pile; waits while others may still give back a part of theirs."""
        with self._turn:
            while not self._pile and self._busy and not self._gone:
                self._turn.wait()
            if not self._pile:
                return None
            self._busy += 1
            return self._pile.popleft()

    def _carry(self, piece: Slice) -> None:
        try:
            for found in self._fetch(piece):
                if isinstance(found, Slice):
                    self._give_back(found)
                else:
                    self._belt.put((piece, found), _weight(found))
        finally:
            with self._turn:
                self._busy -= 1
                self._turn.notify_all()

    def _give_back(self, part: Slice) -> None:
        with self._turn:
            self._pile.append(part)
            self._hire()
            self._turn.notify_all()


class _DoneError(Exception):
    """A thread has nothing left to do."""


def _weight(page: Page) -> int:
    if page.batch is not None:
        size: int = page.batch.nbytes
        return size
    return _UNKNOWN if page.records is not None or page.response is None else len(page.response.body)
