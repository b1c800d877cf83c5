"""The lists of a repository, each with the order, filters and caps that it has at the vendor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.clock import millis
from lakeflow_sources.testing.vendor import Route

from .automation import attempt_of, jobs_of
from .calls import Calls, InRepository, drop_old, dump, repository_routes
from .code import commit_of_pull, file_of_pull
from .lists import by_cursor, by_number, ordered, since
from .refusals import Refused, missing
from .repository import Record, Repository, details
from .tracker import timeline
from .world import World

__all__ = ["Rest", "rest_routes"]

_CONFLICT, _GONE, _INVALID = 409, 410, 422
_RUNS_SHOWN, _FILES_SHOWN, _COMMITS_SHOWN = 1_000, 3_000, 250
_STAR = "application/vnd.github.star+json"
_PEOPLE = ("watchers", "assignees", "collaborators")


class Rest:
    """Answers below a repository."""

    def __init__(self, world: World) -> None:
        setup = world.setup
        self.world = world
        self.exclusive = setup.flag("since_exclusive")
        self.issue_cap = int(setup.number("issue_page_cap", 100))
        self.page_cap = int(setup.number("page_cap", 400))
        self.release_cap = int(setup.number("release_page_cap", 100))
        self.run_cap = int(setup.number("run_cap", _RUNS_SHOWN))
        self.commit_cap = int(setup.number("pull_commit_cap", _COMMITS_SHOWN))
        self.file_cap = int(setup.number("pull_file_cap", _FILES_SHOWN))

    def issues(self, request: web.Request, one: Repository) -> web.Response:
        """Open ones without `state`; by a cursor, which page numbers cannot replace for ever."""
        _with_issues(one)
        rows, order = ordered(request, since(request, _in_state(request, one.of("issues")), exclusive=self.exclusive))
        path = _lasting(request, one)
        return by_cursor(
            request, rows, order, path=path, cap=self.issue_cap, shape=lambda some: drop_old(request, "issue", some)
        )

    def comments(self, kind: str) -> InRepository:
        """Comments of all issues or pull requests."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            if kind == "comments":
                _with_issues(one)
            sort = request.query.get("sort")
            found = since(request, one.of(kind), exclusive=self.exclusive)
            rows = ordered(request, found, default="asc")[0] if sort else found
            return by_number(request, rows, path=_lasting(request, one), cap=self.page_cap)

        return answer

    def events(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first."""
        _with_issues(one)
        return by_number(request, one.of("events")[::-1], path=_lasting(request, one), cap=self.page_cap)

    def below_issue(self, kind: str) -> InRepository:
        """The events or the timeline of one issue."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            issue = _numbered(one.of("issues"), request)
            rows = timeline(one, issue) if kind == "timeline" else one.under("events", issue["number"])
            return by_number(request, rows, path=_lasting(request, one))

        return answer

    def pulls(self, request: web.Request, one: Repository) -> web.Response:
        """There is no `since`: it is ignored in silence."""
        default = "asc" if request.query.get("sort", "created") != "created" else "desc"
        rows, _ = ordered(request, _in_state(request, one.of("pulls")), default=default)
        return by_number(request, rows, path=_lasting(request, one), shape=lambda some: drop_old(request, "pull", some))

    def pull(self, request: web.Request, one: Repository) -> web.Response:
        """One pull request with its sizes."""
        return dump(drop_old(request, "pull", [self.pull_details(one, _numbered(one.of("pulls"), request))])[0])

    def pull_details(self, one: Repository, pull: Record) -> Record:
        """What the list does not show."""
        number = pull["number"]
        return {
            **pull,
            "merged": pull["merged_at"] is not None,
            "mergeable": None if number % 3 else True,
            "rebaseable": None,
            "mergeable_state": "clean",
            "merged_by": pull["user"] if pull["merged_at"] else None,
            "comments": number % 4,
            "review_comments": number % 3,
            "maintainer_can_modify": False,
            "commits": self.commits_of(pull),
            "additions": number * 3,
            "deletions": number,
            "changed_files": self.files_of(pull),
        }

    def commits_of(self, pull: Record) -> int:
        """How many commits it has; a test may ask for many."""
        return int(pull.get("_commits", self.world.amounts["pull_commits"]))

    def files_of(self, pull: Record) -> int:
        """How many files it changes."""
        return int(pull.get("_files", self.world.amounts["pull_files"]))

    def below_pull(self, kind: str) -> InRepository:
        """Reviews, commits or files of one pull request."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            pull = _numbered(one.of("pulls"), request)
            if kind == "reviews":
                rows = one.under("reviews", pull["number"])
            elif kind == "commits":
                rows = [commit_of_pull(one, pull, n) for n in range(min(self.commits_of(pull), self.commit_cap))]
            else:
                rows = [file_of_pull(one, pull, n) for n in range(min(self.files_of(pull), self.file_cap))]
            return by_number(request, rows, path=_lasting(request, one))

        return answer

    def compare(self, request: web.Request, one: Repository) -> web.Response:
        """All commits between two ends of a pull request."""
        base, _, head = request.match_info["between"].partition("...")
        pull = next((p for p in one.of("pulls") if p["base"]["sha"] == base and p["head"]["sha"] == head), None)
        if pull is None:
            raise missing()
        rows = [commit_of_pull(one, pull, n) for n in range(self.commits_of(pull))]
        return by_number(
            request,
            rows,
            path=_lasting(request, one),
            shape=lambda some: {"status": "ahead", "total_commits": len(rows), "files": [], "commits": list(some)},
        )

    def commits(self, request: web.Request, one: Repository) -> web.Response:
        """From a commit of the default branch back, by the committer's date."""
        rows = one.of("commits")
        if not rows:
            raise Refused(_CONFLICT, "Git Repository is empty.")
        if sha := request.query.get("sha"):
            rows = rows[: _place(rows, sha) + 1]
        found = [commit for commit in rows[::-1] if _between(request, commit["commit"]["committer"]["date"])]
        return by_number(request, found, path=_lasting(request, one))

    def releases(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first, and not more than some."""
        return by_number(
            request,
            one.of("releases")[::-1],
            path=_lasting(request, one),
            cap=self.release_cap,
            message="Only the first 10000 results are available.",
        )

    def milestones(self, request: web.Request, one: Repository) -> web.Response:
        """Open ones without `state`."""
        _with_issues(one)
        return by_number(request, _in_state(request, one.of("milestones")), path=_lasting(request, one))

    def labels(self, request: web.Request, one: Repository) -> web.Response:
        """All labels."""
        _with_issues(one)
        return by_number(request, one.of("labels"), path=_lasting(request, one))

    def plain(self, kind: str) -> InRepository:
        """A list without order and filters."""
        cap = self.page_cap if kind in _PEOPLE else None
        return lambda request, one: by_number(request, one.of(kind), path=_lasting(request, one), cap=cap)

    def stargazers(self, request: web.Request, one: Repository) -> web.Response:
        """With the time of the star where the form that has it is asked for."""
        starred = _STAR in request.headers.get("Accept", "")
        rows = one.of("stargazers")
        return by_number(
            request,
            rows,
            path=_lasting(request, one),
            cap=self.page_cap,
            shape=list if starred else lambda some: [star["user"] for star in some],
        )

    def contributors(self, request: web.Request, one: Repository) -> web.Response:
        """Nothing at all of an empty repository; those without an account where asked."""
        if not one.of("commits"):
            return web.Response(status=204)
        if one.name == "repo-1":
            raise Refused(403, "The history or contributor list is too large to list contributors via the API.")
        anonymous = request.query.get("anon", "") in ("1", "true")
        rows = [person for person in one.of("contributors") if anonymous or person["type"] != "Anonymous"]
        return by_number(request, rows, path=_lasting(request, one))

    def runs(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first; a filter shows the first thousand only, and tells how many there are."""
        rows = sorted(one.of("runs"), key=lambda run: (run["created_at"], run["id"]), reverse=True)
        created = request.query.get("created")
        found = [run for run in rows if not created or _created(created, run["created_at"])]
        total = len(found)
        shown = found[: self.run_cap] if created else found
        return by_number(
            request,
            shown,
            path=_lasting(request, one),
            shape=lambda some: {"total_count": total, "workflow_runs": list(some)},
        )

    def attempt(self, request: web.Request, one: Repository) -> web.Response:
        """An attempt of a run."""
        run, attempt = _with_id(one.of("runs"), request), int(request.match_info["attempt"])
        if attempt > run["run_attempt"]:
            raise missing()
        return dump(run if attempt == run["run_attempt"] else attempt_of(one, run, attempt))

    def jobs(self, request: web.Request, one: Repository) -> web.Response:
        """Those of the latest attempt, or of all."""
        run = _with_id(one.of("runs"), request)
        every = request.query.get("filter") == "all"
        rows = [job for job in jobs_of(one, run) if every or job["run_attempt"] == run["run_attempt"]]
        return _counted(request, one, rows, "jobs")

    def counted(self, kind: str, name: str) -> InRepository:
        """A list that is wrapped with its count."""
        return lambda request, one: _counted(request, one, one.of(kind), name)

    def newest(self, kind: str) -> InRepository:
        """A list with the newest row first."""
        return lambda request, one: by_number(request, one.of(kind)[::-1], path=_lasting(request, one))

    def statuses(self, request: web.Request, one: Repository) -> web.Response:
        """Statuses of a deployment, newest first."""
        deployment = _with_id(one.of("deployments"), request)
        return by_number(request, one.under("statuses", deployment["id"])[::-1], path=_lasting(request, one))

    def public_events(self, request: web.Request, one: Repository) -> web.Response:
        """The last 300."""
        return by_number(request, one.of("public_events")[::-1][:300], path=_lasting(request, one))


def _lasting(request: web.Request, one: Repository) -> str:
    """The address that links use, which a new name does not change."""
    return re.sub(r"^/repos/[^/]+/[^/]+", f"/repositories/{one.id}", request.path)


def _with_issues(one: Repository) -> None:
    if not one.issues_enabled:
        raise Refused(_GONE, "Issues has been disabled in this repository.")


def _in_state(request: web.Request, rows: list[Record]) -> list[Record]:
    state = request.query.get("state", "open")
    return [one for one in rows if state in ("all", one["state"])]


def _numbered(rows: list[Record], request: web.Request) -> Record:
    number = int(request.match_info["number"])
    for one in rows:
        if one["number"] == number:
            return one
    raise missing()


def _with_id(rows: list[Record], request: web.Request) -> Record:
    number = int(request.match_info["id"])
    for one in rows:
        if one["id"] == number:
            return one
    raise missing()


def _place(commits: list[Record], sha: str) -> int:
    for place, commit in enumerate(commits):
        if commit["sha"] == sha:
            return place
    raise missing()


def _between(request: web.Request, date: str) -> bool:
    first, last = request.query.get("since"), request.query.get("until")
    moment = millis(date)
    return (not first or moment >= millis(first)) and (not last or moment <= millis(last))


def _created(text: str, moment: str) -> bool:
    """`A..B` with both ends, `>=A`, `<=B`."""
    if ".." in text:
        first, _, last = text.partition("..")
        return millis(first) <= millis(moment) <= millis(last)
    if text.startswith(">="):
        return millis(moment) >= millis(text[2:])
    return millis(moment) <= millis(text[2:])


def _counted(request: web.Request, one: Repository, rows: list[Record], name: str) -> web.Response:
    shape: Callable[[Any], Any] = lambda some: {"total_count": len(rows), name: list(some)}  # noqa: E731
    return by_number(request, rows, path=_lasting(request, one), shape=shape)


def _languages(_request: web.Request, one: Repository) -> web.Response:
    return dump({"Python": 2**33 + one.id, "C++": 7, "Jupyter Notebook": 1} if one.of("commits") else {})


def _topics(_request: web.Request, one: Repository) -> web.Response:
    return dump({"names": one.record["topics"]})


def _itself(_request: web.Request, one: Repository) -> web.Response:
    return dump(details(one))


def rest_routes(calls: Calls) -> list[Route]:
    """Every endpoint below a repository, with the right that it needs."""
    rest = Rest(calls.world)
    return repository_routes(
        calls,
        {
            "": ("", _itself),
            "/issues": ("issues", rest.issues),
            "/issues/comments": ("issues", rest.comments("comments")),
            "/issues/events": ("issues", rest.events),
            r"/issues/{number:\d+}/events": ("issues", rest.below_issue("events")),
            r"/issues/{number:\d+}/timeline": ("issues", rest.below_issue("timeline")),
            "/pulls": ("pull_requests", rest.pulls),
            "/pulls/comments": ("pull_requests", rest.comments("review_comments")),
            r"/pulls/{number:\d+}": ("pull_requests", rest.pull),
            r"/pulls/{number:\d+}/reviews": ("pull_requests", rest.below_pull("reviews")),
            r"/pulls/{number:\d+}/commits": ("pull_requests", rest.below_pull("commits")),
            r"/pulls/{number:\d+}/files": ("pull_requests", rest.below_pull("files")),
            "/compare/{between}": ("contents", rest.compare),
            "/commits": ("contents", rest.commits),
            "/comments": ("contents", rest.plain("commit_comments")),
            "/branches": ("contents", rest.plain("branches")),
            "/tags": ("contents", rest.plain("tags")),
            "/releases": ("contents", rest.releases),
            "/labels": ("issues", rest.labels),
            "/milestones": ("issues", rest.milestones),
            "/languages": ("metadata", _languages),
            "/topics": ("metadata", _topics),
            "/assignees": ("issues", rest.plain("assignees")),
            "/collaborators": ("metadata", rest.plain("collaborators")),
            "/contributors": ("metadata", rest.contributors),
            "/stargazers": ("metadata", rest.stargazers),
            "/subscribers": ("metadata", rest.plain("watchers")),
            "/actions/workflows": ("actions", rest.counted("workflows", "workflows")),
            "/actions/runs": ("actions", rest.runs),
            r"/actions/runs/{id:\d+}/attempts/{attempt:\d+}": ("actions", rest.attempt),
            r"/actions/runs/{id:\d+}/jobs": ("actions", rest.jobs),
            "/environments": ("actions", rest.counted("environments", "environments")),
            "/deployments": ("deployments", rest.newest("deployments")),
            r"/deployments/{id:\d+}/statuses": ("deployments", rest.statuses),
            "/events": ("metadata", rest.public_events),
        },
    )
