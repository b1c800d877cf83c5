"""A queue between the threads that fetch and the one that decodes, bounded by what lies on it."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

__all__ = ["Belt", "LeftError"]

T = TypeVar("T")


class LeftError(Exception):
    """Nobody takes any more."""


class Belt(Generic[T]):
    """Holds at least *few* items, more while they weigh less than *most* together, and never more than *many*.

    A decoder that is busy with a batch does not hold up the network, and large pages do not fill the memory.
    """

    def __init__(self, few: int, many: int, most: int) -> None:
        self._few, self._many, self._most = few, many, most
        self._items: deque[tuple[T, int]] = deque()
        self._weight = 0
        self._left = False
        self._changed = threading.Condition()

    def put(self, item: T, weight: int = 0) -> None:
        """Lay *item* down, when there is room; raises `LeftError` when nobody will take it."""
        with self._changed:
            while not self._left and self._full():
                self._changed.wait()
            if self._left:
                raise LeftError
            self._items.append((item, weight))
            self._weight += weight
            self._changed.notify_all()

    def take(self, patience: float) -> T | None:
        """The item that was laid down first; nothing when none came for *patience* seconds."""
        until = time.monotonic() + patience
        with self._changed:
            while not self._items:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            item, weight = self._items.popleft()
            self._weight -= weight
            self._changed.notify_all()
            return item

    def leave(self) -> None:
        """Let those who wait to put something down go."""
        with self._changed:
            self._left = True
            self._items.clear()
            self._changed.notify_all()

    def _full(self) -> bool:
        count = len(self._items)
        return count >= self._few and (count >= self._many or self._weight >= self._most)
