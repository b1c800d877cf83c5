"""What every call goes through: version, limits, moved repositories, ETags, changes that a test planned."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Handler, Route, authorization

from .refusals import Refused, secondary
from .repository import Repository
from .world import Moved, World

__all__ = ["Calls", "Planned", "repository_routes"]

_VERSIONS = ("2022-11-28", "2026-03-10")
_MALFORMED, _FORBIDDEN, _UNCHANGED = 400, 403, 304
_DROPPED = {"issue": ("assignee",), "pull": ("assignee", "merge_commit_sha")}
Answer = Callable[[web.Request], web.Response]
InRepository = Callable[[web.Request, Repository], web.Response]


@dataclass
class Planned:
    """A write that happens right after the *count*th call from now on whose path fits *pattern*."""

    pattern: re.Pattern[str]
    count: int
    action: str
    values: Mapping[str, Any]


@dataclass
class Calls:
    """The way from a handler's answer to what goes out."""

    world: World
    write: Callable[[str, Mapping[str, Any]], Any] | None = None
    planned: list[Planned] = field(default_factory=list)
    busy: list[float | None] = field(default_factory=list)
    """Secondary limits of the next calls, by the seconds that they name."""
    endless: bool = False
    """Whether every list says that there is a next page: the same one."""

    def route(
        self, path: str, answer: Answer, *, resource: str = "core", method: str = "GET", free: bool = False
    ) -> Route:
        """A signed endpoint."""

        async def handler(request: web.Request) -> web.Response:
            request["body"] = await request.read()
            return self._out(request, answer, "" if free else resource)

        return Route(method, path, handler)

    def _out(self, request: web.Request, answer: Answer, resource: str) -> web.Response:
        token = authorization(request)
        limit = resource or "core"
        try:
            _version(request)
            if self.busy and resource:
                raise secondary(self.busy.pop(0))
            if resource:
                self.world.quota.check(token, resource)
            response = answer(request)
            if self.endless and request.method == "GET":
                response.headers["Link"] = f'<{request.url}>; rel="next"'
            response = _tagged(request, response)
        except Moved as moved:
            response = _redirect(request, moved.repository)
        except Refused as refused:
            response = _told(refused, resource)
        if resource and response.status != _UNCHANGED:
            self.world.quota.charge(token, resource)
        for name, value in self.world.quota.headers(token, limit).items():
            response.headers.setdefault(name, value)
        self._do_planned(request.path)
        return response

    def _do_planned(self, path: str) -> None:
        for one in list(self.planned):
            if one.pattern.search(path):
                one.count -= 1
                if one.count == 0 and self.write is not None:
                    self.planned.remove(one)
                    self.write(one.action, one.values)


def _version(request: web.Request) -> None:
    if not request.headers.get("User-Agent"):
        raise Refused(
            _FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        )
    version = request.headers.get("X-GitHub-Api-Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise Refused(_MALFORMED, f"The specified REST API version is not supported: {version}")


def _told(refused: Refused, resource: str) -> web.Response:
    """Queries are told of a limit that is used up with status 200."""
    if resource == "graphql" and refused.headers.get("X-RateLimit-Remaining") == "0":
        return json_answer(
            {"errors": [{"type": "RATE_LIMITED", "message": refused.body["message"]}]}, 200, refused.headers
        )
    return refused.answer()


def _redirect(request: web.Request, repository: Repository) -> web.Response:
    """The lasting address of a repository that has another name now."""
    rest = "/".join(request.path_qs.split("/")[4:])
    query = "" if rest or "?" not in request.path_qs else f"?{request.query_string}"
    target = f"{request.scheme}://{request.host}/repositories/{repository.id}{f'/{rest}' if rest else query}"
    body = {"message": "Moved Permanently", "url": target, "documentation_url": "https://docs.github.com/rest"}
    return json_answer(body, HTTPStatus.MOVED_PERMANENTLY, {"Location": target})


def _tagged(request: web.Request, response: web.Response) -> web.Response:
    """With an ETag; nothing but that where the caller has it already."""
    if request.method != "GET" or not isinstance(response.body, bytes):
        return response
    link = response.headers.get("Link", "")
    etag = f'W/"{hashlib.sha256(response.body + link.encode()).hexdigest()[:40]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=_UNCHANGED, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return response


def drop_old(request: web.Request, kind: str, rows: Any) -> Any:
    """*rows* without the fields that the version of the call has not any more."""
    if request.headers.get("X-GitHub-Api-Version") != _VERSIONS[1]:
        return rows
    gone = _DROPPED[kind]
    return [{name: value for name, value in row.items() if name not in gone} for row in rows]


def repository_routes(calls: Calls, paths: Mapping[str, tuple[str, InRepository]]) -> list[Route]:
    """Endpoints below a repository, which has two addresses: `/repos/owner/name` and `/repositories/id`.

    *paths*: the rest of the address, with the area that the token needs the right to read.
    """
    return [
        calls.route(prefix + rest, _inside(calls.world, area, answer))
        for rest, (area, answer) in paths.items()
        for prefix in ("/repos/{owner}/{repo}", r"/repositories/{repository_id:\d+}")
    ]


def _inside(world: World, area: str, answer: InRepository) -> Answer:
    def inner(request: web.Request) -> web.Response:
        found = request.match_info
        number = found.get("repository_id")
        one = world.by_id(int(number)) if number else world.find(f"{found['owner']}/{found['repo']}")
        if area and one.denied & {area, "*"}:
            raise _denied(area)
        return answer(request, one)

    return inner


def _denied(area: str) -> Refused:
    headers = {"X-Accepted-GitHub-Permissions": f"{area}=read"}
    return Refused(_FORBIDDEN, "Resource not accessible by personal access token", headers)


def dump(value: Any) -> web.Response:
    """*value* as an answer without pages."""
    return json_answer(orjson.dumps(value))


def handler_of(answer: Answer) -> Handler:
    """*answer* as it is for a route that is not signed."""

    async def handler(request: web.Request) -> web.Response:
        try:
            return answer(request)
        except Refused as refused:
            return refused.answer()

    return handler
