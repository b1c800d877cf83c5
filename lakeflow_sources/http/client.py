"""A client that paces, signs, sends, retries and explains the calls of one account."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from lakeflow_sources.errors import LakeflowError, SignInError, TransientError, VendorError
from lakeflow_sources.http.auth import Renewing
from lakeflow_sources.http.body import Body
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.connection import Connection
from lakeflow_sources.http.exchange import path_of
from lakeflow_sources.http.faults import Fault, Faults, sign_in_faults
from lakeflow_sources.http.report import failure, gave_up
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.retry import AgainError, Trial, retrying
from lakeflow_sources.http.signing import Signer, fingerprint
from lakeflow_sources.http.stats import Stats
from lakeflow_sources.http.steps import Outcome, Steps
from lakeflow_sources.http.token import Token
from lakeflow_sources.http.transport import NetworkError, Transport
from lakeflow_sources.logs import visible
from lakeflow_sources.redact import Redactor

__all__ = ["Client", "Connection"]

_LOG = logging.getLogger("lakeflow_sources")


class Client:
    """Sends the calls of *connection*; several threads may share it, and tasks get it by pickling.

    Without *token* it signs in with its first call. One that was given a token renews it only where the credentials
    allow that in tasks.
    """

    def __init__(self, connection: Connection, token: Token | None = None, clock: Clock = Clock()) -> None:  # noqa: B008 (a frozen value)
        self.connection = connection
        self.stats = Stats()
        self._clock = clock
        self._signer = Signer(
            f"{connection.account}:{fingerprint(connection.auth)}",
            token,
            self._ask_for_token,
            clock,
            may_renew=token is None or connection.auth.renewable_in_tasks,
        )
        transport = Transport(connection.verify, connection.timeout_seconds)
        self._steps = Steps(connection, transport, self._signer, self.stats, clock, reached=token is not None)
        if token is not None:
            self._learn(token)
        if connection.log_requests:
            visible("lakeflow_sources.requests")

    def __reduce__(self) -> tuple[type[Client], tuple[Connection, Token | None, Clock]]:
        return type(self), (self.connection, self.token, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing to give back: connections belong to the process, so that the next task finds them warm."""

    @property
    def token(self) -> Token | None:
        """What calls are signed with now; `None` before the first sign-in."""
        return self._signer.newest

    def sign_in(self) -> Token:
        """A token that is good for a while: the one there is, or a new one."""
        return self._signer.token()

    def send(self, request: Request) -> Response:
        """The good answer to *request*; everything else is one of the package's errors."""
        return self._good(self._persist(request, self.connection.faults))

    def attempt(self, request: Request) -> tuple[Response, Fault | None]:
        """The answer with what is wrong with it, for callers who know what to do about the vendor's code.

        Faults that pass are retried, and raised when they stay; those of sign-in are raised.
        """
        outcome = self._persist(request, self.connection.faults)
        if outcome.fault is None:
            return outcome.response, None
        fault, mask = outcome.fault, self._mask()
        return outcome.response, replace(fault, message=mask(fault.message), remedy=mask(fault.remedy))

    def note(self, text: str) -> None:
        """Say *text*, such as which part could not be read and why, in the summary of the read and in the log."""
        text = self._mask()(text)
        if self.stats.note(text):
            _LOG.warning("%s: %s", self.connection.name, text)

    @contextmanager
    def stream(self, request: Request) -> Iterator[Body]:
        """The body of a good answer as a readable file, for content that is too large to hold.

        Retried until the answer begins; a connection that breaks later raises `TransientError`.
        """
        outcome = self._persist(request, self.connection.faults, keep=True)
        self._good(outcome)
        assert outcome.body is not None
        with outcome.body as body:
            body.failures = lambda: self._broken_off(request)
            try:
                yield body
            finally:
                self.stats.read(body.size)

    def _good(self, outcome: Outcome) -> Response:
        if outcome.fault is None:
            return outcome.response
        if outcome.body is not None:
            outcome.body.close()
        trial = self._trial(outcome.response.request, self.connection.faults)
        raise self._masked(failure(trial, outcome.response, outcome.fault))

    def _persist(self, request: Request, faults: Faults, *, keep: bool = False) -> Outcome:
        trial = self._trial(request, faults, keep=keep)
        try:
            return self._tried(trial)
        except AgainError as again:
            raise self._masked(gave_up(trial, again.response, again.fault)) from None
        except LakeflowError as error:
            raise self._masked(error) from error.__cause__

    def _tried(self, trial: Trial) -> Outcome:
        """The first attempt as it is, as nearly all calls need no other; the policies take over when it fails."""
        try:
            return self._steps.once(trial)
        except AgainError as again:
            failed: list[AgainError] = [again]

        def attempt() -> Outcome:
            if failed:
                raise failed.pop()
            return self._steps.once(trial)

        return retrying(trial, lambda pause: self.stats.waited(pause, retry=True))(attempt)

    def _trial(self, request: Request, faults: Faults, *, keep: bool = False) -> Trial:
        return Trial(request, faults, self.connection.persistence, self._clock, keep=keep)

    def _ask_for_token(self, refused: Token | None) -> Token:
        auth = self.connection.auth
        try:
            if refused is not None and isinstance(auth, Renewing):
                token = auth.renew(self._send_unsigned, refused)
            else:
                token = auth.sign_in(self._send_unsigned)
        except (TransientError, VendorError) as error:
            raise SignInError(f"Signing in to {self.connection.name} failed: {error.cause}", error.remedy) from None
        self._learn(token)
        return token

    def _send_unsigned(self, request: Request) -> Response:
        rate = "sign_in" if request.rate == "default" else request.rate
        # A sign-in that is not OAuth has its own words for what is wrong.
        faults = getattr(self.connection.auth, "faults", sign_in_faults)
        return self._good(self._persist(replace(request, signed=False, rate=rate), faults))

    def _learn(self, token: Token) -> None:
        for secret in (token.access, token.refresh, *token.pool):
            if secret is not None:
                self.connection.redactor.add(secret.reveal())

    def _masked(self, error: LakeflowError) -> LakeflowError:
        mask = self._mask()
        return type(error)(mask(error.cause), mask(error.remedy))

    def _mask(self) -> Redactor:
        """Knows the token in use too, which another client of this process may have brought."""
        if self.token is not None:
            self._learn(self.token)
        return self.connection.redactor

    @contextmanager
    def _broken_off(self, request: Request) -> Iterator[None]:
        from lakeflow_sources.http.network import network_errors

        try:
            with network_errors():
                yield
        except NetworkError as error:
            cause = f"{request.method} {path_of(request)} broke off while it was read: {error}"
            raise self._masked(TransientError(cause, "read again")) from None
