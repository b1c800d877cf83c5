"""Bulk API 2.0 query jobs: created, polled, read by locator, deleted."""

from __future__ import annotations

import gzip
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.vendor import Route

from .calls import body_of, data_route, version_of
from .org import Org, Thing
from .records import Index
from .refusals import Refused, bad, not_found
from .rendering import csv_header, csv_rows
from .selection import Path, path_of, select
from .soql import Query, parse

__all__ = ["Jobs", "job_routes"]

_USUAL = 250_000
_CACHED = 24
_DONE = frozenset({"JobComplete", "Failed", "Aborted"})
_FORM = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}


@dataclass
class _Job:
    id: str
    operation: str
    query: Query
    version: str
    thing: Thing
    paths: tuple[Path, ...]
    found: Index
    created: str
    polls: int
    state: str = "UploadComplete"
    error: str = ""


class Jobs:
    """The handlers and the jobs; *created* and *deleted* count for tests."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.polls = int(org.setup.number("job_polls", 1))
        self.failures: list[str] = []
        """Messages of the next jobs to fail, which then ran for nothing."""
        self.created = 0
        self.deleted = 0
        self.packed = org.setup.flag("gzip", default=True)
        self._jobs: dict[str, _Job] = {}
        self._numbers = itertools.count(1)
        self._pages: OrderedDict[tuple[str | int, ...], bytes] = OrderedDict()

    @property
    def open(self) -> int:
        """Jobs that nobody deleted."""
        return len(self._jobs)

    async def create(self, request: web.Request) -> web.Response:
        """A job that starts at once."""
        body = await body_of(request)
        operation = body.get("operation")
        if operation not in {"query", "queryAll"}:
            raise bad("INVALIDJOB", "operation must be query or queryAll")
        query = parse(str(body.get("query")))
        thing = self.org.queried(query.object)
        self._check(thing, query)
        paths = tuple(path_of(self.org, thing, path) for path in query.paths)
        _check_paths(paths)
        found = select(self.org, query, everything=operation == "queryAll")
        name = f"750R{next(self._numbers):011d}IAQ"
        created = iso(self.org.clock.now())
        job = _Job(name, operation, query, version_of(request), thing, paths, found, created, self.polls)
        self._jobs[name] = job
        self.created += 1
        return json_answer(self._info(job))

    def _check(self, thing: Thing, query: Query) -> None:
        if query.count:
            raise bad("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
        if not thing.kind.bulk:
            raise bad("INVALIDENTITY", f"Entity '{thing.kind.name}' is not supported by the Bulk API.")

    async def show(self, request: web.Request) -> web.Response:
        """The state, which moves on with every poll."""
        job = self._job(request)
        if job.state not in _DONE:
            job.state = "InProgress" if job.polls > 0 else "JobComplete"
            job.polls -= 1
            if job.state == "JobComplete" and self.failures:
                job.state, job.error = "Failed", self.failures.pop(0)
        return json_answer(self._info(job))

    async def abort(self, request: web.Request) -> web.Response:
        """A job that is not done ends as it is."""
        job = self._job(request)
        if (await body_of(request)).get("state") != "Aborted" or job.state in _DONE:
            raise bad("INVALIDJOBSTATE", f"The job is {job.state}")
        job.state = "Aborted"
        return json_answer(self._info(job))

    async def delete(self, request: web.Request) -> web.Response:
        """Only a job that is done."""
        job = self._job(request)
        if job.state not in _DONE:
            raise bad("INVALIDJOBSTATE", f"The job is {job.state}")
        del self._jobs[job.id]
        self.deleted += 1
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def results(self, request: web.Request) -> web.Response:
        """A page of CSV; the locator of the next one is the text `null` after the last."""
        job = self._job(request)
        if job.version != version_of(request):
            raise Refused(HTTPStatus.CONFLICT, "API_ERROR", "The API version differs from that of the job")
        if job.state != "JobComplete":
            message = "can only download query results of successfully completed bulk job"
            raise Refused(HTTPStatus.PRECONDITION_FAILED, "JOB_NOT_COMPLETE", message)
        start = _place(request.query.get("locator", ""))
        size = min(int(request.query.get("maxRecords", _USUAL)), _USUAL)
        page = job.found[start : start + size]
        following = f"bG9j{start + size}" if start + size < len(job.found) else "null"
        headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(page))}
        body = self._page(job, page)
        if self.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(
                body=body, headers={**headers, "Content-Encoding": "gzip"}, content_type="text/csv", charset="utf-8"
            )
        return web.Response(
            body=gzip.decompress(body) if self.packed else body,
            headers=headers,
            content_type="text/csv",
            charset="utf-8",
        )

    def _page(self, job: _Job, page: Index) -> bytes:
        """Rendered once for equal queries over unchanged records, so that a benchmark measures the reader."""
        ends = (int(page[0]), int(page[-1])) if len(page) else ()
        key = (job.query.text, job.operation, job.thing.records.version, len(page), *ends)
        found = self._pages.pop(key, None)
        if found is None:
            found = csv_header(job.paths) + csv_rows(self.org, job.thing, page, job.paths)
            found = gzip.compress(found, 1) if self.packed else found
        self._pages[key] = found
        if len(self._pages) > _CACHED:
            self._pages.popitem(last=False)
        return found

    async def pages(self, request: web.Request) -> web.Response:
        """Addresses of up to five result sets, to be read side by side."""
        job = self._job(request)
        start, size, most = _place(request.query.get("locator", "")), _USUAL, 5
        base = request.path.removesuffix("/resultPages")
        places = range(start, max(len(job.found), 1), size)
        answer: dict[str, Any] = {
            "resultPages": [{"resultUrl": f"{base}/results?locator=bG9j{place}"} for place in places[:most]],
            "done": len(places) <= most,
        }
        if len(places) > most:
            answer["nextRecordsUrl"] = f"{request.path}?locator=bG9j{places[most]}"
        return json_answer(answer)

    def _job(self, request: web.Request) -> _Job:
        found = self._jobs.get(request.match_info["job"])
        if found is None:
            raise not_found()
        return found

    def _info(self, job: _Job) -> dict[str, Any]:
        done = job.state == "JobComplete"
        info: dict[str, Any] = {
            "id": job.id,
            "operation": job.operation,
            "object": job.thing.kind.name,
            "createdDate": job.created.removesuffix("Z") + "+0000",
            "state": job.state,
            "concurrencyMode": "Parallel",
            "apiVersion": float(job.version),
            "jobType": "V2Query",
            **_FORM,
            "numberRecordsProcessed": len(job.found) if done else 0,
            "retries": 0,
        }
        return {**info, "errorMessage": job.error} if job.error else info


def _check_paths(paths: tuple[Path, ...]) -> None:
    kinds = {path.field.type for path in paths}
    if kinds & {"address", "location"}:
        raise bad("API_ERROR", "FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query")
    if "base64" in kinds:
        raise bad("API_ERROR", "FeatureNotEnabled : Binary field not supported")


def _place(locator: str) -> int:
    if not locator:
        return 0
    digits = locator.removeprefix("bG9j")
    if digits == locator or not digits.isdecimal():
        raise bad("INVALID_LOCATOR", "The locator is not valid")
    return int(digits)


def job_routes(org: Org, jobs: Jobs) -> list[Route]:
    """The routes of query jobs."""
    one = "/jobs/query/{job}"
    return [
        data_route(org, "POST", "/jobs/query", jobs.create, limit="job"),
        data_route(org, "GET", one, jobs.show, limit="job"),
        data_route(org, "PATCH", one, jobs.abort, limit="job"),
        data_route(org, "DELETE", one, jobs.delete, limit="job"),
        data_route(org, "GET", f"{one}/results", jobs.results, limit="results"),
        data_route(org, "GET", f"{one}/resultPages", jobs.pages, limit="results"),
    ]
