"""Times as Zoho knows them: to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lakeflow_sources import EPOCH

__all__ = ["FOREVER", "LATE", "SECOND", "moment_of", "stamp", "whole_second"]

LATE = 300.0
"""Seconds that appended rows are waited for: they are not merged by key, so that none may be read twice."""
SECOND = timedelta(seconds=1)
FOREVER = datetime(9998, 12, 31, tzinfo=UTC)
"""The end of a slice that has none."""


def stamp(moment: datetime) -> str:
    """A time as the API takes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def whole_second(moment: datetime) -> datetime:
    """The next whole second: no time of the vendor lies between it and *moment*."""
    return moment.replace(microsecond=0) + SECOND if moment.microsecond else moment


def moment_of(text: str | None) -> datetime:
    """A time of the API, which comes with the offset of the user; 1970 where there is none."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else EPOCH
