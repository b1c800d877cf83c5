"""Rate limits that a mock really enforces, as a rolling window or as a token bucket."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["EVERY_CLASS", "Limit", "Limits", "Usage"]

EVERY_CLASS = "*"
"""The class of a limit that counts the calls of all classes together, such as a daily quota."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *requests* in *seconds*.

    *style*: `rolling` counts the calls of the last *seconds*; `bucket` holds *requests* tokens and refills evenly.
    *per*: one count for the account, or one for each token.
    *policy*: the vendor's own name of the limit, for its error bodies.
    """

    requests: int
    seconds: float
    style: Literal["rolling", "bucket"] = "rolling"
    per: Literal["account", "token"] = "account"
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How one limit stands after a call: *wait* is above zero for a call that was refused."""

    limit: Limit
    remaining: int
    wait: float


class _Window:
    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._times: deque[float] = deque()

    def look(self, now: float) -> Usage:
        while self._times and self._times[0] <= now - self.limit.seconds:
            self._times.popleft()
        left = self.limit.requests - len(self._times)
        wait = 0.0 if left > 0 else self._times[0] + self.limit.seconds - now if self._times else self.limit.seconds
        return Usage(self.limit, max(left, 0), wait)

    def take(self, now: float) -> None:
        self._times.append(now)


class _Bucket:
    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._tokens = float(limit.requests)
        self._at: float | None = None

    def look(self, now: float) -> Usage:
        rate = self.limit.requests / self.limit.seconds
        if self._at is not None:
            self._tokens = min(self.limit.requests, self._tokens + (now - self._at) * rate)
        self._at = now
        wait = 0.0 if self._tokens >= 1 else (1 - self._tokens) / rate
        return Usage(self.limit, int(self._tokens), wait)

    def take(self, now: float) -> None:
        self._at = now
        self._tokens -= 1


class Limits:
    """The limits in force, each with its counts; a call that is refused is not counted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[str, tuple[Limit, ...]] = {}
        self._counts: dict[tuple[Limit, str, str], _Window | _Bucket] = {}

    def enforce(self, limits: Mapping[str, tuple[Limit, ...]]) -> None:
        """Put these limits in force for their endpoint classes, with counts at zero."""
        self._limits.update(limits)
        self._counts.clear()

    def lift(self) -> None:
        """Put no limit in force."""
        self._limits.clear()
        self._counts.clear()

    def take(self, endpoint_class: str, token: str) -> list[Usage]:
        """How the limits of this call stand; the call counts unless one of them has a wait."""
        now = self._clock()
        counts = [
            self._count(limit, name, token)
            for name in (endpoint_class, EVERY_CLASS)
            for limit in self._limits.get(name, ())
        ]
        seen = [count.look(now) for count in counts]
        if any(usage.wait > 0 for usage in seen):
            return seen
        for count in counts:
            count.take(now)
        return [Usage(usage.limit, usage.remaining - 1, 0.0) for usage in seen]

    def _count(self, limit: Limit, name: str, token: str) -> _Window | _Bucket:
        key = (limit, name, token if limit.per == "token" else "")
        if key not in self._counts:
            self._counts[key] = _Window(limit) if limit.style == "rolling" else _Bucket(limit)
        return self._counts[key]
