"""Times as an API wants them written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lakeflow_sources.declare import EPOCH

__all__ = ["Moment", "floor", "following", "is_coarse"]

_MILLI = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in the words of a cursor; *up* rounds it to the next whole unit, as ends of windows must be."""

    at: datetime
    form: str = "iso"
    up: bool = False

    def __str__(self) -> str:
        return str(self.plain())

    def plain(self) -> str | int:
        """A number for `millis` and `seconds`, else a text."""
        return self.written(self.form)

    def written(self, form: str) -> str | int:
        """In another form."""
        moment = _rounded(self.at, _unit(form), up=self.up)
        if form == "millis":
            return (moment - EPOCH) // _MILLI
        if form == "seconds":
            return (moment - EPOCH) // timedelta(seconds=1)
        if form == "date":
            return f"{moment:%Y-%m-%d}"
        if form == "iso":
            spec = "milliseconds" if moment.microsecond else "seconds"
            return moment.isoformat(timespec=spec).replace("+00:00", "Z")
        return moment.strftime(form)


def is_coarse(form: str) -> bool:
    """Whether a time in this form says less than a millisecond, so that rows beside the window come along."""
    return _unit(form) > _MILLI


def floor(moment: datetime, form: str) -> datetime:
    """The last instant up to *moment* that this form can say."""
    return _rounded(moment, _unit(form), up=False)


def following(moment: datetime, form: str) -> datetime:
    """The first instant behind *moment* that this form can say."""
    return floor(moment, form) + _unit(form)


def _unit(form: str) -> timedelta:
    if form in ("iso", "millis") or "%f" in form:
        return _MILLI
    if form == "seconds" or any(mark in form for mark in ("%S", "%s", "%T", "%c", "%X")):
        return timedelta(seconds=1)
    if any(mark in form for mark in ("%M", "%R")):
        return timedelta(minutes=1)
    return timedelta(hours=1) if "%H" in form else timedelta(days=1)


def _rounded(moment: datetime, unit: timedelta, *, up: bool) -> datetime:
    rest = (moment - EPOCH) % unit
    if not rest:
        return moment
    return moment - rest + unit if up else moment - rest
