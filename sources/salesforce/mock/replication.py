"""The delete log: `GET /sobjects/X/deleted`, in whole minutes, for 15 days at most."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.vendor import Route

from .calls import data_route
from .org import DAY, Org
from .refusals import bad

__all__ = ["Replication", "replication_routes"]

_KEPT = 15 * DAY
_MINUTE = 60


class Replication:
    """The handler; *log_begins* stands for a log that was purged early."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.log_begins: int | None = None
        self.most = int(org.setup.number("log_most", 600_000))

    async def deleted(self, request: web.Request) -> web.Response:
        """Ids deleted between two minutes, both included."""
        thing = self.org.thing(request.match_info["object"])
        if not thing.kind.replicateable:
            raise bad("INVALID_TYPE_FOR_OPERATION", f"object type {thing.kind.name} is not replicable")
        start, end = _minute(request, "start"), _minute(request, "end")
        now = self.org.now()
        if end - start < _MINUTE:
            raise bad(
                "INVALID_REPLICATION_DATE", "The end date must be at least one minute greater than the start date"
            )
        if start < now - _KEPT:
            raise bad("INVALID_REPLICATION_DATE", "startDate before org replication enabled date or beyond 15 days")
        earliest = self.log_begins or now - _KEPT
        found = {one: at for one, at in thing.records.logged.items() if start <= at <= end and at >= earliest}
        if len(found) > self.most:
            raise bad("EXCEEDED_ID_LIMIT", "too many ids")
        shown = [{"id": thing.records.id(one), "deletedDate": _text(at)} for one, at in sorted(found.items())]
        return json_answer(
            {
                "deletedRecords": shown,
                "earliestDateAvailable": _text(earliest),
                "latestDateCovered": _text(min(end, now)),
            }
        )


def _minute(request: web.Request, name: str) -> int:
    try:
        parsed = datetime.fromisoformat(request.query.get(name, ""))
    except ValueError:
        raise bad("INVALID_FIELD", f"{name} is no date") from None
    return int(parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp()) // _MINUTE * _MINUTE


def _text(seconds: int) -> str:
    return iso(seconds * 1000).removesuffix("Z") + ".000+0000"


def replication_routes(org: Org, replication: Replication) -> list[Route]:
    """The route of the delete log."""
    return [data_route(org, "GET", "/sobjects/{object}/deleted", replication.deleted)]
