"""CRM records over HTTP: list, one record, batch read and search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import numpy as np
import orjson
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.vendor import Route

from .account import Account, Thing
from .calls import body_of, route, whole
from .links import Associations
from .records import ARCHIVED, LIVE, Index
from .refusals import no_object, not_valid
from .rendering import render
from .search import View, search, view_of

__all__ = ["object_routes"]

_LIST_MOST, _LIST_USUAL = 100, 10
_SEARCH_MOST, _SEARCH_CAP, _BODY_CAP = 200, 10_000, 3_000
_BATCH_MOST = 100
_LINKS_SHOWN = 100
_AFTER = re.compile(r"(?:^|&)after=[^&]*")


class Objects:
    """The handlers; the search index of each type is kept between calls."""

    def __init__(self, account: Account, associations: Associations) -> None:
        self.account = account
        self.associations = associations
        self._views: dict[str, View] = {}

    async def list(self, request: web.Request) -> web.Response:
        """Records by ascending id; `after` is the id to go on from, and belongs to the page."""
        thing = self.account.thing(request.match_info["type"])
        limit = whole(request, "limit", _LIST_USUAL, most=_LIST_MOST)
        archived = request.query.get("archived", "false") == "true"
        pool = thing.records.chosen(ARCHIVED if archived else LIVE)
        after = whole(request, "after", 0, least=0)
        begin = int(np.searchsorted(pool, np.searchsorted(thing.records.ids, after)))
        page = pool[begin : begin + limit]
        texts = render(thing.records, thing.values, page, _asked(thing, request.query.getall("properties", [])))
        wanted = _split(request.query.getall("associations", []))
        if wanted:
            texts = [self._linked(thing, index, text, wanted) for index, text in zip(page.tolist(), texts, strict=True)]
        more = pool[begin + limit : begin + limit + 1]
        end = _next(request, str(thing.records.ids[more[0]])) if len(more) else b""
        return json_answer(b'{"results":[%s]%s}' % (b",".join(texts), end))

    def _linked(self, thing: Thing, index: int, text: bytes, wanted: Sequence[str]) -> bytes:
        links = {}
        for name in wanted:
            target = self.account.thing(name)
            found = self.associations.links(thing, index, target)
            shown = [
                {"id": str(link.to_id), "type": f"{thing.kind.singular}_to_{target.kind.singular}"} for link in found
            ]
            if not shown:
                continue
            page: dict[str, Any] = {"results": shown[:_LINKS_SHOWN]}
            if len(shown) > _LINKS_SHOWN:
                page["paging"] = {"next": {"after": shown[_LINKS_SHOWN]["id"]}}
            links[target.kind.api] = page
        return text if not links else b'%s,"associations":%s}' % (text[:-1], orjson.dumps(links))

    async def one(self, request: web.Request) -> web.Response:
        """One record by its id."""
        thing = self.account.thing(request.match_info["type"])
        archived = request.query.get("archived", "false") == "true"
        found = _find(thing, request.match_info["id"], ARCHIVED if archived else LIVE)
        if found is None:
            raise no_object(f"Object not found. objectId: {request.match_info['id']}")
        names = _asked(thing, request.query.getall("properties", []))
        return json_answer(render(thing.records, thing.values, np.array([found]), names)[0])

    async def batch(self, request: web.Request) -> web.Response:
        """Up to 100 records by id; 207 when some do not exist."""
        thing = self.account.thing(request.match_info["type"])
        body = await body_of(request)
        inputs = body.get("inputs")
        if not isinstance(inputs, list) or not 0 < len(inputs) <= _BATCH_MOST:
            raise not_valid(f"A batch has 1 to {_BATCH_MOST} inputs")
        if body.get("idProperty", "hs_object_id") != "hs_object_id":
            raise not_valid("idProperty must be a unique property; this account has none but hs_object_id")
        state = ARCHIVED if request.query.get("archived", "false") == "true" else LIVE
        ids = [str(one.get("id", "")) for one in inputs]
        places = {one: _find(thing, one, state) for one in ids}
        found: Index = np.array(sorted({place for place in places.values() if place is not None}), dtype=np.int64)
        texts = render(thing.records, thing.values, found, _asked(thing, body.get("properties") or []))
        return self._batch_answer(thing, texts, [one for one, place in places.items() if place is None])

    def _batch_answer(self, thing: Thing, texts: Sequence[bytes], missing: Sequence[str]) -> web.Response:
        now = iso(self.account.clock.now())
        error: dict[str, Any] = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Some {thing.kind.singular} objects could not be read, they may be deleted or not exist.",
            "context": {"ids": missing},
        }
        end: dict[str, Any] = {"startedAt": now, "completedAt": now, "status": "COMPLETE"}
        if missing:
            end |= {"numErrors": 1, "errors": [error]}
        status = HTTPStatus.MULTI_STATUS if missing else HTTPStatus.OK
        return json_answer(b'{"results":[%s],%s' % (b",".join(texts), orjson.dumps(end)[1:]), status)

    async def search(self, request: web.Request) -> web.Response:
        """Live records that the index knows and that match, at most 10,000 of them."""
        thing = self.account.thing(request.match_info["type"])
        text = await request.text()
        if len(text) > _BODY_CAP:
            raise not_valid(f"The request body is longer than {_BODY_CAP} characters")
        body = await body_of(request)
        limit, after = _number(body, "limit", _LIST_USUAL), _number(body, "after", 0)
        if not 0 <= limit <= _SEARCH_MOST:
            raise not_valid(f"limit must be between 0 and {_SEARCH_MOST}")
        if after < 0 or after >= _SEARCH_CAP:
            raise not_valid(f"Only the first {_SEARCH_CAP} results of a search can be read")
        view = view_of(thing, self._views.get(thing.kind.api), self.account.clock.now())
        self._views[thing.kind.api] = view
        found = search(thing, view, body)
        end = min(after + limit, _SEARCH_CAP)
        texts = render(view, thing.values, found.indexes[after:end], _asked(thing, body.get("properties") or []))
        paging = b',"paging":{"next":{"after":"%d"}}' % end if end < len(found.indexes) and limit else b""
        return json_answer(b'{"total":%d,"results":[%s]%s}' % (len(found.indexes), b",".join(texts), paging))


def object_routes(account: Account, associations: Associations) -> list[Route]:
    """The routes of all object types, in every version."""
    objects = Objects(account, associations)
    routes: list[Route] = []
    for begin in ("/crm/v3/objects", "/crm/objects/{version}"):
        routes += [
            route("POST", f"{begin}/{{type}}/search", objects.search, limit="search"),
            route("POST", f"{begin}/{{type}}/batch/read", objects.batch),
            route("GET", f"{begin}/{{type}}", objects.list),
            route("GET", f"{begin}/{{type}}/{{id}}", objects.one),
        ]
    return routes


def _asked(thing: Thing, given: Sequence[str]) -> tuple[str, ...]:
    return tuple(_split(given)) or thing.kind.defaults


def _split(given: Sequence[str]) -> list[str]:
    return [name for one in given for name in str(one).split(",") if name]


def _find(thing: Thing, text: str, state: int) -> int | None:
    place = thing.records.find(int(text)) if text.isdecimal() else None
    return place if place is not None and thing.records.state[place] == state else None


def _number(body: Mapping[str, Any], name: str, default: int) -> int:
    text = str(body.get(name) if body.get(name) is not None else default)
    if not re.fullmatch(r"-?\d+", text):
        raise not_valid(f"{name} must be an integer, not {text!r}")
    return int(text)


def _next(request: web.Request, after: str) -> bytes:
    query = _AFTER.sub("", request.query_string).lstrip("&")
    link = f"{request.scheme}://{request.host}{request.path}?{query}{'&' if query else ''}after={after}"
    return b',"paging":%s' % orjson.dumps({"next": {"after": after, "link": link}})
