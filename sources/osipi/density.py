"""How many events streams have in a time: measured where the server counts, and where their history begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lakeflow_sources import EPOCH, Read, Window, moment
from lakeflow_sources.http import Client, Request, get

from .asking import ask, ids
from .paths import path, sent
from .streams import Group, Stream

__all__ = ["beginning", "rates"]

_SAMPLE = timedelta(days=1)
_BAD = 400


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
        response, fault = client.attempt(request)
        if fault is not None:
            if response.status >= _BAD and len(group.streams) == 1:
                return None
            continue
        for stream in response.json()["Items"]:
            counts = [one["Value"].get("Value") for one in stream["Items"]]
            total = sum(one for one in counts if isinstance(one, int | float))
            found[stream["WebId"]] = total / seconds
    return found or None


def beginning(read: Read, client: Client, group: Group, until: datetime) -> datetime | None:
    """The time of the first event of any of the streams; `None` where there is none."""

    def request(streams: Sequence[Stream]) -> Request:
        return get(
            path(read.settings, "streamsets", "recorded"),
            startTime=sent(EPOCH),
            endTime=sent(until),
            maxCount=len(streams),
            boundaryType="Inside",
            webId=ids(streams),
        )

    times = []
    for _, response in ask(client, group.streams, request):
        for stream in response.json()["Items"]:
            times += [moment(one["Timestamp"]) for one in stream["Items"][:1]]
    return min(times, default=None)
