"""Forms, marketing emails, campaigns and lists over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from aiohttp import web

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.samples import number_of
from lakeflow_sources.testing.vendor import Route

from .account import Account, Thing
from .calls import body_of, page_of, route, whole
from .records import LIVE, Index
from .refusals import no_object, not_valid
from .shelves import Shelves

__all__ = ["Marketing", "marketing_routes"]

_LISTS_USUAL, _LISTS_MOST = 20, 500
_MEMBERS_USUAL, _MEMBERS_MOST = 100, 250
_BOUNDS: Mapping[str, Callable[[int, int], bool]] = {
    "updatedAfter": lambda at, bound: at > bound,
    "updatedBefore": lambda at, bound: at < bound,
    "updatedAt": lambda at, bound: at == bound,
}


class Marketing:
    """The handlers, and the members of lists."""

    def __init__(self, account: Account, shelves: Shelves) -> None:
        self.account = account
        self.shelves = shelves

    def members(self, one: Mapping[str, Any]) -> tuple[Thing, Index]:
        """The records of a list: every second, third, ... one of its object type, by ascending id."""
        thing = self.account.known(one["objectTypeId"])
        step = 2 + int(one["listId"]) % 5
        live = thing.records.chosen(LIVE)
        return thing, live[live % step == 0]

    def member(self, one: Mapping[str, Any], thing: Thing, index: int) -> dict[str, Any]:
        """A record as a member of a list."""
        moment = self.account.moment(number_of(one["listId"], index))
        return {"recordId": str(thing.records.ids[index]), "membershipTimestamp": moment}

    async def emails(self, request: web.Request) -> web.Response:
        """Marketing emails, bounded by their time of change where asked."""
        self.account.allow("marketing_emails")
        rows = self._archived("marketing_emails", request)
        for name, inside in _BOUNDS.items():
            if name in request.query:
                bound = _moment(request.query[name])
                rows = [row for row in rows if inside(millis(row["updatedAt"]), bound)]
        sort = request.query.get("sort", "createdAt")
        if sort.lstrip("-") not in {"updatedAt", "createdAt", "name"}:
            raise not_valid(f"sort {sort!r} is not supported")
        rows = sorted(rows, key=itemgetter(sort.lstrip("-")), reverse=sort.startswith("-"))
        if request.query.get("includeStats") == "true":
            rows = [{**row, "stats": {"counters": {"sent": len(row["name"])}, "ratios": {}}} for row in rows]
        return page_of(request, rows, usual=100, most=1000, extra={"total": len(rows)})

    async def forms(self, request: web.Request) -> web.Response:
        """Forms."""
        self.account.allow("forms")
        return page_of(request, self._archived("forms", request), usual=20, most=100, extra={})

    async def campaigns(self, request: web.Request) -> web.Response:
        """Campaigns with the properties that are named."""
        self.account.allow("campaigns")
        names = [name for one in request.query.getall("properties", []) for name in one.split(",") if name]
        rows = [
            {**row, "properties": {name: row["properties"].get(name) for name in names}}
            for row in self.shelves.rows["campaigns"]
        ]
        return page_of(request, rows, usual=50, most=100, extra={"total": len(rows)})

    def _archived(self, table: str, request: web.Request) -> list[dict[str, Any]]:
        archived = request.query.get("archived", "false") == "true"
        return [row for row in self.shelves.rows[table] if row["archived"] is archived]

    async def lists(self, request: web.Request) -> web.Response:
        """Lists by offset and count."""
        self.account.allow("lists")
        body = await body_of(request)
        offset, count = int(body.get("offset") or 0), int(body.get("count") or _LISTS_USUAL)
        if not 0 < count <= _LISTS_MOST or offset < 0:
            raise not_valid(f"count must be between 1 and {_LISTS_MOST}")
        rows = [row for row in self.shelves.rows["lists"] if "deletedAt" not in row]
        end = min(offset + count, len(rows))
        answer = {"lists": rows[offset:end], "hasMore": end < len(rows), "offset": end, "total": len(rows)}
        return json_answer(answer)

    async def memberships(self, request: web.Request) -> web.Response:
        """Members of a list by ascending record id, or by the time they joined."""
        self.account.allow("lists")
        name = request.match_info["id"]
        found = [row for row in self.shelves.rows["lists"] if row["listId"] == name and "deletedAt" not in row]
        if not found:
            raise no_object(f"List {name} does not exist")
        thing, indexes = self.members(found[0])
        if request.path.endswith("join-order"):
            rows = [self.member(found[0], thing, index) for index in indexes.tolist()]
            rows.sort(key=itemgetter("membershipTimestamp"))
            return page_of(request, rows, usual=_MEMBERS_USUAL, most=_MEMBERS_MOST, extra={"total": len(rows)})
        limit = whole(request, "limit", _MEMBERS_USUAL, most=_MEMBERS_MOST)
        start = whole(request, "after", 0, least=0)
        shown = [self.member(found[0], thing, index) for index in indexes[start : start + limit].tolist()]
        answer: dict[str, Any] = {"results": shown, "total": len(indexes)}
        if start + limit < len(indexes):
            answer["paging"] = {"next": {"after": str(start + limit)}}
        return json_answer(answer)


def _moment(text: str) -> int:
    if text.isdecimal():
        return int(text)
    try:
        return millis(text.replace(" ", "+"))
    except ConfigurationError as error:
        raise not_valid(str(error)) from None


def marketing_routes(marketing: Marketing) -> list[Route]:
    """The routes of everything in this module, in every version."""
    routes: list[Route] = [
        route("GET", "/marketing/v3/forms", marketing.forms),
        route("GET", "/marketing/forms/2026-09-beta", marketing.forms),
    ]
    for begin in ("/marketing/v3/{}", "/marketing/{}/{{version}}"):
        routes += [
            route("GET", begin.format("emails"), marketing.emails),
            route("GET", begin.format("campaigns"), marketing.campaigns),
        ]
    for begin in ("/crm/v3/lists", "/crm/lists/{version}"):
        routes += [
            route("POST", f"{begin}/search", marketing.lists),
            route("GET", f"{begin}/{{id}}/memberships", marketing.memberships),
            route("GET", f"{begin}/{{id}}/memberships/join-order", marketing.memberships),
        ]
    return routes
