"""The archive: events of each tag generated where they are asked for, and what tests wrote on top of them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lakeflow_sources.testing.samples import scatter

from .tags import Tag, value_of
from .times import DAY, SECOND, text

__all__ = ["Archive", "Event", "event_json"]

_TIED_EVERY = 40
_FINE_GRAINED = 3  # of that many tags one has times down to 100 nanoseconds


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One value of a tag; *order* keeps events of one time apart."""

    at: int
    order: int
    value: Any = field(compare=False)
    good: bool = field(compare=False, default=True)
    questionable: bool = field(compare=False, default=False)
    substituted: bool = field(compare=False, default=False)
    annotated: bool = field(compare=False, default=False)


@dataclass
class _Overlay:
    added: list[Event] = field(default_factory=list)
    edited: dict[int, Any] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)


class Archive:
    """Events of all tags between *begin* and *end*, in ticks."""

    def __init__(self, begin: int, end: int) -> None:
        self.begin, self.end = begin, end
        self._times: dict[int, npt.NDArray[np.int64]] = {}
        self._overlays: dict[int, _Overlay] = {}

    def times(self, tag: Tag) -> npt.NDArray[np.int64]:
        """When the generated events of *tag* happened, in order; some share a time."""
        if tag.index not in self._times:
            self._times[tag.index] = self._generate(tag)
        return self._times[tag.index]

    def _generate(self, tag: Tag) -> npt.NDArray[np.int64]:
        count = max(0, (self.end - self.begin) // tag.gap)
        numbers = np.arange(count, dtype=np.int64)
        fine = tag.index % _FINE_GRAINED == 0
        jitter = (numbers * 7_368_787 + scatter(3, tag.index) % 2**31) % (tag.gap * 3 // 4)
        found = self.begin + numbers * tag.gap + (jitter if fine else jitter // SECOND * SECOND)
        tied = numbers[numbers % _TIED_EVERY == _TIED_EVERY - 1]
        found[tied] = found[tied - 1]  # events of one time
        if tag.burst and count:
            found = np.insert(found, count // 2, np.full(tag.burst, found[count // 2]))
        return found

    def count(self, tag: Tag, start: int, end: int) -> int:
        """How many events lie between *start* and *end*, both inclusive."""
        times = self.times(tag)
        first, last = np.searchsorted(times, start, "left"), np.searchsorted(times, end, "right")
        overlay = self._overlays.get(tag.index)
        more = sum(start <= one.at <= end for one in overlay.added) if overlay else 0
        gone = sum(int(first) <= number < int(last) for number in overlay.removed) if overlay else 0
        return int(last - first) + more - gone

    def events(self, tag: Tag, start: int, end: int, most: int | None = None) -> list[Event]:
        """Events between *start* and *end*, both inclusive, the earliest *most* of them."""
        times = self.times(tag)
        first, last = int(np.searchsorted(times, start, "left")), int(np.searchsorted(times, end, "right"))
        overlay = self._overlays.get(tag.index)
        if overlay is None:
            last = last if most is None else min(last, first + most)
            return [self._event(tag, times, number) for number in range(first, last)]
        found = [
            self._event(tag, times, number, overlay) for number in range(first, last) if number not in overlay.removed
        ]
        for one in overlay.added:
            if start <= one.at <= end:
                insort(found, one)
        return found if most is None else found[:most]

    def latest(self, tag: Tag, until: int) -> Event | None:
        """The last event up to *until*."""
        found = self.events(tag, until - 2 * tag.gap, until) or self.events(tag, self.begin, until)
        return found[-1] if found else None

    def _event(self, tag: Tag, times: npt.NDArray[np.int64], number: int, overlay: _Overlay | None = None) -> Event:
        edits = overlay.edited if overlay else {}
        value, good = (edits[number], True) if number in edits else value_of(tag, number)
        chance = scatter(5, number)
        return Event(
            at=int(times[number]),
            order=number,
            value=value,
            good=good,
            questionable=chance % 31 == 0,
            substituted=number in edits,
            annotated=chance % 97 == 0,
        )

    def add(self, tag: Tag, at: int, value: Any, *, good: bool = True) -> None:
        """A new event, late or on time; behind those of the same time."""
        overlay = self._overlays.setdefault(tag.index, _Overlay())
        insort(overlay.added, Event(at, 2**40 + len(overlay.added), value, good))

    def edit(self, tag: Tag, at: int, value: Any) -> int:
        """Another value for the first generated event at or after *at*; gives its time."""
        number = self._number(tag, at)
        self._overlays.setdefault(tag.index, _Overlay()).edited[number] = value
        return int(self.times(tag)[number])

    def remove(self, tag: Tag, at: int) -> int:
        """Drop the first generated event at or after *at*; gives its time."""
        number = self._number(tag, at)
        self._overlays.setdefault(tag.index, _Overlay()).removed.add(number)
        return int(self.times(tag)[number])

    def _number(self, tag: Tag, at: int) -> int:
        return min(int(np.searchsorted(self.times(tag), at, "left")), len(self.times(tag)) - 1)

    def all(self, tag: Tag) -> Iterator[Event]:
        """Every event of *tag*."""
        yield from self.events(tag, self.begin - 1000 * DAY, self.end + 100_000 * DAY)


def event_json(event: Event, units: str) -> dict[str, Any]:
    """An event as the API writes it."""
    return {
        "Timestamp": text(event.at),
        "UnitsAbbreviation": units,
        "Good": event.good,
        "Questionable": event.questionable,
        "Substituted": event.substituted,
        "Annotated": event.annotated,
        "Value": event.value,
    }
