"""Lists of pull requests and of what is below them."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from .calls import InRepository, drop_old, dump
from .caps import Caps
from .code import commit_of_pull, file_of_pull
from .lists import in_state, numbered, ordered, plain
from .refusals import missing
from .repository import Record, Repository

__all__ = ["Reviewing"]


class Reviewing:
    """Answers about pull requests; *amounts*: how many commits and files they have."""

    def __init__(self, caps: Caps, amounts: Mapping[str, int]) -> None:
        self.caps, self.amounts = caps, amounts

    def size(self, one: Repository, pull: Record, kind: str) -> int:
        """How many commits or files it has; a test may ask for many."""
        return one.sizes.get((pull["number"], kind), self.amounts[kind])

    def pulls(self, request: web.Request, one: Repository) -> web.Response:
        """There is no `since`: it is ignored in silence."""
        default = "asc" if request.query.get("sort", "created") != "created" else "desc"
        rows, _ = ordered(request, in_state(request, one.of("pulls")), default=default)
        return plain(request, one, rows, shape=lambda some: drop_old(request, "pull", some))

    def pull(self, request: web.Request, one: Repository) -> web.Response:
        """One pull request with its sizes."""
        return dump(drop_old(request, "pull", [self.details(one, numbered(one.of("pulls"), request))])[0])

    def details(self, one: Repository, pull: Record) -> Record:
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
            "commits": self.size(one, pull, "pull_commits"),
            "additions": number * 3,
            "deletions": number,
            "changed_files": self.size(one, pull, "pull_files"),
        }

    def below_pull(self, kind: str) -> InRepository:
        """Reviews, commits or files of one pull request."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            pull = numbered(one.of("pulls"), request)
            if kind == "reviews":
                rows = one.under("reviews", pull["number"])
            elif kind == "commits":
                shown = min(self.size(one, pull, "pull_commits"), self.caps.commits)
                rows = [commit_of_pull(one, pull, number) for number in range(shown)]
            else:
                shown = min(self.size(one, pull, "pull_files"), self.caps.files)
                rows = [file_of_pull(one, pull, number) for number in range(shown)]
            return plain(request, one, rows)

        return answer

    def compare(self, request: web.Request, one: Repository) -> web.Response:
        """All commits between two ends of a pull request."""
        base, _, head = request.match_info["between"].partition("...")
        pull = next((p for p in one.of("pulls") if p["base"]["sha"] == base and p["head"]["sha"] == head), None)
        if pull is None:
            raise missing()
        rows = [commit_of_pull(one, pull, n) for n in range(self.size(one, pull, "pull_commits"))]
        return plain(
            request,
            one,
            rows,
            shape=lambda some: {"status": "ahead", "total_commits": len(rows), "files": [], "commits": list(some)},
        )
