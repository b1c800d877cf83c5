"""The hourly limit: a count for each token that starts again at a fixed time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from .refusals import spent

__all__ = ["Quota"]

_HOUR = 3600


@dataclass
class _Count:
    used: int = 0
    reset: int = 0


@dataclass
class Quota:
    """Calls, or points, of each token; enforced where *limits* are."""

    limits: Mapping[str, int]
    enforced: bool = False
    seconds: float = _HOUR
    counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    def _count(self, token: str, resource: str) -> _Count:
        count = self.counts.setdefault((token, resource), _Count())
        if time.time() >= count.reset:
            count.used, count.reset = 0, int(time.time() + self.seconds) + 1
        return count

    def enforce(self, values: Mapping[str, float]) -> None:
        """Start counting anew with other limits, by resource, and another length (`seconds`) of the hour."""
        self.seconds = values.get("seconds", _HOUR)
        self.limits = {name: int(values.get(name, limit)) for name, limit in self.limits.items()}
        self.counts.clear()
        self.enforced = True

    def check(self, token: str, resource: str) -> None:
        """Refuse a call where nothing is left."""
        count = self._count(token, resource)
        if self.enforced and count.used >= self.limits[resource]:
            raise spent(count.reset, resource, self.limits[resource])

    def charge(self, token: str, resource: str, points: int = 1) -> None:
        """Count a call."""
        self._count(token, resource).used += points

    def spend(self, token: str, resource: str, left: int = 0) -> None:
        """Let others with the same token leave only this many calls."""
        self._count(token, resource).used = self.limits[resource] - left

    def headers(self, token: str, resource: str) -> dict[str, str]:
        """What each answer says about it."""
        count, limit = self._count(token, resource), self.limits[resource]
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - count.used)),
            "X-RateLimit-Used": str(count.used),
            "X-RateLimit-Reset": str(count.reset),
            "X-RateLimit-Resource": resource,
        }

    def facts(self, token: str) -> dict[str, dict[str, int]]:
        """All limits of a token, as the answer of `/rate_limit`."""
        found = {}
        for resource, limit in self.limits.items():
            count = self._count(token, resource)
            left = max(0, limit - count.used)
            found[resource] = {"limit": limit, "used": count.used, "remaining": left, "reset": count.reset}
        return found

    def used(self) -> dict[str, int]:
        """Calls and points of all tokens together."""
        found = dict.fromkeys(self.limits, 0)
        for (_, resource), count in self.counts.items():
            found[resource] += count.used
        return found
