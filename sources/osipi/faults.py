"""How PI Web API says that something is wrong, also behind status 200."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lakeflow_sources.http import Fault, Response, by_status

__all__ = ["broken", "faults", "limit_of", "unknown_resource"]

_FINE = range(200, 300)
_SERVER = 500
_BAD_REQUEST, _FORBIDDEN, _MISSING, _CONFLICT, _TOO_LARGE, _UNSUPPORTED = 400, 403, 404, 409, 413, 501
_LIMIT = re.compile(rb"greater than the maximum allowed \((\d[\d,. ]*)\)")
_REMEDIES = {
    _BAD_REQUEST: "check time expressions, filters and page_size in the options of this table",
    _FORBIDDEN: "give the user or service principal behind the credentials read access in PI, and a mapping where PI "
    "needs one",
    _MISSING: "check base_url, names and WebIDs; an older PI Web API does not have every resource",
    _CONFLICT: "this object does not support the operation: a static attribute has no history, for example",
    _TOO_LARGE: "ask for less at once: page_size",
    _UNSUPPORTED: "values of this type cannot be read through PI Web API: leave the stream out",
}
_SINGLE = ("/batch", "/multiple")
_BROKEN = re.compile(rb'"WebException"\s*:\s*\{'), re.compile(rb'"Errors"\s*:\s*\[\s*[^\s\]]')
"""Servers, and proxies before them, differ in the white space that they write."""
_NAMES = b'"WebException"', b'"Errors"'
_PATIENCE = 100
_NO_ROUTE = re.compile(rb"No HTTP resource was found|No action was found on the controller")
_NO_RESOURCE = (
    "this PI Web API does not have the resource: check base_url, and that the server is 2018 SP1 or later, "
    "or leave the table out"
)


def faults(response: Response) -> Fault | None:
    """Status and texts as a fault; an exception inside a good answer counts as the status that it names."""
    if response.status in _FINE:
        return _inside(response)
    fault = by_status(response)
    if fault is None:
        return None
    if unknown_resource(response):
        return replace(fault, kind="fatal", remedy=_NO_RESOURCE)
    if response.status == _UNSUPPORTED:
        fault = replace(fault, kind="fatal")
    remedy = _REMEDIES.get(response.status)
    return replace(fault, remedy=remedy) if remedy else fault


def unknown_resource(response: Response) -> bool:
    """Whether it is the server that lacks the resource: then nothing is gone, and no part may be left out for it."""
    return response.status == _MISSING and bool(_NO_ROUTE.search(response.body))


def limit_of(response: Response) -> int | None:
    """The most items of one call, where the answer refuses because more were asked for."""
    found = _LIMIT.search(response.body)
    return int(re.sub(rb"\D", b"", found[1])) if found else None


def _inside(response: Response) -> Fault | None:
    """Looked for in the bytes first, as most answers are long and good."""
    if response.request.url.endswith(_SINGLE) or not _marked(response.body):
        return None
    for status, texts in _exceptions(response.json()):
        if status >= _SERVER:
            return Fault("retry", texts, str(status), remedy="the server broke off in the middle: ask for less at once")
        kinds: Mapping[int, Any] = {_FORBIDDEN: "access", _MISSING: "missing"}
        return Fault(kinds.get(status, "fatal"), texts, str(status), remedy=_REMEDIES.get(status, ""))
    return None


def _marked(body: bytes) -> bool:
    return _named(body) and any(broken.search(body) for broken in _BROKEN)


def _named(body: bytes) -> bool:
    """Whether one of the members is there. Their capital letter, which events hardly have, is found much sooner."""
    place, looks = body.find(b"E"), 0
    while place >= 0:
        if any(body.startswith(name, place - name.index(b"E")) for name in _NAMES if name.index(b"E") <= place):
            return True
        looks += 1
        if looks == _PATIENCE:
            return any(body.find(name, place) >= 0 for name in _NAMES)
        place = body.find(b"E", place + 1)
    return False


def broken(content: Any) -> bool:
    """Whether the *content* of a part of a batch is no data although its status is good."""
    return next(_exceptions(content), None) is not None


def _exceptions(answer: Any) -> Iterator[tuple[int, str]]:
    """Status and texts of the answer, of its items, and of the items of those."""
    if not isinstance(answer, dict):
        return
    wrong = answer.get("WebException")
    if isinstance(wrong, dict):
        yield int(wrong.get("StatusCode") or _SERVER), _texts(wrong.get("Errors"))
    elif answer.get("Errors"):
        yield _SERVER, _texts(answer["Errors"])
    for item in answer.get("Items") or ():
        yield from _exceptions(item)


def _texts(errors: Any) -> str:
    found = errors if isinstance(errors, list) else [errors]
    parts = [
        str(one.get("Message") or one.get("FieldName")) if isinstance(one, dict) else str(one) for one in found if one
    ]
    return "; ".join(parts[:3]) or "an error without words"
