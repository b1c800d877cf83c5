"""Faults on demand: which calls go wrong, and in which way."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lakeflow_sources.errors import ConfigurationError

__all__ = ["KINDS", "Fault", "Faults", "parse_fault"]

KINDS: Mapping[str, str] = {
    "drop": "the connection closes without an answer",
    "truncate": "the body ends before Content-Length",
    "invalid_json": "a whole answer whose JSON is cut off",
    "html": "a web page with status 200",
    "slow": "the answer comes after `seconds`",
    "trickle": "the body comes in small pieces, one each `seconds`",
    "never": "no answer at all",
    "expired": "401, as for a token that has expired",
    "echo": "400, with all that the client sent in its message, credentials included",
    "gzip_bomb": "a small body that unpacks to `size` bytes",
    "endless_body": "a body of `size` bytes, without a length",
    "redirect": "a redirect to another host (`status`, default 302)",
    "foreign_next": "an answer whose next link leads to another host",
    "endless_pages": "an answer after which there is always one more page",
}
"""Kinds beside the three-digit statuses (`429`, `500`, `503`, ...), which are answered in the vendor's shape."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Calls that go wrong: a share of them (*rate*), or the next *count* ones, or both.

    *paths*: regular expressions, one of which must be found in the path; by default all calls except sign-ins.
    *skip*: calls that are spared first. *method*: only this one.
    *retry_after*: seconds for the header of that name; *date*: written as an HTTP date.
    *policy*: the vendor's name of the limit in a 429.
    """

    kind: str
    rate: float = 1.0
    count: int | None = None
    paths: tuple[str, ...] = ()
    method: str = ""
    skip: int = 0
    retry_after: float | None = None
    date: bool = False
    seconds: float = 1.0
    size: int = 5 * 2**30
    status: int = 302
    policy: str = ""

    def touches(self, method: str, path: str, *, signed: bool) -> bool:
        """Whether this fault is meant for such a call."""
        if self.method and method != self.method:
            return False
        return any(re.search(pattern, path) for pattern in self.paths) if self.paths else signed


class Faults:
    """The faults in force; the draws depend on the seed and the order of calls only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - draws that can be repeated, not secrets
        self._active: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Put one more fault in force."""
        self._active.append((fault, [0, 0]))

    def clear(self) -> None:
        """Put no fault in force."""
        self._active.clear()

    def pick(self, method: str, path: str, *, signed: bool) -> Fault | None:
        """The fault of this call; the first one in force that wants it."""
        for fault, used in self._active:
            if not fault.touches(method, path, signed=signed):
                continue
            used[0] += 1
            spent = fault.count is not None and used[1] >= fault.count
            if used[0] <= fault.skip or spent or self._random.random() >= fault.rate:
                continue
            used[1] += 1
            return fault
        return None


def parse_fault(values: Mapping[str, Any]) -> Fault:
    """A fault from JSON; raises `ConfigurationError` for a kind or field that does not exist."""
    known = {field.name for field in fields(Fault)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigurationError(f"A fault has no {', '.join(unknown)}", f"its fields are {', '.join(sorted(known))}")
    kind = str(values.get("kind", ""))
    if kind not in KINDS and not re.fullmatch(r"[345]\d\d", kind):
        raise ConfigurationError(f"There is no fault {kind!r}", f"use a status such as 503, or {', '.join(KINDS)}")
    paths = values.get("paths") or ()
    patterns = (paths,) if isinstance(paths, str) else tuple(paths)
    return Fault(**{**values, "kind": kind, "paths": patterns})
