"""What GraphQL queries find: discussions, projects, stargazers and watchers of the made-up account."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route, authorization

from .calls import Calls
from .crowd import graphql_user
from .people import user_number
from .query import QueryError, execute
from .refusals import Refused
from .repository import Record, Repository
from .world import SELF, Moved, World

__all__ = ["graph_routes"]

_TYPES = {
    "User": {"Actor", "Node", "RepositoryOwner", "ProjectV2Owner"},
    "Bot": {"Actor", "Node"},
    "Organization": {"Actor", "Node", "RepositoryOwner", "ProjectV2Owner"},
    "Discussion": {"Node"},
    "ProjectV2": {"Node"},
}
_FIELDS = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "STARRED_AT": "starredAt"}
_MOST = 100

Arguments = Mapping[str, Any]
Node = Callable[[Record], Any]


def _connection(rows: Sequence[Record], order: Callable[[Record], tuple[Any, ...]], node: Node) -> Any:
    """A connection over *rows*; its cursors stand for a place in the order, not for a position."""

    def resolve(arguments: Arguments) -> Record:
        size = arguments.get("first")
        if size is None or not 0 < size <= _MOST:
            raise QueryError(
                "You must provide a `first` value of 1 to 100 to properly paginate.", "MISSING_PAGINATION_BOUNDARIES"
            )
        falling = (arguments.get("orderBy") or {}).get("direction") == "DESC"
        placed = sorted(((list(order(row)), row) for row in rows), key=lambda pair: pair[0], reverse=falling)
        if after := arguments.get("after"):
            mark = orjson.loads(base64.b64decode(after))
            placed = [pair for pair in placed if (pair[0] < mark if falling else pair[0] > mark)]
        some = placed[:size]
        cursor = base64.b64encode(orjson.dumps(some[-1][0])).decode() if some else None
        return {
            "totalCount": len(rows),
            "pageInfo": {"hasNextPage": len(placed) > size, "endCursor": cursor},
            "nodes": [node(row) for _, row in some],
            "edges": [{**row, "node": node(row)} for _, row in some],
        }

    return resolve


def _by_field(arguments: Arguments, default: str) -> str:
    return _FIELDS[(arguments.get("orderBy") or {}).get("field", default)]


def _repository(one: Repository) -> Record:
    def discussions(arguments: Arguments) -> Any:
        field = _by_field(arguments, "CREATED_AT")
        rows = one.of("discussions") if one.discussions_enabled else []
        return _connection(rows, lambda row: (row[field], row["databaseId"]), lambda row: row)(arguments)

    def stargazers(arguments: Arguments) -> Any:
        rows = [{"starredAt": star["starred_at"], "user": star["user"]} for star in one.of("stargazers")]
        return _connection(rows, lambda row: (row["starredAt"], row["user"]["id"]), lambda row: _user(row["user"]))(
            arguments
        )

    def watchers(arguments: Arguments) -> Any:
        return _connection(one.of("watchers"), lambda row: (row["id"],), _user)(arguments)

    return {
        "__typename": "Repository",
        "hasDiscussionsEnabled": one.discussions_enabled,
        "discussions": discussions,
        "stargazers": stargazers,
        "watchers": watchers,
    }


def _user(short: Record) -> Record:
    return graphql_user((short["id"] - user_number(0)) // (user_number(1) - user_number(0))) or {}


class _Graph:
    def __init__(self, world: World) -> None:
        self.world = world

    def repository(self, arguments: Arguments) -> Record:
        name = f"{arguments['owner']}/{arguments['name']}"
        try:
            one = self.world.find(name)
        except Moved as moved:
            one = moved.repository
        except Refused:
            raise QueryError(f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND") from None
        if one.denied & {"*", "discussions"}:
            raise QueryError("Resource not accessible by personal access token", "FORBIDDEN")
        return _repository(one)

    def owner(self, arguments: Arguments) -> Record:
        wanted = str(arguments["login"]).lower()
        name = next((one for one in (*self.world.organizations, SELF) if one.lower() == wanted), None)
        if name is None:
            raise QueryError(f"Could not resolve to a User with the login of '{arguments['login']}'.", "NOT_FOUND")
        if name in self.world.denied_organizations:
            raise QueryError(
                "Your token has not been granted the required scopes to execute this query: 'read:project'.",
                "INSUFFICIENT_SCOPES",
            )

        def projects(some: Arguments) -> Any:
            field = _by_field(some, "CREATED_AT")
            return _connection(
                self.world.projects.get(name, []), lambda row: (row[field], row["number"]), lambda row: row
            )(some)

        return {"__typename": "User" if name == SELF else "Organization", "login": name, "projectsV2": projects}

    def answer(self, request: web.Request, body: Mapping[str, Any]) -> web.Response:
        facts = self.world.quota.facts(authorization(request))["graphql"]
        limits = {"cost": 1, "remaining": facts["remaining"], "resetAt": "2026-01-01T00:00:00Z"}
        root = {"repository": self.repository, "repositoryOwner": self.owner, "rateLimit": limits}
        try:
            data = execute(str(body.get("query", "")), body.get("variables") or {}, root, _TYPES)
        except QueryError as error:
            told = {"message": str(error), **({"type": error.kind} if error.kind else {}), "path": ["query"]}
            return json_answer({"data": None, "errors": [told]})
        return json_answer({"data": data})


def graph_routes(calls: Calls) -> list[Route]:
    """The one address of queries; a limit that is used up is told with status 200."""
    graph = _Graph(calls.world)

    def answer(request: web.Request) -> web.Response:
        return graph.answer(request, orjson.loads(request["body"] or b"{}"))

    return [calls.route(path, answer, resource="graphql", method="POST") for path in ("/graphql", "/api/graphql")]
