"""The made-up part of GitHub that a token sees: organizations, users and their repositories."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import iso, millis
from lakeflow_sources.testing.vendor import Setup

from .automation import fill_automation
from .code import fill_code
from .crowd import fill_crowd, graphql_user
from .people import API, WEB, node, team, user
from .quota import Quota
from .refusals import Refused, missing
from .repository import Record, Repository, Times, describe, second
from .talk import fill_talk
from .tracker import fill_tracker

__all__ = ["AMOUNTS", "ORGANIZATION", "SELF", "Moved", "World"]

ORGANIZATION, QUIET, SELF = "octo-labs", "quiet-org", "mona"
_UNTIL = millis("2025-07-01T00:00:00Z")
_LEGAL = 451
AMOUNTS = {
    "repositories": 3,
    "issues": 120,
    "comments": 150,
    "events": 130,
    "review_comments": 80,
    "commits": 130,
    "branches": 8,
    "tags": 20,
    "releases": 12,
    "stargazers": 60,
    "watchers": 40,
    "runs": 60,
    "deployments": 15,
    "discussions": 25,
    "public_events": 90,
    "pull_commits": 3,
    "pull_files": 4,
    "members": 30,
    "teams": 4,
    "projects": 6,
}
"""Of the largest repository; the others have an eighth of it."""
_OTHERS = 8


class Moved(Exception):  # noqa: N818 - an answer of the API
    """The repository has another name now."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        super().__init__(repository.name)


class World:
    """All data of the mock, and who may see it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.clock = setup.clock
        self.until = setup.clock.now() if setup.clock.frozen else _UNTIL
        self.times = Times(setup.seed, self.until)
        self.amounts = _amounts(setup.records)
        self.moved: dict[str, Repository] = {}
        self.repositories: list[Repository] = []
        self.quota = Quota(
            {
                "core": int(setup.number("core_limit", 5000)),
                "graphql": int(setup.number("graphql_limit", 5000)),
                "search": 30,
            },
            enforced="core_limit" in setup.options or "graphql_limit" in setup.options or setup.flag("enforce_limits"),
            seconds=setup.number("reset_seconds", 3600),
        )
        self.organizations = {
            name: _organization(name, number, self.until) for name, number in ((ORGANIZATION, 9001), (QUIET, 9002))
        }
        self.members = {ORGANIZATION: self.amounts["members"], QUIET: 2}
        self.teams = {ORGANIZATION: [team(number, ORGANIZATION) for number in range(self.amounts["teams"])], QUIET: []}
        self.projects = {name: self._projects(name) for name in (ORGANIZATION, SELF)}
        self.denied_organizations: set[str] = set()
        self.installation_tokens: set[str] = set()
        self._fill()

    def _fill(self) -> None:
        self._add(ORGANIZATION, "hello-world", 1)
        self._add(ORGANIZATION, "empty", None)
        self._add(ORGANIZATION, "no-issues", _OTHERS, issues=False, discussions=False)
        self._add(ORGANIZATION, "old-tools", _OTHERS).record["archived"] = True
        self.moved[f"{ORGANIZATION}/old-name"] = self._add(ORGANIZATION, "new-name", _OTHERS)
        self._add(ORGANIZATION, "locked", _OTHERS).denied.add("*")
        self._add(ORGANIZATION, "taken-down", None).blocked = True
        for number in range(1, self.amounts["repositories"] + 1):
            self._add(ORGANIZATION, f"repo-{number}", 1 if self.setup.flag("large") else _OTHERS)
        self._add(QUIET, "still", _OTHERS)
        self._add(SELF, "blog", _OTHERS)
        self._add(SELF, "dotfiles", _OTHERS).record.update(private=True, visibility="private")

    def _add(
        self, owner: str, name: str, part: int | None, *, issues: bool = True, discussions: bool = True
    ) -> Repository:
        number = 1_296_000 + len(self.repositories)
        repository = Repository(
            number, owner, name, self.setup.seed, issues_enabled=issues, discussions_enabled=discussions
        )
        created = self.times.rising("repository", len(self.repositories), 40) - 3 * 365 * 86_400_000
        repository.record = describe(repository, self.owner_record(owner), created)
        if part is not None:
            amounts = {kind: amount if part == 1 else -(-amount // part) for kind, amount in self.amounts.items()}
            amounts |= {"discussions": amounts["discussions"] if discussions else 0}
            repository.fill = partial(_fill, times=self.times, amounts=amounts)
            repository.record["pushed_at"] = second(self.until - 86_400_000)
            repository.record["stargazers_count"] = amounts["stargazers"]
        self.repositories.append(repository)
        return repository

    def owner_record(self, name: str) -> Record:
        """The short record of an owner."""
        if name == SELF:
            return user(0)
        found = self.organizations[name]
        return {
            **user(0),
            **{key: found[key] for key in ("login", "id", "node_id", "url", "html_url", "avatar_url")},
            "type": "Organization",
        }

    def _projects(self, owner: str) -> list[Record]:
        found = []
        for index in range(self.amounts["projects"]):
            created = self.times.rising("project", index, self.amounts["projects"])
            found.append(self.project(owner, index + 1, created, self.times.changed("project", index, created)))
        return found

    def project(self, owner: str, number: int, created: int, changed: int) -> Record:
        """A project in the shape of the GraphQL API."""
        closed = number % 3 == 0
        return {
            "__typename": "ProjectV2",
            "id": node(f"PVT_{owner}", number),
            "number": number,
            "title": f"Roadmap ünï {number}",
            "shortDescription": None if number % 2 else "what comes next",
            "readme": None,
            "url": f"{WEB}/orgs/{owner}/projects/{number}",
            "public": number % 2 == 0,
            "template": False,
            "closed": closed,
            "closedAt": second(changed) if closed else None,
            "createdAt": second(created),
            "updatedAt": second(changed),
            "creator": graphql_user(number),
            "items": {"totalCount": number * 3},
        }

    def find(self, full_name: str) -> Repository:
        """The repository called *full_name*, if the token may know of it."""
        wanted = full_name.lower()
        for one in self.repositories:
            if f"{one.owner}/{one.name}".lower() == wanted:
                return self._seen(one)
        if wanted in self.moved:
            raise Moved(self.moved[wanted])
        raise missing()

    def by_id(self, number: int) -> Repository:
        """The repository with this id."""
        for one in self.repositories:
            if one.id == number:
                return self._seen(one)
        raise missing()

    def _seen(self, one: Repository) -> Repository:
        if one.hidden:
            raise missing()
        if one.blocked:
            raise Refused(_LEGAL, "Repository access blocked", block={"reason": "dmca"})
        return one

    def known(self, name: str) -> Repository:
        """The repository that a test calls *name*, with or without its owner."""
        for one in self.repositories:
            if name in (one.name, f"{one.owner}/{one.name}"):
                return one
        raise ConfigurationError(
            f"There is no repository {name!r}", f"use {', '.join(r.name for r in self.repositories)}"
        )

    def of_owner(self, owner: str) -> list[Repository]:
        """The repositories of an owner in the order of their creation."""
        return [one for one in self.repositories if one.owner.lower() == owner.lower() and not one.hidden]


def _fill(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    if repository.issues_enabled:
        fill_tracker(repository, times, amounts)
        fill_talk(repository, times, amounts)
    fill_code(repository, times, amounts)
    fill_automation(repository, times, amounts)
    fill_crowd(repository, times, amounts)


def _amounts(asked: Mapping[str, int]) -> dict[str, int]:
    unknown = sorted(set(asked) - set(AMOUNTS))
    if unknown:
        raise ConfigurationError(f"There are no {', '.join(unknown)} to make", f"use {', '.join(AMOUNTS)}")
    return {**AMOUNTS, **asked}


def _organization(name: str, number: int, until: int) -> dict[str, Any]:
    api = f"{API}/orgs/{name}"
    return {
        "login": name,
        "id": number,
        "node_id": node("O", number),
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "description": 'Labs for ünï "quotes"\nand lines',
        "name": "Octo Labs",
        "blog": "https://example.com",
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": 9,
        "public_gists": 0,
        "followers": 12,
        "following": 0,
        "html_url": f"{WEB}/{name}",
        "type": "Organization",
        "total_private_repos": 1,
        "plan": {"name": "team", "space": 976_562_499, "private_repos": 999_999, "filled_seats": 4, "seats": 5},
        "two_factor_requirement_enabled": True,
        "created_at": iso(until - 10 * 365 * 86_400_000),
        "updated_at": iso(until - 86_400_000),
        "archived_at": None,
    }
