"""The time a mock lives in: real time plus what was advanced, or a frozen instant."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from lakeflow_sources.errors import ConfigurationError

__all__ = ["Clock", "iso", "millis"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Wall time in milliseconds for what is written, and a steady time in seconds for what expires."""

    def __init__(self, frozen: str | None = None) -> None:
        self._advanced = 0.0
        self._frozen: int | None = None
        if frozen:
            self.freeze(frozen)

    @property
    def frozen(self) -> bool:
        """Whether the wall time stands still between calls of `advance`."""
        return self._frozen is not None

    def now(self) -> int:
        """Milliseconds since 1970."""
        if self._frozen is not None:
            return self._frozen
        return round((time.time() + self._advanced) * 1000)

    def steady(self) -> float:
        """Seconds that never stand still, so that tokens expire on a frozen clock as well."""
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        """Move both times; negative seconds go back."""
        self._advanced += seconds
        if self._frozen is not None:
            self._frozen += round(seconds * 1000)

    def freeze(self, moment: str) -> None:
        """Let the wall time stand still at this ISO 8601 *moment*."""
        self._frozen = millis(moment)

    def run(self) -> None:
        """Follow real time again, without what was advanced."""
        self._frozen = None
        self._advanced = 0.0


def millis(moment: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 text; without an offset it is UTC."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        raise ConfigurationError(f"{moment!r} is no time", "write it like 2026-01-31T12:00:00Z") from None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def iso(moment: int) -> str:
    """ISO 8601 text in UTC of milliseconds since 1970, with the fraction left out where it is zero."""
    text = (_EPOCH + timedelta(milliseconds=moment)).replace(tzinfo=None)
    return text.isoformat(timespec="milliseconds" if moment % 1000 else "seconds") + "Z"
