"""When a call is repeated, and how long it waits before: tenacity policies over faults."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.faults import Fault, Faults
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["AgainError", "Persistence", "Trial", "retrying"]


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long a call is tried: backoff is full jitter up to *backoff_seconds* doubled with each retry."""

    max_retries: int = 8
    deadline_seconds: float = 900.0
    backoff_seconds: float = 0.5
    longest_seconds: float = 60.0


class AgainError(Exception):
    """The call may be repeated; *most* limits the retries of calls that never reached their host."""

    def __init__(self, fault: Fault, response: Response | None = None, most: int | None = None) -> None:
        super().__init__(fault.message)
        self.fault, self.response, self.most = fault, response, most


@dataclass(slots=True)
class Trial:
    """One call with all its attempts; *keep* leaves the body of a good answer to the caller."""

    request: Request
    faults: Faults
    persistence: Persistence
    clock: Clock
    keep: bool = False
    attempts: int = 0
    renewed: bool = False
    reasons: Counter[str] = field(default_factory=Counter)
    started: float | None = None

    def begin(self) -> None:
        """Another attempt goes out; time counts from the first, not from waiting for its turn."""
        self.attempts += 1
        if self.started is None:
            self.started = self.clock.now()

    @property
    def spent(self) -> float:
        """Seconds since the first attempt."""
        return 0.0 if self.started is None else self.clock.now() - self.started

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self.persistence.deadline_seconds - self.spent)

    def __str__(self) -> str:
        if self.attempts <= 1:
            return ""
        counts = ", ".join(f"{reason} x{count}" for reason, count in self.reasons.most_common())
        return f" after {self.attempts} attempts in {self.spent:.0f} seconds ({counts})"


def retrying(trial: Trial, on_wait: Callable[[float], None]) -> Retrying:
    """Repeats what raises `AgainError`, until *trial* is spent; the last one is raised then."""
    rule = trial.persistence
    backoff = wait_random_exponential(multiplier=rule.backoff_seconds, max=rule.longest_seconds)
    enough = stop_after_attempt(rule.max_retries + 1)

    def wait(state: RetryCallState) -> float:
        asked = _again(state).fault.wait_seconds
        spread = random.uniform(0, min(1.0, (asked or 0.0) / 10))  # noqa: S311 (keeps no secret)
        return min(backoff(state) if asked is None else asked + spread, trial.left)

    def stop(state: RetryCallState) -> bool:
        most = _again(state).most
        return enough(state) or trial.left <= 0 or (most is not None and state.attempt_number > most)

    def before_sleep(state: RetryCallState) -> None:
        on_wait(state.next_action.sleep if state.next_action else 0.0)

    again = retry_if_exception_type(AgainError)
    return Retrying(sleep=trial.clock.sleep, stop=stop, wait=wait, retry=again, before_sleep=before_sleep, reraise=True)


def _again(state: RetryCallState) -> AgainError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, AgainError)
    return error
