"""A limit on the whole of an answer: a server that sends a byte now and then cannot hold a task for ever."""

from __future__ import annotations

import contextlib
import http.client
import io
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lakeflow_sources.http.process import shared

__all__ = ["bounded", "deadline"]

_BUFFER = 1 << 16


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Answers that begin inside must have ended *seconds* from now."""
    local = shared("deadline", threading.local)
    local.at = time.monotonic() + seconds
    try:
        yield
    finally:
        del local.at


def bounded(connection_class: type[Any]) -> type[Any]:
    """The same class of connection, whose answers keep the `deadline` of the thread that asked."""
    return type(f"Bounded{connection_class.__name__}", (connection_class,), {"response_class": _Answer})


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        at = getattr(shared("deadline", threading.local), "at", math.inf)
        self._reader = _Reader(self.fp.detach(), sock, at)
        self.fp = io.BufferedReader(self._reader, _BUFFER)

    def begin(self) -> None:
        super().begin()
        if self._reader.ended:  # the standard library takes this for the end of the headers, and of the answer
            raise http.client.IncompleteRead(b"")


class _Reader(io.RawIOBase):
    """Gives each read of a socket its usual timeout, or what is left until the deadline if that is less."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, at: float) -> None:
        super().__init__()
        self._raw, self._sock, self._at = raw, sock, at
        self._usual = sock.gettimeout()
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        if left < (math.inf if self._usual is None else self._usual):
            self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):  # the socket may be closed, or go on to the next call
                self._sock.settimeout(self._usual)
            self._raw.close()
        super().close()
