"""Values at even steps: which spans of time are asked for, in parts where the server returns less of one call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lakeflow_sources import EPOCH, ConfigurationError, Read, Settings, VendorError, Window
from lakeflow_sources.http import Client, Request, Response, get

from .asking import LimitError, ask, ids
from .paths import path
from .streams import Stream

__all__ = ["Call", "answers", "ceiling", "span_of"]

_SPAN = re.compile(r"(\d+)\s*([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of values: its resource, its parameters for a window (`None`: nothing to ask), where it may be cut."""

    shape: str
    params: Callable[[Read, Window], dict[str, Any] | None]
    step: Callable[[Settings], timedelta]


def span_of(settings: Settings, option: str) -> timedelta:
    """A time such as `10m`; months and years differ in length, so they are refused."""
    text = (settings.get(option) or "").strip()
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]):
        raise ConfigurationError(
            f"osipi: {option}={text!r} is no even span of time",
            "write a whole number with s, m, h, d or w, such as 10m",
        )
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def ceiling(time: datetime, step: timedelta) -> datetime:
    """The first multiple of *step* since 1970 that is not before *time*."""
    return EPOCH - (EPOCH - time) // step * step


def answers(
    call: Call, read: Read, client: Client, streams: Sequence[Stream], window: Window
) -> Iterator[tuple[Sequence[Stream], Response, Window]]:
    """Answers for all *streams* in *window*, in parts where the server returns fewer values of one call."""
    params = call.params(read, window)
    if params is None:
        return

    def request(some: Sequence[Stream]) -> Request:
        return get(path(read.settings, "streamsets", call.shape), webId=ids(some), **params)

    try:
        found = [(asked, response, window) for asked, response in ask(client, streams, request)]
    except LimitError as limit:
        for some, part in _parts(call.step(read.settings), streams, window, limit):
            yield from answers(call, read, client, some, part)
    else:
        yield from found


def _parts(
    step: timedelta, streams: Sequence[Stream], window: Window, limit: LimitError
) -> list[tuple[Sequence[Stream], Window]]:
    """Halves of the streams, or of the time of a single one, which is cut at a multiple of *step*."""
    middle = len(streams) // 2
    if middle:
        return [(streams[:middle], window), (streams[middle:], window)]
    cut = ceiling(window.start + (window.end - window.start) / 2, step)
    if cut >= window.end:
        raise VendorError(
            f"The server returns {limit.most} values of one call, and {streams[0].name} has more within {step}",
            "let the administrator raise MaxReturnedItemsPerCall, or ask for less: interval, plot_intervals",
        )
    return [(streams, Window(window.start, cut)), (streams, Window(cut, window.end))]
