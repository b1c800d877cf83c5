"""What a mock remembers of the calls it got: counters, a log of the latest ones, and who sent credentials where."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Entry", "Journal"]

_KEPT = 10_000
_LONGEST = 4_000  # of a query or a body


@dataclass(slots=True)
class Entry:
    """One call; *status* is 0 while it runs and where the connection was dropped."""

    number: int
    at: float
    method: str
    path: str
    query: str
    body: str = ""
    status: int = 0
    seconds: float = 0.0
    fault: str = ""


class Journal:
    """Counters and log of one mock; `reset` starts both again."""

    def __init__(self) -> None:
        self.running = 0
        self.reset()

    def reset(self) -> None:
        """Forget every call."""
        self.total = 0
        self.highest_running = self.running
        self.classes: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.credentials: dict[str, Counter[str]] = {}
        self.strangers: list[dict[str, Any]] = []
        self.entries: deque[Entry] = deque(maxlen=_KEPT)

    def arrive(self, entry: Entry, endpoint_class: str) -> None:
        """A call begins."""
        self.total += 1
        self.running += 1
        self.highest_running = max(self.highest_running, self.running)
        self.classes[endpoint_class] += 1
        entry.number, entry.query, entry.body = self.total, entry.query[:_LONGEST], entry.body[:_LONGEST]
        self.entries.append(entry)

    def leave(self, entry: Entry, status: int, seconds: float) -> None:
        """A call ends."""
        self.running -= 1
        entry.status, entry.seconds = status, round(seconds, 6)
        self.statuses[str(status)] += 1
        if entry.fault:
            self.faults[entry.fault] += 1

    def credential(self, host: str, authorization: str) -> None:
        """*host* was shown a credential; only a digest of it is kept."""
        digest = hashlib.sha256(authorization.encode()).hexdigest()[:12]
        self.credentials.setdefault(host, Counter())[digest] += 1

    def stranger(self, method: str, host: str, path: str, *, credentials: bool) -> None:
        """The other host, which nobody should ever follow a link to, got a call."""
        self.strangers.append({"method": method, "host": host, "path": path, "credentials": credentials})

    def counters(self) -> dict[str, Any]:
        """All counters as JSON values."""
        return {
            "total": self.total,
            "running": self.running,
            "highest_running": self.highest_running,
            "classes": dict(self.classes),
            "statuses": dict(self.statuses),
            "faults": dict(self.faults),
            "credentials": {host: sum(seen.values()) for host, seen in self.credentials.items()},
            "distinct_credentials": {host: len(seen) for host, seen in self.credentials.items()},
            "strangers": self.strangers,
        }

    def log(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """The calls kept, oldest first, whose number is above *after*."""
        return (asdict(entry) for entry in self.entries if entry.number > after)
