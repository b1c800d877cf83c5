"""The steps of one attempt: pace, sign, exchange, read what came."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass, replace

from lakeflow_sources.errors import QuotaError
from lakeflow_sources.http.body import Body
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.connection import Connection, budgets
from lakeflow_sources.http.exchange import Limits, exchange, path_of
from lakeflow_sources.http.faults import Fault, fault_of
from lakeflow_sources.http.pacing import Budget, acquire
from lakeflow_sources.http.report import failure
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.retry import Trial
from lakeflow_sources.http.signing import Signer
from lakeflow_sources.http.stats import Stats
from lakeflow_sources.http.token import Token
from lakeflow_sources.http.transport import NetworkError, Transport
from lakeflow_sources.http.verdict import damage, pause_of, unanswered, verdict

__all__ = ["Outcome", "Steps"]

_LOG = logging.getLogger("lakeflow_sources.requests")
_LIMITED = 429
_UNCHANGED = 304
_ENDED = (
    "the token ended before the read did, and tasks cannot renew one of this kind: "
    "read less at once, or use credentials that sign in by themselves"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that no retry would change; *body* is there when it was left to the caller."""

    response: Response
    fault: Fault | None = None
    body: Body | None = None


@dataclass
class Steps:
    """What the attempts of a client share."""

    connection: Connection
    transport: Transport
    signer: Signer
    stats: Stats
    clock: Clock
    reached: bool

    def once(self, trial: Trial) -> Outcome:
        """One attempt; raises `AgainError` when another one may help."""
        token = self.signer.token() if trial.request.signed else None
        token, charged, grants = self._pace(trial, token)
        signed = self.connection.auth.apply(trial.request, token) if token else trial.request
        trial.begin()
        granted = self.clock.now()
        response, body = self._exchange(trial, signed, token)
        now = self.clock.now()
        for budget, grant in zip(charged, grants, strict=True):
            budget.settle(grant, now - granted)
        self._note(response, charged[0], grants[0], now)
        if response.status == _UNCHANGED:
            charged[0].forgive(grants[0], now)
        fault = fault_of(trial.faults, response) or (damage(response) if body is None else None)
        if fault is not None and fault.kind == "sign_in" and token is not None:
            return self._signed_anew(trial, response, fault, token)
        trial.renewed = False
        if fault is not None and fault.kind == "retry":
            pause = pause_of(trial, response, fault)
            if pause is not None:
                charged[0].hold(pause, now)
            if token is not None and token.pooled and pause is not None:
                fault = replace(fault, wait_seconds=None)  # another token need not wait
            raise verdict(trial, response, fault)
        return Outcome(response, fault, body)

    def _pace(self, trial: Trial, token: Token | None) -> tuple[Token | None, tuple[Budget, ...], tuple[int, ...]]:
        """Wait for the call's turn; of a pool, it is the turn of the token that can go first."""
        start = self.clock.now()
        singles = token.singles() if token is not None else (None,)
        choices = [(single, self._budgets(trial.request, single, pooled=len(singles) > 1)) for single in singles]
        chosen, charged = choices[0]
        if len(choices) > 1:
            chosen, charged = min(choices, key=lambda choice: _delay(choice[1], start))
        try:
            grants = acquire(charged, trial.left, self.clock)
        except QuotaError as error:
            raise error.at(f"{trial.request.method} {path_of(trial.request)}") from None
        self.stats.waited(self.clock.now() - start)
        return chosen, charged, grants

    def _budgets(self, request: Request, token: Token | None, *, pooled: bool) -> tuple[Budget, ...]:
        account = self.connection.account or self.connection.base_url
        if pooled and token is not None:
            account += ":" + hashlib.sha256(token.access.reveal().encode()).hexdigest()[:16]
        return budgets(self.connection, request.rate, account)

    def _exchange(self, trial: Trial, signed: Request, token: Token | None) -> tuple[Response, Body | None]:
        facts = token.facts if token else {}
        base = facts.get(self.connection.base_fact) or self.connection.base_url
        limits = Limits(self.connection.max_body_bytes, max(trial.left, 1.0), trial.keep)
        began = time.perf_counter()
        try:
            response, body = exchange(self.connection, self.transport, signed, base, limits)
        except NetworkError as error:
            self.stats.answered()
            raise unanswered(trial, error, reached=self.reached) from None
        self.reached = True
        if self.connection.log_requests:
            self._log(trial, response, time.perf_counter() - began)
        asked = Response(trial.request, response.status, response.headers, response.body, response.url)
        return asked, body  # what the caller asked, without credentials

    def _note(self, response: Response, budget: Budget, grant: int, now: float) -> None:
        """Count the answer, and believe what its headers say about the quota."""
        quota = self.connection.quota(response, now)
        left = quota.remaining if quota else None
        self.stats.answered(len(response.body), limited=response.status == _LIMITED, quota_left=left)
        if quota is not None and quota.reset_seconds is not None:
            budget.observe(grant, quota.remaining, quota.reset_seconds, now)

    def _signed_anew(self, trial: Trial, response: Response, fault: Fault, token: Token) -> Outcome:
        """The vendor refused the token: once more with a new one, where there is a new one."""
        if not trial.renewed and not token.pooled and self.signer.renew(token):
            trial.renewed = True
            trial.reasons["refused token"] += 1
            return self.once(trial)
        if not self.signer.may_renew and token.expires_at is not None and not fault.remedy:
            fault = replace(fault, remedy=_ENDED)
        raise failure(trial, response, fault)

    def _log(self, trial: Trial, response: Response, seconds: float) -> None:
        _LOG.info(
            "%s: %s -> %d, %d bytes in %.0f ms, attempt %d",
            self.connection.name,
            self.connection.redactor(f"{trial.request.method} {trial.request.target}"),
            response.status,
            len(response.body),
            seconds * 1000,
            trial.attempts,
        )


def _delay(charged: tuple[Budget, ...], now: float) -> tuple[float, float]:
    """Which of several tokens to take: the one that can go first, then the one with most left."""
    return max(budget.waits(now) for budget in charged), -min(budget.left(now) for budget in charged)
