"""Endpoints as functions of their query, so that plain calls and the parts of a batch have the same answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer, json_of
from lakeflow_sources.testing.vendor import Route

from .refusals import Refused

__all__ = ["PREFIX", "Endpoint", "Query", "batch_route", "number", "page_of", "routes"]

PREFIX = "/piwebapi"
_LIST_SIZE = 1000
_MOST_BATCH = 500


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters of a call, each possibly several times."""

    values: Mapping[str, Sequence[str]]

    def get(self, name: str, default: str = "") -> str:
        """The first value."""
        return next(iter(self.values.get(name, ())), default)

    def all(self, name: str) -> list[str]:
        """Every value."""
        return list(self.values.get(name, ()))

    def flag(self, name: str) -> bool:
        """`true` or not."""
        return self.get(name).lower() == "true"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """GET of *path*, whose `{webid}` is handed to *call* with the query."""

    path: str
    call: Callable[[Query, str], Any]

    def match(self, path: str) -> str | None:
        """The WebID in *path*, empty where the endpoint has none; `None` where the path is another one."""
        found = re.fullmatch(re.escape(self.path).replace(r"\{webid\}", "([^/]+)"), path)
        return None if found is None else found[1] if found.groups() else ""


def number(query: Query, name: str, default: int, most: int) -> int:
    """A count of the query; above *most* it is the vendor's 400."""
    text = query.get(name, str(default))
    if not text.lstrip("-").isdigit():
        raise Refused(HTTPStatus.BAD_REQUEST, f"The parameter '{name}' is not valid.")
    if int(text) > most:
        raise Refused(HTTPStatus.BAD_REQUEST, f"Parameter '{name}' is greater than the maximum allowed ({most}).")
    return int(text)


def page_of(query: Query, rows: Sequence[Any], most: int) -> dict[str, Any]:
    """A page of a list, with links where the next one is."""
    size, start = number(query, "maxCount", _LIST_SIZE, most), number(query, "startIndex", 0, 2**31)
    links = {"Next": f"https://pi.example/next?startIndex={start + size}"} if start + size < len(rows) else {}
    return {"Links": links, "Items": list(rows[start : start + size])}


def routes(endpoints: Sequence[Endpoint], *, indented: bool) -> list[Route]:
    """The routes of plain calls."""
    return [Route("GET", PREFIX + one.path, _handler(one, indented=indented)) for one in endpoints]


def _handler(endpoint: Endpoint, *, indented: bool) -> Any:
    async def handler(request: web.Request) -> web.Response:
        values = {name: request.query.getall(name) for name in request.query}
        try:
            answer = endpoint.call(Query(values), request.match_info.get("webid", ""))
            return json_answer(json.dumps(answer, indent=2, ensure_ascii=False).encode() if indented else answer)
        except Refused as refused:
            return json_answer(refused.body, refused.status)

    return handler


def batch_route(endpoints: Sequence[Endpoint]) -> Route:
    """`POST /batch`: parts by name, each with its own status; refused without the header against forgery."""

    async def handler(request: web.Request) -> web.Response:
        if "X-Requested-With" not in request.headers:
            return json_answer({"Message": "Missing the header X-Requested-With."}, HTTPStatus.FORBIDDEN)
        parts = await json_of(request)
        if parts is None or len(parts) > _MOST_BATCH:
            return json_answer({"Errors": ["The batch request is not valid."]}, HTTPStatus.BAD_REQUEST)
        answers = {name: _part(endpoints, part) for name, part in parts.items()}
        return json_answer(answers, HTTPStatus.MULTI_STATUS)

    return Route("POST", f"{PREFIX}/batch", handler)


def _part(endpoints: Sequence[Endpoint], part: Mapping[str, Any]) -> dict[str, Any]:
    target = urlsplit(str(part.get("Resource", "")))
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if not target.scheme or part.get("Method") != "GET":
        return {"Status": 400, "Headers": headers, "Content": {"Errors": ["Resource must be an absolute URL."]}}
    path = target.path.partition(PREFIX)[2]
    for endpoint in endpoints:
        webid = endpoint.match(path)
        if webid is not None:
            try:
                content = endpoint.call(Query(parse_qs(target.query, keep_blank_values=True)), webid)
            except Refused as refused:
                return {"Status": refused.status, "Headers": headers, "Content": refused.body}
            return {"Status": 200, "Headers": headers, "Content": content}
    return {"Status": 404, "Headers": headers, "Content": {"Errors": ["No HTTP resource was found."]}}
