"""Lists of workflow runs and deployments, and of what is below them."""

from __future__ import annotations

from aiohttp import web

from lakeflow_sources.testing.clock import millis

from .automation import attempt_of, jobs_of
from .calls import InRepository, dump
from .caps import Caps
from .lists import counted, plain, with_id
from .refusals import missing
from .repository import Repository

__all__ = ["Running"]

_EVENTS = 300


class Running:
    """Answers about what GitHub does by itself."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps

    def runs(self, request: web.Request, one: Repository) -> web.Response:
        """Newest first; a filter shows the first thousand only, and tells how many there are."""
        rows = sorted(one.of("runs"), key=lambda run: (run["created_at"], run["id"]), reverse=True)
        created = request.query.get("created")
        found = [run for run in rows if not created or _created(created, run["created_at"])]
        total = len(found)
        shown = found[: self.caps.runs] if created else found
        return plain(
            request,
            one,
            shown,
            shape=lambda some: {"total_count": total, "workflow_runs": list(some)},
        )

    def attempt(self, request: web.Request, one: Repository) -> web.Response:
        """An attempt of a run."""
        run, attempt = with_id(one.of("runs"), request), int(request.match_info["attempt"])
        if attempt > run["run_attempt"]:
            raise missing()
        return dump(run if attempt == run["run_attempt"] else attempt_of(one, run, attempt))

    def jobs(self, request: web.Request, one: Repository) -> web.Response:
        """Those of the latest attempt, or of all."""
        run = with_id(one.of("runs"), request)
        every = request.query.get("filter") == "all"
        rows = [job for job in jobs_of(one, run) if every or job["run_attempt"] == run["run_attempt"]]
        return counted(request, one, rows, "jobs")

    def one(self, kind: str) -> InRepository:
        """A run or a deployment by its id."""
        return lambda request, one: dump(with_id(one.of(kind), request))

    def wrapped(self, kind: str, name: str) -> InRepository:
        """A list that is wrapped with its count."""
        return lambda request, one: counted(request, one, one.of(kind), name)

    def newest(self, kind: str) -> InRepository:
        """A list with the newest row first."""
        return lambda request, one: plain(request, one, one.of(kind)[::-1])

    def statuses(self, request: web.Request, one: Repository) -> web.Response:
        """Statuses of a deployment, newest first."""
        deployment = with_id(one.of("deployments"), request)
        return plain(request, one, one.under("statuses", deployment["id"])[::-1])

    def public_events(self, request: web.Request, one: Repository) -> web.Response:
        """The last 300."""
        return plain(request, one, one.of("public_events")[::-1][:_EVENTS])


def _created(text: str, moment: str) -> bool:
    """`A..B` with both ends, `>=A`, `<=B`."""
    if ".." in text:
        first, _, last = text.partition("..")
        return millis(first) <= millis(moment) <= millis(last)
    if text.startswith(">="):
        return millis(moment) >= millis(text[2:])
    return millis(moment) <= millis(text[2:])
