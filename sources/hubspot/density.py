"""Where record ids lie close together: cuts between ranges of about as many records each.

Ids of one account are a cloud of stretches, old and new ones billions apart, so that even cuts would leave most ranges
empty. Search tells for any id how many records lie on a side of it, and the nearest of them, for one call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Beyond", "cuts"]

_EVEN = 0.1  # of the records of a stretch: so much may its halves differ from its middle and still be called even

Beyond = Callable[[int, str], tuple[int | None, int]]
"""Of the records whose id is at least (`GTE`) or below (`LT`) an id: the one nearest to it, and how many there are."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """*rows* records with *low* <= id <= *high*; *even* when its halves were seen to have about as many each."""

    low: int
    high: int
    rows: int
    even: bool = False


def cuts(low: int, high: int, rows: int, count: int, beyond: Beyond, most: int) -> list[int]:
    """The first id of each of *count* ranges but the lowest, found with at most *most* calls of *beyond*."""
    stretches = [_Stretch(low, high, rows)]
    for number in range(most):
        open_ones = [one for one in stretches if not one.even and one.high > one.low]
        widest = max(open_ones, key=lambda one: one.rows, default=None)
        if widest is None or widest.rows * count < rows:  # smaller than a range
            break
        place = stretches.index(widest)
        above = sum(one.rows for one in stretches[place + 1 :])
        below = sum(one.rows for one in stretches[:place])
        # In turns from both sides: each finds the near end of what lies on its side of a gap.
        halve = _upward if number % 2 == 0 else _downward
        stretches[place : place + 1] = halve(widest, beyond, below, above)
    return _between(stretches, rows, count)


def _upward(one: _Stretch, beyond: Beyond, _below: int, above: int) -> list[_Stretch]:
    middle = (one.low + one.high + 1) // 2
    nearest, found = beyond(middle, "GTE")
    upper = min(max(found - above, 0), one.rows)
    parts = [_Stretch(one.low, middle - 1, one.rows - upper)]
    if nearest is not None and upper:
        parts.append(_Stretch(min(nearest, one.high), one.high, upper))
    return _marked(one, parts)


def _downward(one: _Stretch, beyond: Beyond, below: int, _above: int) -> list[_Stretch]:
    middle = (one.low + one.high + 1) // 2
    nearest, found = beyond(middle, "LT")
    lower = min(max(found - below, 0), one.rows)
    parts = [_Stretch(middle, one.high, one.rows - lower)]
    if nearest is not None and lower:
        parts.insert(0, _Stretch(one.low, max(nearest, one.low), lower))
    return _marked(one, parts)


def _marked(one: _Stretch, parts: list[_Stretch]) -> list[_Stretch]:
    """The parts that have records, or *one* as it was where it is even: it is cut by ids as well as by counts."""
    kept = [part for part in parts if part.rows]
    spread = all(part.high - part.low > (one.high - one.low) * (0.5 - _EVEN) for part in kept)
    even = len(kept) > 1 and spread and abs(kept[0].rows - kept[1].rows) <= 2 * _EVEN * one.rows
    return [_Stretch(one.low, one.high, one.rows, even=True)] if even else kept


def _between(stretches: list[_Stretch], rows: int, count: int) -> list[int]:
    """Ids at which *count* ranges begin, as if ids were even inside of each stretch."""
    found, passed = [], 0
    wanted = iter(range(1, count))
    number = next(wanted, None)
    for one in stretches:
        while number is not None and number * rows < (passed + one.rows) * count:
            share = (number * rows / count - passed) / one.rows
            found.append(one.low + int(share * (one.high - one.low + 1)))
            number = next(wanted, None)
        passed += one.rows
    return sorted({cut for cut in found if cut > stretches[0].low})
