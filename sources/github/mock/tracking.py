"""Lists of issues, comments, events, labels and milestones, with their order and filters."""

from __future__ import annotations

from aiohttp import web

from .calls import InRepository, drop_old, dump
from .caps import Caps
from .lists import by_cursor, in_state, lasting, numbered, ordered, plain, since
from .refusals import Refused
from .repository import Repository
from .talk import timeline

__all__ = ["Tracking"]

_GONE = 410


class Tracking:
    """Answers about issues."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps

    def issues(self, request: web.Request, one: Repository) -> web.Response:
        """Open ones without `state`; by a cursor, which page numbers cannot replace for ever."""
        _with_issues(one)
        found = since(request, in_state(request, one.of("issues")), exclusive=self.caps.since_exclusive)
        rows, order = ordered(request, found)
        return by_cursor(
            request,
            rows,
            order,
            path=lasting(request, one),
            cap=self.caps.issue_pages,
            shape=lambda some: drop_old(request, "issue", some),
        )

    def comments(self, kind: str) -> InRepository:
        """Comments of all issues or pull requests."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            if kind == "comments":
                _with_issues(one)
            sort = request.query.get("sort")
            found = since(request, one.of(kind), exclusive=self.caps.since_exclusive)
            rows = ordered(request, found, default="asc")[0] if sort else found
            return plain(request, one, rows, cap=self.caps.pages)

        return answer

    def events(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first."""
        _with_issues(one)
        return plain(request, one, one.of("events")[::-1], cap=self.caps.pages)

    def issue(self, request: web.Request, one: Repository) -> web.Response:
        """An issue by its number."""
        return dump(numbered(one.of("issues"), request))

    def below_issue(self, kind: str) -> InRepository:
        """The events or the timeline of one issue."""

        def answer(request: web.Request, one: Repository) -> web.Response:
            issue = numbered(one.of("issues"), request)
            rows = timeline(one, issue) if kind == "timeline" else one.under("events", issue["number"])
            return plain(request, one, rows)

        return answer

    def milestones(self, request: web.Request, one: Repository) -> web.Response:
        """Open ones without `state`."""
        _with_issues(one)
        return plain(request, one, in_state(request, one.of("milestones")))

    def labels(self, request: web.Request, one: Repository) -> web.Response:
        """All labels."""
        _with_issues(one)
        return plain(request, one, one.of("labels"))


def _with_issues(one: Repository) -> None:
    if not one.issues_enabled:
        raise Refused(_GONE, "Issues has been disabled in this repository.")
