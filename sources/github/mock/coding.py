"""Lists of commits, releases and people."""

from __future__ import annotations

from aiohttp import web

from lakeflow_sources.testing.clock import millis

from .calls import InRepository, dump
from .caps import Caps
from .lists import plain
from .refusals import Refused, missing
from .repository import Record, Repository, details

__all__ = ["Coding", "itself", "languages", "too_large"]

_CONFLICT, _FORBIDDEN, _NO_CONTENT = 409, 403, 204
_STAR = "application/vnd.github.star+json"
_PEOPLE = ("watchers", "assignees", "collaborators")


class Coding:
    """Answers about code and about those who write it."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps

    def commits(self, request: web.Request, one: Repository) -> web.Response:
        """From a commit of the default branch back, by the committer's date."""
        rows = one.of("commits")
        if not rows:
            raise Refused(_CONFLICT, "Git Repository is empty.")
        if sha := request.query.get("sha"):
            rows = rows[: _place(rows, sha) + 1]
        found = [commit for commit in rows[::-1] if _between(request, commit["commit"]["committer"]["date"])]
        return plain(request, one, found)

    def releases(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first, and not more than some."""
        return plain(
            request,
            one,
            one.of("releases")[::-1],
            cap=self.caps.release_pages,
            message="Only the first 10000 results are available.",
        )

    def simple(self, kind: str) -> InRepository:
        """A list without order and filters."""
        cap = self.caps.pages if kind in _PEOPLE else None
        return lambda request, one: plain(request, one, one.of(kind), cap=cap)

    def stargazers(self, request: web.Request, one: Repository) -> web.Response:
        """With the time of the star where the form that has it is asked for."""
        starred = _STAR in request.headers.get("Accept", "")
        rows = one.of("stargazers")
        return plain(
            request,
            one,
            rows,
            cap=self.caps.pages,
            shape=list if starred else lambda some: [star["user"] for star in some],
        )

    def contributors(self, request: web.Request, one: Repository) -> web.Response:
        """Nothing at all of an empty repository; those without an account where asked."""
        if not one.of("commits"):
            return web.Response(status=_NO_CONTENT)
        if too_large(one):
            raise Refused(_FORBIDDEN, "The history or contributor list is too large to list contributors via the API.")
        anonymous = request.query.get("anon", "") in ("1", "true")
        rows = [person for person in one.of("contributors") if anonymous or person["type"] != "Anonymous"]
        return plain(request, one, rows)


def _place(commits: list[Record], sha: str) -> int:
    for place, commit in enumerate(commits):
        if commit["sha"] == sha:
            return place
    raise missing()


def _between(request: web.Request, date: str) -> bool:
    first, last = request.query.get("since"), request.query.get("until")
    moment = millis(date)
    return (not first or moment >= millis(first)) and (not last or moment <= millis(last))


def too_large(one: Repository) -> bool:
    """Whether its list of contributors is one that GitHub does not make."""
    return one.name == "repo-1"


def languages(one: Repository) -> dict[str, int]:
    """Bytes of each language."""
    return {"Python": 2**33 + one.id, "C++": 7, "Jupyter Notebook": 1} if one.of("commits") else {}


def itself(_request: web.Request, one: Repository) -> web.Response:
    """The repository."""
    return dump(details(one))
