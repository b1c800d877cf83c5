"""Never more calls than the vendor allows, counted together for all tasks of a machine.

request ──> acquire ──> call ──> settle     the call was counted later than it was granted
               ^          ├────> observe    the vendor's headers say how many are left
               │          └────> hold       the vendor refused: everybody waits, and goes slower after it
               └── rolling window over the last grants, in a `ledger` that all processes share
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from lakeflow_sources.errors import QuotaError
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.ledger import Ledger, State, open_ledger

__all__ = ["Budget", "Rate", "acquire", "per_second", "reserved"]

_MARGIN = 1.005  # two clocks and a network lie between our window and the vendor's
_SETTLE = 0.03  # largest part of a window by which a slow call moves its grant
_SHRINK = (0.96, 0.92, 0.84, 0.8)  # after the second, third, fourth refusal in a row, and later
_GROWTH = 0.03
_ROW = 3  # windows within which a second refusal follows from the first
_ENOUGH = 2  # windows full of calls that went well in between: then it has nothing to do with the speed
_SHORTEST = 10.0  # seconds between two steps of recovery
_LONGEST = 60.0  # windows above this are quotas: they tell nothing about the speed that was refused
_LATEST = 3600.0  # seconds for which a vendor is believed: after that, one call asks again
_LEAST_STEP = 0.2
_FORGOTTEN = 600.0  # seconds after which a refusal says nothing any more
_TELLING = 10  # calls in a window below which a refusal tells nothing about an unknown limit
_HERD = 0.003
_UNLIMITED_WINDOW = 1000  # grants remembered of a budget without a rate, to learn one from refusals


@dataclass(frozen=True, slots=True)
class Rate:
    """At most *requests* in any *seconds*, as the vendor counts them; *within* them also a rate of a shorter time.

    The headers of answers tell about the longer one.
    """

    requests: int
    seconds: float = 1.0
    within: Rate | None = None


UNLIMITED = Rate(_UNLIMITED_WINDOW, 1.0)


def per_second(requests: float) -> Rate:
    """*requests* a second, as few at once as that allows."""
    if requests < 1:
        return Rate(1, 1 / requests)
    return Rate(math.floor(requests), math.floor(requests) / requests)


def reserved(rate: Rate, percent: float) -> Rate:
    """What is left of *rate* when others keep *percent* of it."""
    share = rate.requests * (1 - percent / 100)
    whole = max(1, math.floor(share))
    return Rate(whole, rate.seconds * whole / share)


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls of *kind* to *account*, at most *rate*; equal budgets are one, in every process of the machine."""

    account: str
    kind: str = "default"
    rate: Rate = UNLIMITED

    @property
    def key(self) -> str:
        """Names its ledger."""
        return f"{self.account}\0{self.kind}\0{self.rate.requests}\0{self.rate.seconds}"

    @property
    def ledger(self) -> Ledger:
        """Its memory."""
        return open_ledger(self.key, self.rate.requests)

    def acquire(self, patience: float = math.inf, clock: Clock = Clock()) -> int:  # noqa: B008 (a frozen value)
        """Wait for one call and return its number; see `acquire`."""
        return acquire((self,), patience, clock)[0]

    def waits(self, now: float) -> float:
        """Seconds until a call would be granted."""
        ledger = self.ledger
        with ledger as state:
            return max(_turn(self.rate, ledger, state, now), _embargo(state, now) - now, 0.0)

    def left(self, now: float) -> float:
        """Calls that the vendor's headers still allow; infinite when they said nothing about now."""
        with self.ledger as state:
            return state.credit if now < state.credit_until else math.inf

    def settle(self, grant: int, elapsed: float) -> None:
        """Count *grant* as late as the vendor may have: an answer came *elapsed* seconds after it was given."""
        ledger = self.ledger
        with ledger as state:
            if state.grants - grant <= self.rate.requests:
                ledger.set_time(grant, ledger.time_of(grant) + min(elapsed, self.rate.seconds * _SETTLE))

    def hold(self, seconds: float, now: float) -> None:
        """The vendor refused a call: nobody asks for *seconds*, and less is asked for some time after."""
        ledger = self.ledger
        with ledger as state:
            if now >= state.not_before:
                # One refusal may be an accident of timing; the more in a row, the less so.
                recent = now - max(state.refused_at, state.not_before) < _ROW * self.rate.seconds
                between = state.grants - state.refused_grant
                again = recent and between < _ENOUGH * _limit(self.rate, state, now)
                state.row, state.refused_at = (state.row + 1 if again else 0.0), now
                state.refused_grant = state.grants
                if again:
                    _slow_down(self.rate, ledger, state, now)
            state.not_before = max(state.not_before, now + min(seconds, _LATEST))

    def forgive(self, grant: int, now: float) -> None:
        """The vendor did not count the call: a quota gets it back, the pace of calls does not change."""
        ledger = self.ledger
        with ledger as state:
            if now < state.credit_until:
                state.credit += 1
            if self.rate.seconds > _LONGEST and 0 < state.grants - grant <= self.rate.requests:
                state.grants -= 1
                ledger.set_time(grant, ledger.time_of(state.grants))

    def observe(self, grant: int, remaining: int, reset_seconds: float, now: float) -> None:
        """The answer to *grant* said that *remaining* calls are left for the next *reset_seconds*."""
        reset_seconds = min(reset_seconds, _LATEST)
        with self.ledger as state:
            # Later grants may or may not be in the vendor's count already: assume that they are not.
            credit = float(remaining - (state.grants - grant - 1))
            same = abs(state.credit_until - (now + reset_seconds)) < max(2.0, self.rate.seconds * _SETTLE)
            state.credit = min(state.credit, credit) if same else credit
            if not same:
                state.credit_until = now + reset_seconds


def acquire(budgets: Sequence[Budget], patience: float, clock: Clock) -> tuple[int, ...]:
    """Wait until each of *budgets* allows a call, take it from all at once, and return its number in each.

    A budget's own turn is waited for however long it takes; when the vendor asked for a longer wait than *patience*
    seconds, a `QuotaError` says so at once.
    """
    start = clock.now()
    if not budgets:
        return ()
    ordered = sorted(budgets, key=lambda budget: budget.key)  # always the same order: no deadlock
    while True:
        taken, wait, embargo = _try(ordered, clock)
        if taken:
            return tuple(taken[budget] for budget in budgets)
        if embargo - start > patience:
            raise QuotaError(
                f"the vendor's quota is spent for another {math.ceil(embargo - clock.now())} seconds, "
                f"longer than the {math.ceil(patience)} that this call may still wait",
                "read again later, ask for less, or raise retry_deadline_seconds",
            )
        clock.sleep(wait + random.random() * _HERD)  # noqa: S311 (keeps waiting tasks apart)


def _try(budgets: Sequence[Budget], clock: Clock) -> tuple[dict[Budget, int], float, float]:
    """Grants from all of *budgets* or from none; then also how long to wait, and the end of the vendor's embargo."""
    with ExitStack() as stack:
        ledgers = [budget.ledger for budget in budgets]
        states = [stack.enter_context(ledger) for ledger in ledgers]
        now = clock.now()  # a ledger may have to be opened or waited for, and a grant must not look older than it is
        entries = list(zip(budgets, ledgers, states, strict=True))
        embargo = max((_embargo(state, now) for state in states), default=now)
        wait = max((_turn(budget.rate, ledger, state, now) for budget, ledger, state in entries), default=0.0)
        wait = max(wait, embargo - now)
        if wait > 0:
            return {}, wait, embargo
        taken = {}
        for budget, ledger, state in entries:
            taken[budget] = state.grants
            ledger.set_time(state.grants, now)
            state.grants += 1
            if now < state.credit_until:
                state.credit -= 1
        return taken, 0.0, embargo


def _turn(rate: Rate, ledger: Ledger, state: State, now: float) -> float:
    """Seconds until the rolling window has room."""
    limit = _limit(rate, state, now)
    if state.grants < limit:
        return 0.0
    oldest = ledger.time_of(state.grants - limit)
    if oldest > now:  # the clock was set back
        oldest = now
        ledger.set_time(state.grants - limit, now)
    return oldest + rate.seconds * _MARGIN - now


def _limit(rate: Rate, state: State, now: float) -> int:
    """Grants that a window may hold now: fewer after a refusal, then more with every quiet period."""
    if not state.limit or now - state.changed_at > _FORGOTTEN:
        return rate.requests
    periods = max(0.0, (now - max(state.changed_at, state.not_before)) // max(rate.seconds, _SHORTEST))
    return max(1, min(rate.requests, math.floor(state.limit + state.step * periods)))


def _embargo(state: State, now: float) -> float:
    """Until when the vendor lets nobody call."""
    spent = state.credit_until if now < state.credit_until and state.credit < 1 else 0.0
    held = state.not_before if state.not_before - now <= _LATEST else 0.0  # longer: the clock was set back
    return max(held, spent, now)


def _slow_down(rate: Rate, ledger: Ledger, state: State, now: float) -> None:
    """Others read from the same account, or the limit is lower than declared: ask for less, and find out how much."""
    if rate.seconds > _LONGEST:
        return
    limit, reference = _limit(rate, state, now), rate.requests
    if rate == UNLIMITED:
        newest = range(max(0, state.grants - rate.requests), state.grants)
        limit = min(limit, sum(ledger.time_of(grant) > now - rate.seconds for grant in newest))
        reference = limit
        if limit < _TELLING:
            return
    shrink = _SHRINK[min(int(state.row), len(_SHRINK)) - 1]
    state.limit = max(1.0, limit * shrink)
    state.step = max(reference * _GROWTH, _LEAST_STEP)
    state.changed_at = now
