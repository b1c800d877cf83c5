"""Record ids: an object's prefix, ten case-sensitive digits, and three characters that tell the case of the others."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

__all__ = ["id_of", "number_in"]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = ["".join(pair) for pair in product(_DIGITS, repeat=2)]
_PLACES = {pair: place for place, pair in enumerate(_PAIRS)}
_UPPER = [pair[0].isupper() + 2 * pair[1].isupper() for pair in _PAIRS]
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ONE, _TWO, _FIVE = len(_DIGITS), len(_PAIRS), len(_DIGITS) ** 5
_POD = "5e"
_SHORT = 15


def id_of(prefix: str, number: int) -> str:
    """The 18 characters of a record; ids compare like their numbers."""
    high, low = divmod(number, _FIVE)
    begin, first = _begin(prefix, high)
    left, right = divmod(low, _TWO * _ONE)
    middle, last = divmod(right, _ONE)
    check = _UPPER[left] | _UPPER[middle] << 2 | _DIGITS[last].isupper() << 4
    return f"{begin}{_PAIRS[left]}{_PAIRS[middle]}{_DIGITS[last]}{first}{_SUFFIX[check]}"


@lru_cache(4096)
def _begin(prefix: str, high: int) -> tuple[str, str]:
    """The first ten characters, which few ids differ in, and the checks of both halves."""
    digits = ""
    for _ in range(5):
        high, rest = divmod(high, _ONE)
        digits = _DIGITS[rest] + digits
    return prefix + _POD + digits, _check(prefix + _POD) + _check(digits)


def _check(five: str) -> str:
    return _SUFFIX[sum(1 << place for place, letter in enumerate(five) if letter.isupper())]


def number_in(text: str) -> int | None:
    """The number in an id of 15 or 18 characters; `None` where it is none."""
    if len(text) not in {_SHORT, _SHORT + 3}:
        return None
    number = 0
    for start in range(5, _SHORT, 2):
        place = _PLACES.get(text[start : start + 2])
        if place is None:
            return None
        number = number * _TWO + place
    return number
