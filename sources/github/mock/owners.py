"""Endpoints of organizations, users, the token itself, and of the app that gives out tokens."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route, authorization

from .calls import Calls, dump, handler_of
from .lists import by_number
from .people import node, user
from .refusals import Refused, forbidden, missing
from .repository import Record, Repository
from .world import ORGANIZATION, SELF, World

__all__ = ["APP_ID", "INSTALLATION", "Owners", "owner_routes"]

APP_ID, INSTALLATION = "Iv23mockclient", "4711"
_UNAUTHORIZED, _CREATED = 401, 201
_LONGEST = 600  # seconds that a statement of an app may be good for
_SKEW = 30


class Owners:
    """Answers about owners and about who asks."""

    def __init__(self, world: World, public_key: str) -> None:
        self.world = world
        self._public_key = public_key

    def _organization(self, request: web.Request, permission: str = "") -> str:
        wanted = request.match_info["org"].lower()
        name = next((name for name in self.world.organizations if name.lower() == wanted), None)
        if name is None:
            raise missing()
        if permission and name in self.world.denied_organizations:
            raise forbidden(permission)
        return name

    def organization(self, request: web.Request) -> web.Response:
        """One organization."""
        return dump(self.world.organizations[self._organization(request)])

    def organization_repositories(self, request: web.Request) -> web.Response:
        """All that the token may see, the newest first unless asked otherwise."""
        return self._repositories(request, self.world.of_owner(self._organization(request)))

    def user_repositories(self, request: web.Request) -> web.Response:
        """Public ones of a user."""
        found = self.world.of_owner(request.match_info["user"])
        if request.match_info["user"].lower() != SELF:
            raise missing()
        return self._repositories(request, [one for one in found if not one.record["private"]])

    def own_repositories(self, request: web.Request) -> web.Response:
        """All that the user of the token may see, or owns."""
        self._as_user(request)
        owned = request.query.get("affiliation") == "owner"
        found = self.world.of_owner(SELF) if owned else [one for one in self.world.repositories if not one.hidden]
        return self._repositories(request, found)

    def installation_repositories(self, request: web.Request) -> web.Response:
        """What the app was installed for."""
        if not self._is_app(request):
            raise Refused(403, "You must authenticate with an installation access token in order to list repositories.")
        rows = [one.record for one in self.world.of_owner(ORGANIZATION)]
        return by_number(
            request,
            rows,
            shape=lambda some: {"total_count": len(rows), "repository_selection": "all", "repositories": list(some)},
        )

    def _repositories(self, request: web.Request, found: list[Repository]) -> web.Response:
        rows = [one.record for one in found]
        rising = request.query.get("sort") == "created" and request.query.get("direction") == "asc"
        return by_number(request, rows if rising else rows[::-1])

    def _is_app(self, request: web.Request) -> bool:
        token = authorization(request).rpartition(" ")[2]
        return token in self.world.installation_tokens

    def _as_user(self, request: web.Request) -> None:
        if self._is_app(request):
            raise Refused(403, "Resource not accessible by integration")

    def myself(self, request: web.Request) -> web.Response:
        """The user of the token."""
        self._as_user(request)
        return dump({**user(0), "name": "Mona", "public_repos": 1})

    def own_organizations(self, request: web.Request) -> web.Response:
        """Organizations of the user of the token."""
        self._as_user(request)
        names = ("login", "id", "node_id", "url", "description")
        return by_number(request, [{n: one[n] for n in names} for one in self.world.organizations.values()])

    def members(self, request: web.Request) -> web.Response:
        """Members with a role: every tenth is an owner."""
        count = self.world.members[self._organization(request, "members=read")]
        role = request.query.get("role", "all")
        rows = [user(n) for n in range(count) if role in ("all", "admin" if n % 10 == 0 else "member")]
        return by_number(request, rows)

    def teams(self, request: web.Request) -> web.Response:
        """Teams; every one but the first is below the first."""
        return by_number(request, self.team_rows(self._organization(request, "members=read")))

    def team_rows(self, name: str) -> list[Record]:
        """The teams of an organization."""
        rows = self.world.teams[name]
        first = {**rows[0], "permissions": None} if rows else None
        return [{**one, "parent": first if place else None} for place, one in enumerate(rows)]

    def team(self, request: web.Request) -> web.Response:
        """A team by its slug."""
        return dump(self._team(request))

    def _team(self, request: web.Request) -> Record:
        name, slug = self._organization(request, "members=read"), request.match_info["slug"]
        found = next((one for one in self.world.teams[name] if one["slug"] == slug), None)
        if found is None:
            raise missing()
        return found

    def team_members(self, request: web.Request) -> web.Response:
        """Members of a team."""
        return by_number(request, self.member_rows(self._team(request)))

    def member_rows(self, team: Record) -> list[Record]:
        """Seven of them."""
        return [
            {**user(team["id"] % 5 + n), "role": "maintainer" if n == 0 else "member", "inherited": n > 4}
            for n in range(7)
        ]

    def limits(self, request: web.Request) -> web.Response:
        """How much is left; asking is free."""
        facts = self.world.quota.facts(authorization(request))
        return dump({"resources": facts, "rate": facts["core"]})

    def installation_token(self, request: web.Request) -> web.Response:
        """A token for an hour, in exchange for a statement that the app has signed."""
        self._check_statement(authorization(request))
        if request.match_info["id"] != INSTALLATION:
            raise missing()
        tokens = self.world.setup.tokens
        issued = tokens.issue()
        self.world.installation_tokens.add(issued.access_token)
        ends = datetime.fromtimestamp(time.time() + issued.expires_in, tz=UTC)
        answer = {
            "token": issued.access_token,
            "expires_at": ends.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "permissions": {"issues": "read", "metadata": "read"},
            "repository_selection": "all",
            "node_id": node("IT", tokens.issued),
        }
        return json_answer(answer, _CREATED)

    def _check_statement(self, authorization_header: str) -> None:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import RSAKey

        try:
            text = authorization_header.rpartition(" ")[2]
            claims: dict[str, Any] = jwt.decode(text, RSAKey.import_key(self._public_key), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            self.world.setup.tokens.refused += 1
            raise Refused(_UNAUTHORIZED, "A JSON web token could not be decoded") from None
        now = time.time()
        if claims.get("iss") != APP_ID:
            raise Refused(_UNAUTHORIZED, "'Issuer' claim ('iss') must be an Integer or a client id")
        if (
            not claims.get("iat", now + _LONGEST) <= now + _SKEW
            or not now < claims.get("exp", 0) <= now + _LONGEST + _SKEW
        ):
            raise Refused(_UNAUTHORIZED, "'Expiration time' claim ('exp') is too far in the future")


def owner_routes(calls: Calls, owners: Owners) -> list[Route]:
    """Every endpoint that is not below a repository."""
    return [
        calls.route("/orgs/{org}", owners.organization),
        calls.route("/orgs/{org}/repos", owners.organization_repositories),
        calls.route("/orgs/{org}/members", owners.members),
        calls.route("/orgs/{org}/teams", owners.teams),
        calls.route("/orgs/{org}/teams/{slug}", owners.team),
        calls.route("/orgs/{org}/teams/{slug}/members", owners.team_members),
        calls.route("/users/{user}/repos", owners.user_repositories),
        calls.route("/user", owners.myself),
        calls.route("/user/repos", owners.own_repositories),
        calls.route("/user/orgs", owners.own_organizations),
        calls.route("/installation/repositories", owners.installation_repositories),
        calls.route("/rate_limit", owners.limits, free=True),
        Route(
            "POST",
            "/app/installations/{id}/access_tokens",
            handler_of(owners.installation_token),
            "sign_in",
            signed=False,
        ),
    ]
