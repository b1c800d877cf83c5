"""Schedules: five-field cron of Unix in, Quartz as Databricks jobs want it out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lakeflow_sources.errors import ConfigurationError

__all__ = ["quartz"]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of an expression: the numbers that it takes and their names."""

    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[int]:
        return frozenset(range(self.low, self.high + 1))


_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_DAY = _Field("day of month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("weekday", 0, 6, _WEEKDAYS)
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = re.compile(
    r"(?P<low>\*|[0-9]{1,9}|[A-Za-z]{3})(?:-(?P<high>[0-9]{1,9}|[A-Za-z]{3}))?(?:/(?P<step>[0-9]{1,9}))?"
)


def quartz(expression: str) -> tuple[str, ...]:
    """The Quartz expressions that together fire when *expression* does.

    One as a rule; two where both day fields are set, since Unix fires on either and Quartz takes only one.
    """
    texts = expression.split()
    if len(texts) != len(_FIELDS):
        raise ConfigurationError(
            f"schedule {expression!r} has {len(texts)} fields",
            "write five: minute, hour, day of month, month, weekday, such as '0 6 * * *' for every day at six",
        )
    sets = [_values(field, text) for field, text in zip(_FIELDS, texts, strict=True)]
    minutes, hours, days, months, weekdays = sets
    _refuse_mixed_stars(expression, texts[2], texts[4])
    head = f"0 {_listed(_MINUTE, minutes)} {_listed(_HOUR, hours)}"
    month = _listed(_MONTH, months)
    by_day = f"{head} {_listed(_DAY, days)} {month} ?"
    by_weekday = f"{head} ? {month} {_named(weekdays)}"
    if texts[4] == "*":
        _refuse_never(expression, days, months)
        return (by_day,)
    if texts[2] == "*":
        return (by_weekday if weekdays != _WEEKDAY.all else by_day,)
    if days == _DAY.all or weekdays == _WEEKDAY.all:  # either of them: every day
        return (f"{head} * {month} ?",)
    return (by_day, by_weekday) if _ever(days, months) else (by_weekday,)


def _values(field: _Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None or (match["low"] == "*" and match["high"]):
            raise _wrong(field, text, "is not a number, a range, a list or a step")
        found |= _span(field, text, match)
    return frozenset(found)


def _span(field: _Field, text: str, match: re.Match[str]) -> set[int]:
    low, high, step = match["low"], match["high"], int(match["step"] or 1)
    if step == 0:
        raise _wrong(field, text, "steps by 0")
    if low == "*":
        return set(range(field.low, field.high + 1, step))
    first = _number(field, text, low)
    if high is None:
        last = field.high if match["step"] else first
    else:
        last = _number(field, text, high)
        if field is _WEEKDAY and last == 0 < first:
            last = 7  # Sunday ends a range as 7
    if last < first:
        raise _wrong(field, text, "runs backwards")
    values = range(first, last + 1, step)
    return {value % 7 for value in values} if field is _WEEKDAY else set(values)


def _number(field: _Field, text: str, word: str) -> int:
    if not word.isdigit():
        if word.upper() not in field.names:
            raise _wrong(field, text, f"has the unknown name {word}")
        return field.names.index(word.upper()) + field.low
    number = int(word)
    highest = 7 if field is _WEEKDAY else field.high
    if not field.low <= number <= highest:
        raise _wrong(field, text, f"has {number}, outside {field.low}-{highest}")
    return number


def _wrong(field: _Field, text: str, problem: str) -> ConfigurationError:
    names = f" or {field.names[0]}-{field.names[-1]}" if field.names else ""
    return ConfigurationError(
        f"the {field.title} {text!r} of the schedule {problem}",
        f"write *, */n, or numbers {field.low}-{field.high}{names} with a-b, a-b/n and commas",
    )


def _refuse_mixed_stars(expression: str, day: str, weekday: str) -> None:
    if "*" in (day, weekday) or not (day.startswith("*") or weekday.startswith("*")):
        return
    raise ConfigurationError(
        f"schedule {expression!r} sets day of month and weekday, one of them by */n, which crons read differently",
        "list its days instead, or leave one of the two fields *",
    )


def _ever(days: Iterable[int], months: Iterable[int]) -> bool:
    return min(days) <= max(_LONGEST_MONTHS[month - 1] for month in months)


def _refuse_never(expression: str, days: frozenset[int], months: frozenset[int]) -> None:
    if not _ever(days, months):
        raise ConfigurationError(
            f"schedule {expression!r} never fires: no such day is in that month", "change the day or the month"
        )


def _listed(field: _Field, values: frozenset[int]) -> str:
    return "*" if values == field.all else ",".join(str(value) for value in sorted(values))


def _named(values: frozenset[int]) -> str:
    return ",".join(_WEEKDAYS[value] for value in sorted(values))
