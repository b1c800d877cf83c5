"""Filters of the search endpoint, as tests of one value and as ranges of the numbers that have columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .refusals import not_valid

__all__ = ["Filter", "Span", "parse_groups", "sort_key", "span_of", "value_test"]

_GROUPS, _EACH, _ALL = 5, 6, 18
_LOWEST, _HIGHEST = -(2**62), 2**62
_NUMERIC = {"number"}
_TIMED = {"date", "datetime"}
_LISTED = {"IN", "NOT_IN"}
_BARE = {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}
_OPERATORS = {
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN", *_LISTED, *_BARE,
}  # fmt: skip
_INTEGER = re.compile(r"-?\d+")

ValueTest = Callable[[str | None], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: *operand* holds one value, two of BETWEEN, or those of a list."""

    name: str
    operator: str
    operand: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from *low* up to, but without, *high*."""

    low: int = _LOWEST
    high: int = _HIGHEST

    def meet(self, other: Span) -> Span:
        """What lies in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))


def parse_groups(body: Mapping[str, Any], known: Mapping[str, str]) -> tuple[tuple[Filter, ...], ...]:
    """The filter groups of a search; *known* property names with their types; raises `Refused`."""
    groups = body.get("filterGroups") or ([{"filters": body["filters"]}] if body.get("filters") else [])
    parsed = tuple(tuple(_filter(one, known) for one in group.get("filters") or ()) for group in groups)
    if len(parsed) > _GROUPS or any(len(group) > _EACH for group in parsed) or sum(map(len, parsed)) > _ALL:
        raise not_valid(f"At most {_GROUPS} filter groups of {_EACH} filters, and {_ALL} filters in all")
    return parsed


def _filter(one: Mapping[str, Any], known: Mapping[str, str]) -> Filter:
    name, operator = str(one.get("propertyName", "")), str(one.get("operator", ""))
    if name not in known:
        raise not_valid(f"There was a problem with the request: property {name!r} does not exist")
    if operator not in _OPERATORS:
        raise not_valid(f"There was a problem with the request: operator {operator!r} is not supported")
    if operator in _BARE:
        return Filter(name, operator, ())
    if operator in _LISTED:
        values = one.get("values") or ()
    elif operator == "BETWEEN":
        values = (one.get("value"), one.get("highValue"))
    else:
        values = (one.get("value"),)
    if not values or any(value is None for value in values):
        raise not_valid(f"There was a problem with the request: {operator} on {name} lacks a value")
    operand = tuple(str(value) for value in values)
    kind = known[name]
    if kind in _NUMERIC | _TIMED and any(_ordered(value, kind) is None for value in operand):
        raise not_valid(f"There was a problem with the request: {operand} is not valid for {name} ({kind})")
    return Filter(name, operator, operand)


def span_of(one: Filter, kind: str) -> Span | None:
    """The range that a filter on a column of whole numbers stands for; `None` where it is not one range."""
    numbers = [_whole(value, kind) for value in one.operand]
    match one.operator, numbers:
        case "EQ", [value]:
            return Span(value, value + 1)
        case "LT", [value]:
            return Span(high=value)
        case "LTE", [value]:
            return Span(high=value + 1)
        case "GT", [value]:
            return Span(low=value + 1)
        case "GTE", [value]:
            return Span(low=value)
        case "BETWEEN", [low, high]:
            return Span(low, high + 1)
        case "HAS_PROPERTY", []:
            return Span()
        case _:
            return None


def _whole(text: str, kind: str) -> int:
    value = _ordered(text, kind)
    return 0 if value is None else int(value)


def value_test(one: Filter, kind: str) -> ValueTest:
    """Whether a value passes; records without a value pass only where the operator asks for that."""
    if one.operator == "HAS_PROPERTY":
        return bool
    if one.operator == "NOT_HAS_PROPERTY":
        return lambda value: not value
    if "CONTAINS_TOKEN" in one.operator:
        pattern = _token_pattern(one.operand[0])
        wanted = one.operator == "CONTAINS_TOKEN"
        return lambda value: bool(value) and bool(pattern.search(value or "")) is wanted
    if kind in _NUMERIC | _TIMED:
        return _ordered_test(one, kind)
    return _text_test(one, exact=kind == "enumeration")


def _ordered_test(one: Filter, kind: str) -> ValueTest:
    operand = [_ordered(value, kind) or Decimal(0) for value in one.operand]
    compare = _comparison(one.operator, operand)

    def test(value: str | None) -> bool:
        number = _ordered(value, kind) if value else None
        return number is not None and compare(number)

    return test


def _text_test(one: Filter, *, exact: bool) -> ValueTest:
    """Texts are compared without regard to case; the values of a list must be written in lower case for that."""

    def plain(value: str) -> str:
        return value if exact else value.lower()

    operand = list(one.operand) if one.operator in _LISTED else [plain(value) for value in one.operand]
    compare = _comparison(one.operator, operand)
    return lambda value: bool(value) and compare(plain(value or ""))


def _comparison(operator: str, operand: Sequence[Any]) -> Callable[[Any], bool]:
    first, last = operand[0], operand[-1]
    return {
        "EQ": lambda value: value == first,
        "NEQ": lambda value: value != first,
        "LT": lambda value: value < first,
        "LTE": lambda value: value <= first,
        "GT": lambda value: value > first,
        "GTE": lambda value: value >= first,
        "BETWEEN": lambda value: first <= value <= last,
        "IN": lambda value: value in operand,
        "NOT_IN": lambda value: value not in operand,
    }[operator]


def _ordered(text: str, kind: str) -> Decimal | None:
    """A number, or the milliseconds of a time that is written as such or in ISO 8601."""
    if kind in _TIMED and not _INTEGER.fullmatch(text):
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            return None
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return Decimal(round(aware.timestamp() * 1000))
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def sort_key(value: str | None, kind: str) -> tuple[bool, Any]:
    """By what values of one type are sorted; those without a value come first."""
    if kind in _NUMERIC | _TIMED:
        number = _ordered(value, kind) if value else None
        return number is not None, number or Decimal(0)
    return bool(value), (value or "").lower()


def _token_pattern(text: str) -> re.Pattern[str]:
    words = r".*".join(re.escape(part) for part in text.split("*"))
    before = "" if text.startswith("*") else r"(?<!\w)"
    after = "" if text.endswith("*") else r"(?!\w)"
    return re.compile(before + words + after, re.IGNORECASE)
