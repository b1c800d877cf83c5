"""Grant times of one budget, in a small file that all processes of a machine map into memory."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import struct
import threading
import time
import weakref
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from lakeflow_sources.http.machine import fcntl, folder
from lakeflow_sources.http.process import shared

__all__ = ["Ledger", "State", "open_ledger"]

_HEADER = struct.Struct("<8sqdddddddddd")
_SLOT = struct.Struct("<d")
_MAGIC = b"lakeflo4"
_DAY = 86_400.0
_OPEN = 64  # ledgers that a process keeps open: each takes two descriptors, and `select` knows 1,024


@dataclass(slots=True)
class State:
    """What a ledger remembers beside the grant times."""

    grants: int = 0
    """How many were ever given; also the number of the next one."""
    not_before: float = 0.0
    """The vendor asked everybody to wait until then."""
    limit: float = 0.0
    """Grants a window since the last refusal, before recovery; 0 stands for the full rate."""
    step: float = 0.0
    """Growth of *limit* with every quiet period."""
    changed_at: float = 0.0
    credit: float = 0.0
    """Calls that the vendor's headers still allow until *credit_until*."""
    credit_until: float = 0.0
    refused_at: float = 0.0
    row: float = 0.0
    """Refusals in a row before the last one."""
    refused_grant: float = 0.0
    """The number of grants at the last refusal."""
    touched_at: float = 0.0


_FIELDS = attrgetter(*(one.name for one in fields(State)))  # astuple would copy each value deeply


class Ledger:
    """Memory that is read and changed inside `with`, by one thread of one process at a time."""

    def __init__(self, memory: Any, slots: int, descriptor: int | None) -> None:
        self._memory = memory
        self._slots = slots
        self._descriptor = descriptor
        self._lock = threading.Lock()
        if descriptor is not None:
            weakref.finalize(self, os.close, descriptor)

    def __enter__(self) -> State:
        self._lock.acquire()
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        magic, *values = _HEADER.unpack_from(self._memory, 0)
        self._state = State(*values) if magic == _MAGIC else State()
        return self._state

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._keep()
        finally:
            if self._descriptor is not None:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._lock.release()

    def _keep(self) -> None:
        now = time.time()
        if self._descriptor is not None and now - self._state.touched_at > _DAY / 24:
            os.utime(self._descriptor)  # writes to mapped memory alone do not keep the file from looking stale
            self._state.touched_at = now
        _HEADER.pack_into(self._memory, 0, _MAGIC, *_FIELDS(self._state))

    def time_of(self, grant: int) -> float:
        """When *grant* was given; only the newest of them are remembered."""
        moment: float = _SLOT.unpack_from(self._memory, self._place(grant))[0]
        return moment

    def set_time(self, grant: int, moment: float) -> None:
        """Remember *moment* for *grant*."""
        _SLOT.pack_into(self._memory, self._place(grant), moment)

    def _place(self, grant: int) -> int:
        return _HEADER.size + _SLOT.size * (grant % self._slots)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The ledgers that were used last; one that leaves is closed when nobody holds it any more."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    swept: list[float] = field(default_factory=list)
    """When this process looked for files of budgets that nobody uses any more."""


def open_ledger(key: str, slots: int) -> Ledger:
    """The ledger of *key* in this process, on the file that other processes share."""
    shelf = shared("ledgers", _Shelf)
    with shelf.lock:
        ledger = shelf.ledgers.pop(key, None) or _open(hashlib.sha256(key.encode()).hexdigest()[:40], slots, shelf)
        shelf.ledgers[key] = ledger
        if len(shelf.ledgers) > _OPEN:
            del shelf.ledgers[next(iter(shelf.ledgers))]
    return ledger


def _open(name: str, slots: int, shelf: _Shelf) -> Ledger:
    size = _HEADER.size + _SLOT.size * slots
    home = folder()
    if home is None or fcntl is None:
        return Ledger(bytearray(size), slots, None)
    descriptor = os.open(home / f"{name}.budget", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        new = os.fstat(descriptor).st_size != size  # or cut by a full disk
        if new:
            os.ftruncate(descriptor, 0)
            os.ftruncate(descriptor, size)
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    if new and not (shelf.swept and time.monotonic() - shelf.swept[-1] < _DAY / 24):
        shelf.swept[:] = [time.monotonic()]
        _remove_stale(home)
    return Ledger(mmap.mmap(descriptor, size), slots, descriptor)


def _remove_stale(home: Path) -> None:
    for path in home.glob("*.budget"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY:
                path.unlink()
