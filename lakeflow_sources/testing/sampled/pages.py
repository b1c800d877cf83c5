"""One page of the records that a call asked for, in each way that APIs page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lakeflow_sources.decode import dig
from lakeflow_sources.testing.sampled.call import Call, CallRefusedError

__all__ = ["Answer", "page_of"]

Records = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Answer:
    """A page: *marks* are values at dotted paths beside its records."""

    records: Records
    marks: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """A call for a page of *found*, by the keys of a declaration's paging."""

    keys: Mapping[str, Any]
    call: Call
    found: Records
    where: str

    @property
    def size(self) -> int:
        """What was asked for, and never more than the API gives."""
        most: int = self.keys["size"]
        name = self.keys.get("size_param")
        return min(self.call.number(name, self.where, most) or most, most) if name else most

    def flags(self, end: int) -> dict[str, Any]:
        """What answers say about another page."""
        there = end < len(self.found)
        told = {self.keys.get("more"): there, self.keys.get("last"): not there}
        return {path: value for path, value in told.items() if path}

    def cut(self, start: int, marks: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        end = start + self.size
        return Answer(self.found[start:end], {**(marks or {}), **self.flags(end)}, headers)


def page_of(keys: Mapping[str, Any], call: Call, found: Records, method: str) -> Answer:
    """The page of *found* that *call* asked for; raises `CallRefusedError`."""
    if not keys:
        return Answer(found)
    kind = keys["type"]
    usual = "body" if method == "POST" and kind not in ("next_url", "link_header") else "query"
    return _KINDS[kind](_Asked(keys, call, found, keys.get("in", usual)))


def _page(asked: _Asked) -> Answer:
    first = asked.keys.get("first", 1)
    number = asked.call.number(asked.keys.get("param", "page"), asked.where, first)
    total = -(-len(asked.found) // asked.size)
    marks = {asked.keys["pages"]: total} if "pages" in asked.keys else {}
    return asked.cut(max(0, number - first) * asked.size, marks)


def _offset(asked: _Asked) -> Answer:
    start = asked.call.number(asked.keys.get("param", "offset"), asked.where, 0)
    return asked.cut(start, {asked.keys["total"]: len(asked.found)} if "total" in asked.keys else {})


def _token(asked: _Asked) -> Answer:
    start = _start(asked.call.value(asked.keys["param"], asked.where))
    end = start + asked.size
    following = _mark(end) if end < len(asked.found) else None
    if "header" in asked.keys:
        return asked.cut(start, {}, **({asked.keys["header"]: following} if following else {}))
    return asked.cut(start, {asked.keys["field"]: following})


def _next_url(asked: _Asked) -> Answer:
    start, following = _linked(asked)
    return asked.cut(start, {asked.keys["field"]: following})


def _link_header(asked: _Asked) -> Answer:
    start, following = _linked(asked)
    rel = asked.keys.get("rel", "next")
    return asked.cut(start, {}, **({"Link": f'<{following}>; rel="{rel}"'} if following else {}))


def _keyset(asked: _Asked) -> Answer:
    path = asked.keys["key"]
    ordered = sorted(asked.found, key=lambda one: _ordered(dig(one, path)))
    after = asked.call.value(asked.keys["param"], asked.where)
    if after is not None:
        ordered = [one for one in ordered if _ordered(dig(one, path)) > _ordered(after)]
    return _Asked(asked.keys, asked.call, ordered, asked.where).cut(0)


_KINDS: Mapping[str, Callable[[_Asked], Answer]] = {
    "page": _page,
    "offset": _offset,
    "token": _token,
    "next_url": _next_url,
    "link_header": _link_header,
    "keyset": _keyset,
}


def _linked(asked: _Asked) -> tuple[int, str | None]:
    """Where this page begins, and the address of the next one: that of the call with a mark of its own."""
    start = _start(asked.call.query.get("after"))
    end = start + asked.size
    if end >= len(asked.found):
        return start, None
    return start, f"{asked.call.url}?{urlencode({**asked.call.query, 'after': _mark(end)})}"


def _mark(start: int) -> str:
    """A token that tells a client nothing."""
    return base64.urlsafe_b64encode(f"at {start}".encode()).decode().rstrip("=")


def _start(mark: Any) -> int:
    if mark in (None, ""):
        return 0
    try:
        text = base64.urlsafe_b64decode(str(mark) + "=" * (-len(str(mark)) % 4)).decode()
        return int(text.removeprefix("at "))
    except ValueError:
        raise CallRefusedError(f"{mark!r} is no token of this API") from None


def _ordered(key: Any) -> tuple[int, float, str]:
    """Numbers before texts, and numbers that came as texts among the numbers."""
    try:
        return 0, float(key), ""
    except (TypeError, ValueError):
        return 1, 0.0, str(key)
