"""A PI Web API with recorded values of double tags: one event a second, times of seven digits."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

__all__ = ["BEGIN", "Plant", "recorded", "webids"]

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_STATE = {"Name": "I/O Timeout", "Value": 246, "IsSystem": True}
_VARIANTS = 5_000
_RECORDED = "/piwebapi/streamsets/recorded"


def webids(count: int) -> list[str]:
    """Those of *count* tags."""
    return [f"F1DPbench{number:06d}" for number in range(count)]


def recorded(streams: list[str], start: datetime, end: datetime) -> str:
    """The call for recorded values as a plain client writes it."""
    bounds = {"startTime": start.isoformat(), "endTime": end.isoformat(), "boundaryType": "Inside", "maxCount": 150_000}
    return f"{_RECORDED}?{urlencode({**bounds, 'webId': streams}, doseq=True)}"


class Plant:
    """One value of fifty is a system state; every tag has the same values."""

    def __init__(self) -> None:
        chance = random.Random(7)
        self._tails = [_tail(chance, number) for number in range(_VARIANTS)]

    def answer(self, method: str, target: str, _body: bytes) -> bytes | None:
        """The body for a call, `None` where there is no such thing."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if method != "GET" or "webId" not in query:
            return None
        streams = query["webId"]
        if path == "/piwebapi/points/multiple":
            return _items({"Identifier": one, "Object": {**_named(one), "PointType": "Float64"}} for one in streams)
        if path == "/piwebapi/streamsets/summary":
            count = len(_seconds(query))
            return _items({"WebId": one, "Items": [{"Type": "Count", "Value": {"Value": count}}]} for one in streams)
        return self._recorded(streams, query) if path == _RECORDED else None

    def _recorded(self, streams: list[str], query: dict[str, list[str]]) -> bytes:
        seconds, tails = _seconds(query), self._tails
        times = [(BEGIN + timedelta(seconds=one)).strftime("%Y-%m-%dT%H:%M:%S").encode() for one in seconds]
        events = b",".join(
            b'{"Timestamp":"%b%b' % (moment, tails[one % _VARIANTS]) for moment, one in zip(times, seconds, strict=True)
        )
        parts = [b'%b,"Items":[%b]}' % (_compact(_named(one)).encode()[:-1], events) for one in streams]
        return b'{"Links":{},"Items":[%b]}' % b",".join(parts)


def _named(webid: str) -> dict[str, str]:
    return {"WebId": webid, "Name": f"TAG{webid[-6:]}", "Path": f"\\\\PISRV1\\TAG{webid[-6:]}"}


def _seconds(query: dict[str, list[str]]) -> range:
    """Numbers of the events of a window; each lies a little behind its second."""
    start, end = (datetime.fromisoformat(query[name][0]) for name in ("startTime", "endTime"))
    return range(max(0, round((start - BEGIN).total_seconds())), max(0, round((end - BEGIN).total_seconds())))


def _items(values: object) -> bytes:
    return _compact({"Links": {}, "Items": list(values)}).encode()


def _compact(value: object) -> str:
    """Without white space, as the server of the vendor writes."""
    return json.dumps(value, separators=(",", ":"))


def _tail(chance: random.Random, number: int) -> bytes:
    """An event behind the second of its time."""
    good = number % 50 > 0
    value = _compact(round(chance.uniform(-500, 500), 4) if good else _STATE)
    flags = f'"Good":{json.dumps(good)},"Questionable":false,"Substituted":false,"Annotated":false'
    return f'.{chance.randint(1, 9_999_998):07d}Z","UnitsAbbreviation":"°C",{flags},"Value":{value}}}'.encode()
