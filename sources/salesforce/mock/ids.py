"""Record ids: an object's prefix, ten case-sensitive digits, and three characters that tell the case of the others."""

from __future__ import annotations

from itertools import product

__all__ = ["id_of", "number_in"]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = ["".join(pair) for pair in product(_DIGITS, repeat=2)]
_PLACES = {pair: place for place, pair in enumerate(_PAIRS)}
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BASE = len(_PAIRS)
_POD = "5e"
_SHORT = 15


def id_of(prefix: str, number: int) -> str:
    """The 18 characters of a record; ids compare like their numbers."""
    pairs = []
    for _ in range(5):
        number, rest = divmod(number, _BASE)
        pairs.append(_PAIRS[rest])
    pairs.reverse()
    short = prefix + _POD + "".join(pairs)
    return short + "".join(_check(short[start : start + 5]) for start in (0, 5, 10))


def _check(five: str) -> str:
    return _SUFFIX[sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")]


def number_in(text: str) -> int | None:
    """The number in an id of 15 or 18 characters; `None` where it is none."""
    if len(text) not in {_SHORT, _SHORT + 3}:
        return None
    number = 0
    for start in range(5, _SHORT, 2):
        place = _PLACES.get(text[start : start + 2])
        if place is None:
            return None
        number = number * _BASE + place
    return number
