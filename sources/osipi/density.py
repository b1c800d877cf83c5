"""How many events streams have in a time: measured where the server counts, and where their history begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lakeflow_sources import EPOCH, Read, TransientError, Window, moment
from lakeflow_sources.http import Client, Request, Response, get

from .asking import ask, ids
from .faults import unknown_resource
from .paths import path, sent
from .streams import Group, Stream

__all__ = ["beginning", "rates"]

_SAMPLE = timedelta(days=1)


def rates(read: Read, client: Client, groups: Sequence[Group], window: Window) -> dict[str, float] | None:
    """Events a second of each stream, counted over the last day of *window*; `None` where the server does not count."""
    start = max(window.start, window.end - _SAMPLE)
    seconds = (window.end - start).total_seconds()
    found: dict[str, float] = {}
    for group in groups:
        request = get(
            path(read.settings, "streamsets", "summary"),
            startTime=sent(start),
            endTime=sent(window.end),
            summaryType="Count",
            calculationBasis="EventWeighted",
            webId=ids(group.streams),
        )
        try:
            response, fault = client.attempt(request)
        except TransientError as error:
            client.note(f"events are not counted, spans are guessed: {error.cause}")
            return found or None
        if fault is not None:
            if unknown_resource(response) or len(group.streams) == 1:
                return found or None
            continue
        for stream in response.json()["Items"]:
            counts = [one["Value"].get("Value") for one in stream["Items"]]
            total = sum(one for one in counts if isinstance(one, int | float))
            found[stream["WebId"]] = total / seconds
    return found or None


def beginning(read: Read, client: Client, group: Group, until: datetime) -> datetime | None:
    """The time of the first event of any of the streams; `None` where there is none.

    Where `maxCount` is one number for all of a set, its first streams may use it up: the others are asked again.
    """
    times: list[datetime] = []
    left: Sequence[Stream] = group.streams
    while left:
        answers = [(asked, _first(response)) for asked, response in _earliest(read, client, left, until)]
        times += [first for _, found in answers for first, _ in found.values()]
        used_up = {
            one.webid
            for asked, found in answers
            if sum(count for _, count in found.values()) >= len(asked)
            for one in asked
            if one.webid not in found
        }
        left = [one for one in left if one.webid in used_up]
    return min(times, default=None)


def _earliest(
    read: Read, client: Client, streams: Sequence[Stream], until: datetime
) -> Iterator[tuple[Sequence[Stream], Response]]:
    def request(streams: Sequence[Stream]) -> Request:
        return get(
            path(read.settings, "streamsets", "recorded"),
            startTime=sent(EPOCH),
            endTime=sent(until),
            maxCount=len(streams),
            boundaryType="Inside",
            webId=ids(streams),
        )

    yield from ask(client, streams, request)


def _first(response: Response) -> dict[str, tuple[datetime, int]]:
    """The first time of each stream that has events, and how many of them came."""
    streams = {one["WebId"]: one["Items"] for one in response.json()["Items"]}
    return {webid: (moment(items[0]["Timestamp"]), len(items)) for webid, items in streams.items() if items}
