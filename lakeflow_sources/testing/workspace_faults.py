"""Troubles of a workspace on loopback, each at a chosen request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["KINDS", "Trouble", "Troubles"]

Kind = Literal["die", "drop", "limit", "hang"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Trouble:
    """*kind* at the *at*-th request from when it was set, the first being 1.

    die: requests up to *at* are done, and from there on each gets 500 and is not done, as after a kill.
    drop: that request is done, and its connection cut in place of an answer.
    limit: *times* requests from there on get 429.
    hang: that request is done and never answered.
    """

    kind: str
    at: int = 1
    times: int = 1


class Troubles:
    """Counts requests and tells what happens to each."""

    def __init__(self) -> None:
        self.current: Trouble | None = None
        self.count = 0

    def set(self, trouble: Trouble | None) -> None:
        """Make *trouble* the only one, and count from the beginning."""
        self.current, self.count = trouble, 0

    def next(self) -> str:
        """The kind that strikes the next request; empty when none does."""
        self.count += 1
        trouble = self.current
        if trouble is None:
            return ""
        if trouble.kind == "die":
            struck = self.count > trouble.at
        elif trouble.kind == "limit":
            struck = trouble.at <= self.count < trouble.at + trouble.times
        else:
            struck = self.count == trouble.at
        return trouble.kind if struck else ""
