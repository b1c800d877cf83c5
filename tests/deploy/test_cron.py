from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest
from croniter import CroniterBadDateError, croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.deploy.cron import quartz
from lakeflow_sources.errors import ConfigurationError

DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
START = datetime(2026, 11, 23, 23, 17, 30)  # noqa: DTZ001 - crons know no zone


def values(text: str, low: int, high: int) -> set[int]:
    """What a field of Quartz stands for, of the small part of its grammar that we emit."""
    if text == "*":
        return set(range(low, high + 1))
    numbers = [int(part) for part in text.split(",")]
    assert numbers == sorted(set(numbers))
    assert low <= numbers[0] <= numbers[-1] <= high
    return set(numbers)


def fires(expression: str, after: datetime) -> Iterator[datetime]:
    """When Quartz fires, by its own rules, within nine years."""
    second, minute, hour, day, month, weekday = expression.split(" ")
    assert second == "0"
    assert (day == "?") != (weekday == "?")
    days = None if day == "?" else values(day, 1, 31)
    weekdays = None if weekday == "?" else {DAYS.index(name) for name in weekday.split(",")}
    minutes, hours, months = values(minute, 0, 59), values(hour, 0, 23), values(month, 1, 12)
    date = after.replace(hour=0, minute=0, second=0)
    for _ in range(9 * 366):
        fits = date.day in days if days is not None else date.isoweekday() % 7 in (weekdays or ())
        if fits and date.month in months:
            for at in sorted(hours):
                for past in sorted(minutes):
                    if (moment := date.replace(hour=at, minute=past)) > after:
                        yield moment
        date += timedelta(days=1)


def first_fires(expressions: tuple[str, ...], count: int) -> list[datetime]:
    return sorted({moment for one in expressions for moment in islice(fires(one, START), count)})[:count]


@pytest.mark.parametrize(
    ("unix", "expected"),
    [
        ("0 6 * * *", ("0 0 6 * * ?",)),
        ("*/15 * * * *", ("0 0,15,30,45 * * * ?",)),
        ("0 0 * * 1", ("0 0 0 ? * MON",)),
        ("0 0 * * 0", ("0 0 0 ? * SUN",)),
        ("0 0 * * 7", ("0 0 0 ? * SUN",)),
        ("0 0 * * 5-7", ("0 0 0 ? * SUN,FRI,SAT",)),
        ("0 0 * * fri-sun", ("0 0 0 ? * SUN,FRI,SAT",)),
        ("0 0 * * MON-FRI/2", ("0 0 0 ? * MON,WED,FRI",)),
        ("0 0 * * */1", ("0 0 0 * * ?",)),
        ("0 0 1 jan-jun/2 *", ("0 0 0 1 1,3,5 ?",)),
        ("5/20 0 1 * *", ("0 5,25,45 0 1 * ?",)),
        ("*/60 */24 * * *", ("0 0 0 * * ?",)),
        ("0 0 1 * mon", ("0 0 0 1 * ?", "0 0 0 ? * MON")),
        ("0 0 1-31 * mon", ("0 0 0 * * ?",)),
        ("0 0 1 * 0-6", ("0 0 0 * * ?",)),
        ("0 0 31 2 mon", ("0 0 0 ? 2 MON",)),
        ("0 0 29 2 *", ("0 0 0 29 2 ?",)),
        ("  0   6\t*  *   * ", ("0 0 6 * * ?",)),
    ],
)
def test_known_expressions(unix: str, expected: tuple[str, ...]) -> None:
    assert quartz(unix) == expected


@pytest.mark.parametrize(
    ("unix", "expected"),
    [
        ("0 0 * *", "has 4 fields"),
        ("0 0 6 * * ?", "has 6 fields"),
        ("@daily", "has 1 fields"),
        ("", "has 0 fields"),
        ("60 * * * *", "the minute '60' of the schedule has 60, outside 0-59"),
        ("* 24 * * *", "the hour '24'"),
        ("* * 0 * *", "the day of month '0'"),
        ("* * 32 * *", "the day of month '32'"),
        ("* * * 13 *", "the month '13'"),
        ("* * * 0 *", "the month '0'"),
        ("* * * * 8", "the weekday '8' of the schedule has 8, outside 0-7"),
        ("* * * foo *", "unknown name foo"),
        ("* * * * jan", "unknown name jan"),
        ("mon * * * *", "unknown name mon"),
        ("*/0 * * * *", "steps by 0"),
        ("22-2 * * * *", "runs backwards"),
        ("*-5 * * * *", "not a number"),
        ("5, * * * *", "not a number"),
        ("1//2 * * * *", "not a number"),
        ("-1 * * * *", "not a number"),
        ("L * * * *", "not a number"),
        ("0 0 L * ?", "the day of month 'L'"),
        ("0 0 * * 5#3", "the weekday '5#3'"),
        ("0 0 30 2 *", "never fires"),
        ("0 0 31 4,6,9,11 *", "never fires"),
        ("0 0 */2 * mon", "which crons read differently"),
        ("0 0 1 * */2", "which crons read differently"),
        ("٣ 0 * * *", "not a number"),
        ("1" * 5000 + " 0 * * *", "not a number"),
    ],
)
def test_refused(unix: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(expected)):
        quartz(unix)


def field(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    words = {low + index: name for index, name in enumerate(names)}
    shown = number.flatmap(lambda value: st.sampled_from([str(value), *([words[value]] if value in words else [])]))
    # croniter takes 0-0 as every weekday
    span = (
        st.tuples(number, number).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: f"{min(ends)}-{max(ends)}")
    )
    step = st.integers(1, high + 5)
    part = st.one_of(shown, span, st.tuples(span, step).map(lambda both: f"{both[0]}/{both[1]}"))
    stepped = st.one_of(
        step.map("*/{}".format), st.tuples(st.integers(low, high - 1), step).map(lambda both: f"{both[0]}/{both[1]}")
    )
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=4).map(",".join), stepped)


MONTHS = ("jan", "FEB", "mar", "apr", "May", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CRONS = st.tuples(field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS), field(0, 6, tuple(DAYS)))


def attempt(unix: str) -> tuple[tuple[str, ...], str]:
    """The Quartz expressions, or why there are none."""
    try:
        return quartz(unix), ""
    except ConfigurationError as error:
        return (), str(error)


@settings(deadline=None, max_examples=400)
@given(CRONS)
def test_fires_when_cron_does(fields: tuple[str, ...]) -> None:
    unix = " ".join(fields)
    _, _, day, _, weekday = fields
    mixed = "*" not in (day, weekday) and (day.startswith("*") or weekday.startswith("*"))
    found, refusal = attempt(unix)
    assert mixed == ("differently" in refusal)
    if mixed:
        return
    oracle = croniter(unix, START, ret_type=datetime, max_years_between_matches=9)
    if refusal:
        assert "never fires" in refusal
        with pytest.raises(CroniterBadDateError):
            oracle.get_next(datetime)
        return
    expected = [oracle.get_next(datetime) for _ in range(6)]
    assert first_fires(found, 6) == expected


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30))
def test_any_text_is_refused_in_one_sentence_or_becomes_quartz(text: str) -> None:
    try:
        found = quartz(text)
    except ConfigurationError:
        return
    assert all(list(islice(fires(one, START), 1)) for one in found)
