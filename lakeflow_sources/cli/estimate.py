"""How much of each budget a read uses, and how long the vendor's limits make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from lakeflow_sources.connect import connection
from lakeflow_sources.declare import Connector, Slice
from lakeflow_sources.http.connection import budgets
from lakeflow_sources.http.pacing import UNLIMITED, Rate
from lakeflow_sources.options import Settings

__all__ = ["Estimate", "estimates", "seconds_of", "waited"]


_TENTH = 0.1  # a share below it shows a decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """*calls* to one budget: *requests* of them are allowed in *per_seconds*, of which they are a *quota_share*.

    *seconds* is the time that the limit makes them take; without a known limit the last four are `None` and 0.
    """

    budget: str
    calls: int
    requests: int | None
    per_seconds: float | None
    quota_share: float | None
    seconds: float

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    def row(self) -> dict[str, Any]:
        """For people."""
        if self.requests is None or self.per_seconds is None or self.quota_share is None:
            return {"budget": self.budget, "calls": self.calls, "limit": "none known", "share of quota": ""}
        limit = f"{self.requests:,} in {_length(self.per_seconds)}"
        share = f"{self.quota_share:.{0 if self.quota_share >= _TENTH else 1}%} of {_length(self.per_seconds)}"
        return {"budget": self.budget, "calls": self.calls, "limit": limit, "share of quota": share}


def estimates(connector: Connector, settings: Settings, pieces: Sequence[Slice]) -> list[Estimate]:
    """One for each budget that *pieces* draw on."""
    link = connection(connector, settings)
    found = []
    for kind in sorted({piece.rate for piece in pieces}):
        calls = ceil(sum(piece.weight for piece in pieces if piece.rate == kind))
        rates = [one.rate for one in budgets(link, kind, "") if one.rate is not UNLIMITED]
        found.append(_estimate(kind, calls, rates))
    return found


def seconds_of(
    found: Sequence[Estimate], shares: Sequence[Sequence[Slice]], threads: int, latency: float | None
) -> float:
    """The time of a whole read: what its limits ask for, or its calls at *latency* seconds each, whichever is longer.

    The heaviest share sets the pace, with *threads* of its slices at a time.
    """
    limited = max((one.seconds for one in found), default=0.0)
    heaviest = max(
        (sum(piece.weight for piece in pieces) / min(threads, len(pieces)) for pieces in shares), default=0.0
    )
    return max(limited, heaviest * (latency or 0.0))


def waited(rate: Rate, calls: int) -> float:
    """Seconds until the last of *calls* may go out: a whole quota at once, then a window for each further one."""
    return max(0, ceil(calls / rate.requests) - 1) * rate.seconds


def _estimate(kind: str, calls: int, rates: Sequence[Rate]) -> Estimate:
    if not rates:
        return Estimate(kind, calls, None, None, None, 0.0)
    quota = max(rates, key=lambda rate: rate.seconds)
    seconds = max(waited(rate, calls) for rate in rates)
    return Estimate(kind, calls, quota.requests, quota.seconds, round(calls / quota.requests, 4), seconds)


def _length(seconds: float) -> str:
    for span, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds == span:
            return f"a {name}" if name != "hour" else "an hour"
    return f"{seconds:g} s"
