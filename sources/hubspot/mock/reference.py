"""Owners, properties, pipelines, schemas and the account itself over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route

from .account import PORTAL
from .calls import page_of, route
from .definitions import Reference
from .refusals import missing_scope, no_object

__all__ = ["reference_routes"]

_DETAILS: Mapping[str, Any] = {
    "portalId": PORTAL,
    "accountType": "STANDARD",
    "timeZone": "Europe/Berlin",
    "companyCurrency": "EUR",
    "additionalCurrencies": [],
    "utcOffset": "+01:00",
    "utcOffsetMilliseconds": 3_600_000,
    "uiDomain": "app.hubspot.com",
    "dataHostingLocation": "na1",
}


class _Calls:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._account = reference.account

    async def owners(self, request: web.Request) -> web.Response:
        self._account.allow("owners")
        rows = self._reference.owners(archived=request.query.get("archived", "false") == "true")
        return page_of(request, rows, usual=100, most=500, extra={})

    async def properties(self, request: web.Request) -> web.Response:
        thing = self._account.thing(request.match_info["type"])
        if request.query.get("dataSensitivity", "non_sensitive") != "non_sensitive":
            return json_answer({"results": []})
        archived = request.query.get("archived", "false") == "true"
        return json_answer({"results": self._reference.properties(thing, archived=archived)})

    async def one_property(self, request: web.Request) -> web.Response:
        thing = self._account.thing(request.match_info["type"])
        name = request.match_info["name"]
        for one in self._reference.properties(thing):
            if one["name"] == name:
                return json_answer(one)
        raise no_object(f"Property {name!r} does not exist on {thing.kind.api}")

    async def pipelines(self, request: web.Request) -> web.Response:
        self._account.allow("pipelines")
        return json_answer({"results": self._reference.pipelines(self._account.thing(request.match_info["type"]))})

    async def schemas(self, request: web.Request) -> web.Response:
        if self._account.schemas_denied:
            raise missing_scope(["crm.schemas.custom.read"])
        archived = request.query.get("archived", "false") == "true"
        return json_answer({"results": [] if archived else self._reference.schemas()})

    async def details(self, _request: web.Request) -> web.Response:
        return json_answer(_DETAILS)

    async def usage(self, _request: web.Request) -> web.Response:
        return json_answer({"results": self._reference.usage()})


def reference_routes(reference: Reference) -> list[Route]:
    """The routes of everything in this module, in every version."""
    calls = _Calls(reference)
    routes: list[Route] = []
    for begin in ("/crm/v3/{}", "/crm/{}/{{version}}"):
        properties, pipelines = begin.format("properties"), begin.format("pipelines")
        routes += [
            route("GET", begin.format("owners"), calls.owners),
            route("GET", f"{properties}/{{type}}", calls.properties),
            route("GET", f"{properties}/{{type}}/{{name}}", calls.one_property),
            route("GET", f"{pipelines}/{{type}}", calls.pipelines),
        ]
    for version in ("v3", "{version}"):
        routes += [
            route("GET", f"/crm-object-schemas/{version}/schemas", calls.schemas),
            route("GET", f"/account-info/{version}/details", calls.details),
            route("GET", f"/account-info/{version}/api-usage/daily/private-apps", calls.usage),
        ]
    return routes
