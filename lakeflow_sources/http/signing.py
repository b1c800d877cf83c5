"""The token of a client: signed in once, renewed by one thread while the others wait."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.token import Token
from lakeflow_sources.redact import Secret

__all__ = ["Signer", "fingerprint"]

_MARGIN = 60.0  # seconds before its end at which a token is renewed, give or take half: tasks must not do it together


@dataclass(slots=True)
class _Desk:
    """What all clients of one process with the same credentials share."""

    lock: threading.Lock
    token: Token | None = None
    tries: int = 0
    failure: LakeflowError | None = None


class Signer:
    """Gives out the newest token, and gets others by *ask*, which is told the token that the vendor refused, if any.

    *may_renew* is false where a renewal would burn a single-use token.
    """

    def __init__(
        self, name: str, token: Token | None, ask: Callable[[Token | None], Token], clock: Clock, *, may_renew: bool
    ) -> None:
        self._desk = shared(f"sign-in:{name}", lambda: _Desk(threading.Lock()))
        self._own = token
        self._ask = ask
        self.may_renew = may_renew
        self._clock = clock
        self._margin = _MARGIN * random.uniform(0.5, 1.5)  # noqa: S311 (spreads tasks, keeps nothing secret)

    @property
    def newest(self) -> Token | None:
        """The token that calls are signed with now."""
        ours, others = self._own, self._desk.token
        if ours is None or others is None:
            return ours or others
        return others if (others.issued_at or 0) > (ours.issued_at or 0) else ours

    def token(self) -> Token:
        """A token that is good for a while: that of the process, or a new one."""
        newest = self.newest
        if newest is not None and not (self.may_renew and self._ends(newest)):
            return newest
        return self._renew(newest)

    def renew(self, refused: Token) -> bool:
        """Replace a token that the vendor *refused*; false when there is no other."""
        if not self.may_renew:
            newest = self.newest
            return newest is not None and newest.access != refused.access
        return self._renew(refused, refused).access != refused.access

    def _ends(self, token: Token) -> bool:
        return token.expires_soon(self._clock.now(), self._margin)

    def _renew(self, old: Token | None, refused: Token | None = None) -> Token:
        desk = self._desk
        tries = desk.tries
        with desk.lock:
            newest = self.newest
            if newest is not None and (old is None or newest.access != old.access) and not self._ends(newest):
                return newest
            if desk.tries != tries and desk.failure is not None:
                # Asked while we waited for the lock: not once more for each thread.
                raise type(desk.failure)(desk.failure.cause, desk.failure.remedy)
            desk.failure = None
            try:
                desk.token = self._own = self._ask(refused)
            except LakeflowError as error:
                desk.failure = error
                raise
            finally:
                desk.tries += 1  # only now: who comes before the end has waited for this outcome
            return desk.token


def fingerprint(value: Any) -> str:
    """A name for credentials that is the same in every process and tells nothing about them."""
    return hashlib.sha256(_text(value).encode()).hexdigest()[:32]


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    if is_dataclass(value) and not isinstance(value, type):
        inner = (f"{one.name}={_text(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__name__}({', '.join(inner)})"
    if isinstance(value, Mapping):
        return repr(sorted((str(key), _text(one)) for key, one in value.items()))
    if isinstance(value, tuple | list):
        return repr([_text(one) for one in value])
    return repr(value) if isinstance(value, str | int | float | bool | None) else type(value).__name__
