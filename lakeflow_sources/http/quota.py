"""What the headers of an answer say about the calls that are left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lakeflow_sources.http.response import Response

__all__ = ["Quota", "by_headers"]

_PREFIXES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
_EPOCH = 1_000_000_000  # larger numbers are moments, smaller ones are seconds from now
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?")


@dataclass(frozen=True, slots=True)
class Quota:
    """*remaining* calls for the next *reset_seconds*; `None` when the vendor does not say when more are given."""

    remaining: int
    reset_seconds: float | None = None
    limit: int | None = None


def by_headers(response: Response, now: float) -> Quota | None:
    """The usual header names, `RateLimit-Remaining` and `X-RateLimit-Remaining` with their `-Limit` and `-Reset`."""
    for prefix in _PREFIXES:
        remaining = _number(response.headers, prefix + "remaining")
        if remaining is not None:
            reset = _number(response.headers, prefix + "reset")
            limit = _number(response.headers, prefix + "limit")
            if reset is not None and reset > _EPOCH:
                reset = max(0.0, reset - now)
            return Quota(int(remaining), reset, None if limit is None else int(limit))
    return None


def _number(headers: Mapping[str, str], name: str) -> float | None:
    found = _NUMBER.match(headers.get(name, "").strip())
    return float(found[0]) if found else None
