"""Links between records over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.vendor import Route

from .account import Account, Thing
from .calls import body_of, route, whole
from .links import Associations, Link
from .records import LIVE
from .refusals import no_object, not_valid

__all__ = ["association_routes"]

_INPUTS = 1_000


class _Calls:
    def __init__(self, account: Account, associations: Associations) -> None:
        self._account = account
        self._associations = associations

    async def batch(self, request: web.Request) -> web.Response:
        """Links of up to 1,000 records; a record with more than a page of them says where to go on."""
        thing, target = self._pair(request)
        inputs = (await body_of(request)).get("inputs")
        if not isinstance(inputs, list) or not 0 < len(inputs) <= _INPUTS:
            raise not_valid(f"A batch has 1 to {_INPUTS} inputs")
        results, errors = [], []
        for one in inputs:
            found = self._result(thing, target, one)
            if found is None:
                errors.append(_no_links(thing, target, str(one.get("id"))))
            else:
                results.append(found)
        now = iso(self._account.clock.now())
        answer = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if not errors:
            return json_answer(answer)
        return json_answer({**answer, "numErrors": len(errors), "errors": errors}, HTTPStatus.MULTI_STATUS)

    def _result(self, thing: Thing, target: Thing, one: Mapping[str, Any]) -> dict[str, Any] | None:
        text, after = str(one.get("id", "")), str(one.get("after") or 0)
        index = thing.records.find(int(text)) if text.isdecimal() else None
        if index is None or thing.records.state[index] != LIVE or not after.isdecimal():
            return None
        found, page = self._associations.links(thing, index, target), self._account.association_page
        if not found:
            return None
        rest = [link for link in found if link.to_id >= int(after)]
        result: dict[str, Any] = {"from": {"id": text}, "to": self._targets(thing, target, rest[:page])}
        if len(rest) > page:
            result["paging"] = {"next": {"after": str(rest[page].to_id)}}
        return result

    def _targets(self, thing: Thing, target: Thing, links: Sequence[Link]) -> list[dict[str, Any]]:
        types = {flag: self._associations.types(thing, target, labelled=flag) for flag in (False, True)}
        return [{"toObjectId": link.to_id, "associationTypes": types[link.labelled]} for link in links]

    async def one(self, request: web.Request) -> web.Response:
        """Links of one record."""
        thing, target = self._pair(request)
        text = request.match_info["id"]
        index = thing.records.find(int(text)) if text.isdecimal() else None
        if index is None or thing.records.state[index] != LIVE:
            raise no_object(f"Object not found. objectId: {text}")
        limit, after = whole(request, "limit", 500, most=500), whole(request, "after", 0, least=0)
        rest = [link for link in self._associations.links(thing, index, target) if link.to_id >= after]
        answer: dict[str, Any] = {"results": self._targets(thing, target, rest[:limit])}
        if len(rest) > limit:
            answer["paging"] = {"next": {"after": str(rest[limit].to_id)}}
        return json_answer(answer)

    async def labels(self, request: web.Request) -> web.Response:
        """The kinds of link between two types."""
        return json_answer({"results": self._associations.types(*self._pair(request), labelled=True)})

    def _pair(self, request: web.Request) -> tuple[Thing, Thing]:
        self._account.allow("associations")
        return self._account.thing(request.match_info["type"]), self._account.thing(request.match_info["to"])


def _no_links(thing: Thing, target: Thing, text: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.kind.singular} is associated with {thing.kind.singular} {text}.",
        "context": {"fromObjectId": [text], "fromObjectType": [thing.kind.singular]},
    }


def association_routes(account: Account, associations: Associations) -> list[Route]:
    """The routes of links, in every version."""
    calls = _Calls(account, associations)
    routes: list[Route] = []
    for begin in ("/crm/v4/associations", "/crm/associations/{version}"):
        routes += [
            route("POST", f"{begin}/{{type}}/{{to}}/batch/read", calls.batch, limit="associations"),
            route("GET", f"{begin}/{{type}}/{{to}}/labels", calls.labels, limit="associations"),
        ]
    for begin in ("/crm/v4/objects", "/crm/objects/{version}"):
        path = f"{begin}/{{type}}/{{id}}/associations/{{to}}"
        routes.append(route("GET", path, calls.one, limit="associations"))
    return routes
