"""Values of streams: recorded, interpolated, plot, summary, the last and the current one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from lakeflow_sources.testing.vendor import Setup

from .archive import Event, event_json
from .endpoints import Endpoint, Query, number
from .plant import Plant
from .refusals import Refused, unknown
from .tags import Tag
from .times import SECOND, span, ticks

__all__ = ["Streams"]

_RECORDED = 1000
_MILLISECOND = SECOND // 1000
_PER_INTERVAL = 5
_NOTHING = {"Name": "No Data", "Value": 248, "IsSystem": True}


@dataclass(frozen=True, slots=True)
class _Stream:
    webid: str
    name: str
    path: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Manners:
    """How this server differs from others: it does not count, leaves streams without events out, rounds times down."""

    counts: bool = True
    omits_empty: bool = False
    coarse: bool = False

    @classmethod
    def of(cls, setup: Setup) -> Manners:
        """As the options say."""
        return cls(setup.flag("counts", default=True), setup.flag("omits_empty"), setup.flag("coarse"))


class Streams:
    """The stream endpoints, single and for sets.

    *sharing*: `per_stream`, `shared` (maxCount divided among the streams) or `in_turn` (the first streams use it up).
    """

    def __init__(self, plant: Plant, sharing: str, most: int, manners: Manners) -> None:
        self.plant = plant
        self._archive = plant.archive
        self._sharing, self.most, self._manners = sharing, most, manners
        self.failing: list[str] = []

    def endpoints(self) -> list[Endpoint]:
        """Single streams, sets of streams by WebID, and the streams below an element or event frame."""
        shapes: dict[str, Callable[[Query, Sequence[_Stream]], list[dict[str, Any]]]] = {
            "recorded": self._recorded,
            "interpolated": self._interpolated,
            "plot": self._plot,
            "summary": self._summary,
            "value": self._value,
            "end": self._end,
            "recordedattime": self._recorded_at,
        }
        found = []
        for name, shape in shapes.items():
            found.append(Endpoint(f"/streamsets/{name}", self._of_set(name, shape)))
            found.append(Endpoint(f"/streams/{{webid}}/{name}", self._of_one(shape)))
        return found

    def _of_set(self, name: str, shape: Any) -> Callable[[Query, str], Any]:
        def call(query: Query, _: str) -> Any:
            asked = query.all("webId")
            if not asked:
                raise Refused(HTTPStatus.BAD_REQUEST, "The parameter 'webId' is missing.")
            streams = [self._stream(one) for one in asked if one not in self.plant.hidden]
            answer: dict[str, Any] = {"Links": {}, "Items": shape(query, streams)}
            if self.failing and name == "recorded":
                exception = {"StatusCode": 504, "Errors": [self.failing.pop()]}
                answer["Items"][-1]["Items"][-1:] = []
                answer["WebException"] = exception
            return answer

        return call

    def _of_one(self, shape: Any) -> Callable[[Query, str], Any]:
        def call(query: Query, webid: str) -> Any:
            if webid in self.plant.hidden:
                raise Refused(HTTPStatus.FORBIDDEN, "The user does not have read access to this point.")
            (answer,) = shape(query, [self._stream(webid)])
            return answer.get("Value", answer)

        return call

    def _stream(self, webid: str) -> _Stream:
        attribute = self.plant.attributes.get(webid)
        tag = attribute.tag if attribute else self.plant.by_webid.get(webid)
        if attribute and tag is None:
            raise Refused(HTTPStatus.CONFLICT, f"The attribute '{attribute.name}' does not support this operation.")
        if tag is None:
            raise unknown(webid)
        if webid in self.plant.broken:
            raise Refused(self.plant.broken[webid], f"Values of '{tag.name}' cannot be read.")
        if attribute:
            return _Stream(webid, attribute.name, attribute.path, tag)
        return _Stream(webid, tag.name, self.plant.point(tag)["Path"], tag)

    def _range(self, query: Query) -> tuple[int, int]:
        now = self.plant.now()
        return ticks(query.get("startTime", "*-1d"), now), ticks(query.get("endTime", "*"), now)

    def _recorded(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        most = number(query, "maxCount", _RECORDED, self.most)
        start, end = self._range(query)
        start = start // _MILLISECOND * _MILLISECOND if self._manners.coarse else start
        left, found = most, []
        for stream in streams:
            allowed = {"per_stream": most, "shared": -(-most // len(streams)), "in_turn": left}[self._sharing]
            events = self._archive.events(stream.tag, start, end, allowed)
            left -= len(events)
            if events or len(streams) == 1 or not self._manners.omits_empty:
                found.append(_of_stream(stream, [event_json(one, stream.tag.units) for one in events]))
        return found

    def _at(self, stream: _Stream, moment: int) -> dict[str, Any]:
        """The value at a time: that of the last event, as for tags with steps."""
        event = self._archive.latest(stream.tag, moment)
        return event_json(_moved(event, moment), stream.tag.units)

    def _interpolated(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        start, end = self._range(query)
        step = span(query.get("interval", "1h"))
        if (end - start) // step * len(streams) > self.most:
            raise Refused(
                HTTPStatus.BAD_REQUEST, f"The number of values is greater than the maximum allowed ({self.most})."
            )
        times = range(start, end + 1, step)
        return [_of_stream(one, [self._at(one, moment) for moment in times]) for one in streams]

    def _plot(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        start, end = self._range(query)
        intervals = number(query, "intervals", 24, self.most)
        width = max(1, (end - start) // intervals)
        found = []
        for stream in streams:
            rows: list[dict[str, Any]] = []
            for place in range(intervals):
                events = self._archive.events(stream.tag, start + place * width, start + (place + 1) * width - 1)
                kept = {0, len(events) // 2, len(events) - 1} if events else set()
                rows += [event_json(events[one], stream.tag.units) for one in sorted(kept)][:_PER_INTERVAL]
            found.append(_of_stream(stream, rows))
        return found

    def _summary(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        kinds = query.all("summaryType") or ["Total"]
        if not self._manners.counts and kinds == ["Count"]:
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "Summaries are not supported.")
        start, end = self._range(query)
        width = span(query.get("summaryDuration")) if query.get("summaryDuration") else max(end - start, 1)
        return [
            {
                "WebId": one.webid,
                "Name": one.name,
                "Path": one.path,
                "Links": {},
                "Items": [
                    {"Type": kind, "Value": self._total(one, kind, moment, min(moment + width, end) - 1)}
                    for kind in kinds
                    for moment in range(start, end, width)
                ],
            }
            for one in streams
        ]

    def _total(self, stream: _Stream, kind: str, start: int, end: int) -> dict[str, Any]:
        count = self._archive.count(stream.tag, start, end)
        if kind == "Count":
            value: Any = count
        else:
            events = self._archive.events(stream.tag, start, end)
            numbers = [one.value for one in events if one.good and isinstance(one.value, int | float)]
            if not numbers:
                return event_json(Event(start, 0, _NOTHING, good=False), "")
            total = sum(numbers)
            value = {"Minimum": min(numbers), "Maximum": max(numbers), "Total": total}.get(kind, total / len(numbers))
        return event_json(Event(start, 0, value), "")

    def _recorded_at(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        """The event before a time, with its own time; the first one where there is none before."""
        if not query.get("time"):
            raise Refused(HTTPStatus.BAD_REQUEST, "The parameter 'time' is missing.")
        moment = ticks(query.get("time"), self.plant.now())
        return [{**_head(one), "Value": self._last(one, moment)} for one in streams]

    def _value(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        moment = ticks(query.get("time", "*"), self.plant.now())
        return [{**_head(one), "Value": self._at(one, moment)} for one in streams]

    def _end(self, query: Query, streams: Sequence[_Stream]) -> list[dict[str, Any]]:
        del query
        return [{**_head(one), "Value": self._last(one, self.plant.now() * 2)} for one in streams]

    def _last(self, stream: _Stream, moment: int) -> dict[str, Any]:
        event = self._archive.latest(stream.tag, moment)
        return event_json(event or _moved(None, min(moment, self.plant.now())), stream.tag.units)


def _moved(event: Event | None, moment: int) -> Event:
    return Event(moment, 0, event.value, event.good) if event else Event(moment, 0, _NOTHING, good=False)


def _head(stream: _Stream) -> dict[str, Any]:
    return {
        "WebId": stream.webid,
        "Name": stream.name,
        "Path": stream.path,
        "UnitsAbbreviation": stream.tag.units,
        "Links": {"Source": f"https://pi.example/piwebapi/streams/{stream.webid}"},
    }


def _of_stream(stream: _Stream, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {**_head(stream), "Items": items}
