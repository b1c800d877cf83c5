"""The query resources: pages of 2,000 records by locator, deleted rows on request, and SOQL inside `composite`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route

from .calls import body_of, data_route, version_of
from .metadata import description
from .org import Org, Thing
from .records import Index
from .refusals import Refused, bad, not_found
from .rendering import json_records
from .selection import Path, path_of, select
from .soql import parse

__all__ = ["Queries", "query_routes"]

_LEAST, _MOST = 200, 2000
_SUBREQUESTS = 25


@dataclass
class _Cursor:
    thing: Thing
    paths: tuple[Path, ...]
    found: Index
    size: int
    place: int = 0


class Queries:
    """The handlers, and the results that wait to be read on."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.timeouts = 0
        """How many of the next queries are too wide and run out of time."""
        self._cursors: dict[str, _Cursor] = {}
        self._numbers = itertools.count(1)

    def forget(self) -> None:
        """Let every locator die."""
        self._cursors.clear()

    async def query(self, request: web.Request) -> web.Response:
        """Live records."""
        return json_answer(
            self._first(request.query.get("q", ""), request.headers, version_of(request), everything=False)
        )

    async def query_all(self, request: web.Request) -> web.Response:
        """Deleted and archived records as well."""
        return json_answer(
            self._first(request.query.get("q", ""), request.headers, version_of(request), everything=True)
        )

    async def more(self, request: web.Request) -> web.Response:
        """The next page."""
        return json_answer(self._more(request.match_info["locator"], version_of(request)))

    async def composite(self, request: web.Request) -> web.Response:
        """Several calls in one; queries and descriptions are understood here."""
        calls = (await body_of(request)).get("compositeRequest")
        if not isinstance(calls, list) or not 0 < len(calls) <= _SUBREQUESTS:
            raise bad("INVALID_COMPOSITE_REQUEST", f"1 to {_SUBREQUESTS} subrequests are needed")
        answers = [self._sub(call, request, version_of(request)) for call in calls]
        return json_answer({"compositeResponse": answers})

    def _sub(self, call: Mapping[str, Any], request: web.Request, version: str) -> dict[str, Any]:
        parts = urlsplit(str(call.get("url")))
        *_, name, resource = parts.path.split("/")
        headers = {**request.headers, **(call.get("httpHeaders") or {})}
        status: int = 200
        body: Any
        try:
            if resource == "describe":
                body = description(self.org.thing(name).kind, version)
            elif resource in {"query", "queryAll"}:
                query = parse_qs(parts.query).get("q", [""])[0]
                body = orjson.Fragment(self._first(query, headers, version, everything=resource == "queryAll"))
            else:
                raise not_found()
        except Refused as refused:
            status, body = refused.status, refused.body
        return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": call.get("referenceId")}

    def _first(self, text: str, headers: Mapping[str, str], version: str, *, everything: bool) -> bytes:
        query = parse(text)
        thing = self.org.queried(query.object)
        if self.timeouts > 0 and not query.count:
            self.timeouts -= 1
            raise bad("QUERY_TIMEOUT", "Your query request was running for too long.")
        paths = tuple(path_of(self.org, thing, path) for path in query.paths)
        found = select(self.org, query, everything=everything)
        if query.count:
            return orjson.dumps({"totalSize": len(found), "done": True, "records": []})
        cursor = _Cursor(thing, paths, found, min(_size(headers), self.org.page_rows, _widest(paths)))
        return self._page(cursor, f"0r8xx{next(self._numbers):06d}AEA", version)

    def _more(self, locator: str, version: str) -> bytes:
        key, _, place = locator.partition("-")
        cursor = self._cursors.get(key)
        if cursor is None or not place.isdecimal():
            raise bad("INVALID_QUERY_LOCATOR", "invalid query locator")
        cursor.place = int(place)
        return self._page(cursor, key, version)

    def _page(self, cursor: _Cursor, key: str, version: str) -> bytes:
        end = cursor.place + cursor.size
        page = cursor.found[cursor.place : end]
        done = end >= len(cursor.found)
        answer: dict[str, Any] = {"totalSize": len(cursor.found), "done": done}
        if not done:
            self._cursors[key] = cursor
            answer["nextRecordsUrl"] = f"/services/data/v{version}/query/{key}-{end}"
        answer["records"] = json_records(self.org, cursor.thing, page, cursor.paths, version)
        return orjson.dumps(answer)


def _size(headers: Mapping[str, str]) -> int:
    """Rows of a page: what the caller asks for is a hint between 200 and 2,000."""
    name, _, size = headers.get("Sforce-Query-Options", "").partition("=")
    if name.strip().lower() != "batchsize" or not size.strip().isdecimal():
        return _MOST
    return max(_LEAST, min(_MOST, int(size)))


def _widest(paths: Iterable[Path]) -> int:
    """Rows of a page: no more than 200 with two or more long texts of the user's own."""
    fields = [path.field for path in paths]
    long = [one for one in fields if one.type == "textarea" and one.name.endswith("__c")]
    return _LEAST if len(long) > 1 else _MOST


def query_routes(org: Org, queries: Queries) -> list[Route]:
    """The routes of both query resources."""
    return [
        data_route(org, "GET", "/query", queries.query, limit="query"),
        data_route(org, "GET", "/queryAll", queries.query_all, limit="query"),
        data_route(org, "GET", "/query/{locator}", queries.more, limit="query"),
        data_route(org, "POST", "/composite", queries.composite, limit="query"),
    ]
