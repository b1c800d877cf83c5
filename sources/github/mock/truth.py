"""What a complete read of every table must give, straight from the data; what a row lies in is its member `_at`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.vendor import RowsAsked

from .automation import attempt_of, jobs_of
from .code import commit_of_pull, file_of_pull
from .coding import languages, too_large
from .owners import Owners
from .people import user
from .repository import Record, Repository
from .reviewing import Reviewing
from .talk import timeline
from .world import ORGANIZATION, World

__all__ = ["Truth"]

_AREAS = {
    "issues": "issues", "issue_comments": "issues", "issue_events": "issues", "issue_timeline": "issues",
    "labels": "issues", "milestones": "issues", "assignees": "issues", "pull_requests": "pull_requests",
    "pull_request_details": "pull_requests", "reviews": "pull_requests", "review_comments": "pull_requests",
    "pull_request_commits": "pull_requests", "pull_request_files": "pull_requests", "commits": "contents",
    "commit_comments": "contents", "branches": "contents", "tags": "contents", "releases": "contents",
    "release_assets": "contents", "workflows": "actions", "workflow_runs": "actions", "workflow_jobs": "actions",
    "workflow_run_attempts": "actions", "environments": "actions", "deployments": "deployments",
    "deployment_statuses": "deployments", "discussions": "discussions",
}  # fmt: skip
_LISTS = {
    "issues": "issues", "issue_comments": "comments", "issue_events": "events", "labels": "labels",
    "milestones": "milestones", "assignees": "assignees", "pull_requests": "pulls",
    "review_comments": "review_comments",
    "commits": "commits", "commit_comments": "commit_comments", "branches": "branches", "tags": "tags",
    "releases": "releases", "workflows": "workflows", "workflow_runs": "runs", "environments": "environments",
    "deployments": "deployments", "discussions": "discussions", "collaborators": "collaborators",
    "stargazers": "stargazers", "watchers": "watchers", "events": "public_events",
}  # fmt: skip


class Truth:
    """Rows of all tables."""

    def __init__(self, world: World, reviewing: Reviewing, owners: Owners) -> None:
        self.world, self.reviewing, self.owners = world, reviewing, owners
        self._below: dict[str, Callable[[Repository], Iterator[Record]]] = {
            "issue_timeline": self._timeline,
            "pull_request_details": self._details,
            "reviews": self._reviews,
            "pull_request_commits": self._commits,
            "pull_request_files": self._files,
            "release_assets": self._assets,
            "contributors": self._contributors,
            "languages": self._languages,
            "topics": self._topics,
            "workflow_run_attempts": self._attempts,
            "workflow_jobs": self._jobs,
            "deployment_statuses": self._statuses,
        }
        self._above: dict[str, Callable[[], Iterator[Record]]] = {
            "repositories": self._repositories,
            "organizations": lambda: iter(self.world.organizations.values()),
            "members": self._members,
            "teams": self._teams,
            "team_members": self._team_members,
            "projects_v2": self._projects,
        }

    def tables(self) -> list[str]:
        """Names of all tables with rows."""
        return [*_LISTS, *self._below, *self._above]

    def rows(self, asked: RowsAsked) -> Sequence[Record]:
        """A page of a table's rows, of one repository for `table@repository`; nothing is archived here."""
        if asked.archived:
            return []
        table, _, name = asked.table.partition("@")
        return list(islice(self._rows(table, name), asked.start, asked.start + asked.limit))

    def _rows(self, table: str, name: str) -> Iterator[Record]:
        if table in self._above:
            yield from self._above[table]()
            return
        if table not in _LISTS and table not in self._below:
            raise ConfigurationError(f"There is no table {table!r}", f"use {', '.join(self.tables())}")
        for one in self.world.repositories:
            if name in ("", one.name) and self._readable(one, table):
                place = {"owner": one.owner, "repo": one.name, "repository_id": one.id}
                found = self._below[table](one) if table in self._below else iter(one.of(_LISTS[table]))
                for row in found:
                    yield {**row, "_at": {**place, **row.get("_at", {})}}

    def _readable(self, one: Repository, table: str) -> bool:
        area = _AREAS.get(table, "metadata")
        # Who may be given issues is told even where there are none.
        disabled = area == "issues" and table != "assignees" and not one.issues_enabled
        return not (one.hidden or one.blocked or one.denied & {area, "*"} or disabled)

    def _repositories(self) -> Iterator[Record]:
        return (one.record for one in self.world.repositories if not one.hidden)

    def _timeline(self, one: Repository) -> Iterator[Record]:
        for issue in one.of("issues"):
            for row in timeline(one, issue):
                yield {**row, "_at": _parent("issue", issue)}

    def _details(self, one: Repository) -> Iterator[Record]:
        return (self.reviewing.details(one, pull) for pull in one.of("pulls"))

    def _reviews(self, one: Repository) -> Iterator[Record]:
        for pull in one.of("pulls"):
            yield from ({**row, "_at": _parent("pull_request", pull)} for row in one.under("reviews", pull["number"]))

    def _commits(self, one: Repository) -> Iterator[Record]:
        for pull in one.of("pulls"):
            for number in range(self.reviewing.size(one, pull, "pull_commits")):
                yield {**commit_of_pull(one, pull, number), "_at": _parent("pull_request", pull)}

    def _files(self, one: Repository) -> Iterator[Record]:
        for pull in one.of("pulls"):
            for number in range(self.reviewing.size(one, pull, "pull_files")):
                yield {**file_of_pull(one, pull, number), "_at": _parent("pull_request", pull)}

    def _assets(self, one: Repository) -> Iterator[Record]:
        for release in one.of("releases"):
            at = {"release_id": release["id"], "tag_name": release["tag_name"]}
            yield from ({**asset, "_at": at} for asset in release["assets"])

    def _contributors(self, one: Repository) -> Iterator[Record]:
        return iter(() if too_large(one) else one.of("contributors"))

    def _languages(self, one: Repository) -> Iterator[Record]:
        return ({"language": name, "bytes": size} for name, size in languages(one).items())

    def _topics(self, one: Repository) -> Iterator[Record]:
        return ({"topic": name} for name in one.record["topics"])

    def _attempts(self, one: Repository) -> Iterator[Record]:
        for run in one.of("runs"):
            for number in range(1, run["run_attempt"]):
                yield {**attempt_of(one, run, number), "_at": {"run_updated_at": run["updated_at"]}}

    def _jobs(self, one: Repository) -> Iterator[Record]:
        for run in one.of("runs"):
            yield from ({**job, "_at": {"run_updated_at": run["updated_at"]}} for job in jobs_of(one, run))

    def _statuses(self, one: Repository) -> Iterator[Record]:
        for deployment in one.of("deployments"):
            at = {"deployment_id": deployment["id"]}
            yield from ({**row, "_at": at} for row in one.under("statuses", deployment["id"]))

    def _members(self) -> Iterator[Record]:
        for name, count in self.world.members.items():
            for number in range(count):
                yield {**user(number), "role": "admin" if number % 10 == 0 else "member", "_at": {"organization": name}}

    def _teams(self) -> Iterator[Record]:
        yield from ({**row, "_at": {"organization": ORGANIZATION}} for row in self.owners.team_rows(ORGANIZATION))

    def _team_members(self) -> Iterator[Record]:
        for team in self.world.teams[ORGANIZATION]:
            at = {"organization": ORGANIZATION, "team_id": team["id"], "team_slug": team["slug"]}
            yield from ({**row, "_at": at} for row in self.owners.member_rows(team))

    def _projects(self) -> Iterator[Record]:
        for owner, projects in self.world.projects.items():
            yield from ({**row, "_at": {"owner": owner}} for row in projects)


def _parent(kind: str, record: Record) -> Record:
    return {f"{kind}_number": record["number"], f"{kind}_updated_at": record["updated_at"]}
