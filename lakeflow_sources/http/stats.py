"""What a client did, for the summary of a read."""

from __future__ import annotations

import threading
from typing import Any

__all__ = ["Stats"]


class Stats:
    """Counters that several threads add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self.requests = 0
        self.retries = 0
        self.rate_limited = 0
        self.wait_seconds = 0.0
        self.bytes = 0
        self.quota_left: int | None = None
        self.notes: list[str] = []

    def note(self, text: str) -> bool:
        """Something that the reader of the summary should know; whether it is new."""
        with self._lock:
            new = text not in self.notes
            if new:
                self.notes.append(text)
            return new

    def answered(self, size: int = 0, *, limited: bool = False, quota_left: int | None = None) -> None:
        """One request went out; *size* bytes came back."""
        with self._lock:
            self.requests += 1
            self.bytes += size
            self.rate_limited += limited
            if quota_left is not None:
                self.quota_left = quota_left

    def read(self, size: int) -> None:
        """*size* more bytes of a streamed answer."""
        with self._lock:
            self.bytes += size

    def waited(self, seconds: float, *, retry: bool = False) -> None:
        """A call waited for its turn, or for its next attempt."""
        with self._lock:
            self.wait_seconds += seconds
            self.retries += retry

    def facts(self) -> dict[str, Any]:
        """All counters by name, and the notes."""
        with self._lock:
            return self._facts()

    def taken(self) -> dict[str, Any]:
        """The same, and all counters begin anew."""
        with self._lock:
            facts = self._facts()
            self._begin()
            return facts

    def _facts(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "retries": self.retries,
            "rate_limited": self.rate_limited,
            "wait_seconds": round(self.wait_seconds, 3),
            "bytes": self.bytes,
            "quota_left": self.quota_left,
            "notes": list(self.notes),
        }
