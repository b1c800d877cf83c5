"""Bulk reads: jobs that take a while, and their zipped CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import numpy as np
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer

from .account import Account
from .calls import Routes, body_of
from .catalogue import UNQUERIED, Module
from .records import Index
from .refusals import bad, not_found

__all__ = ["add_bulk"]

_PAGE = 200_000
_COST = 50
_REFUSED = {"Notes", "Attachments", "Emails"}
_COMPARATORS = {
    "greater_equal": np.greater_equal, "less_than": np.less, "greater_than": np.greater, "less_equal": np.less_equal,
    "equal": np.equal,
}  # fmt: skip
_STATES = ("ADDED", "QUEUED", "IN PROGRESS")


@dataclass
class Job:
    """A job: rows are looked up when it runs."""

    number: str
    query: Mapping[str, Any]
    page: int
    polls: int = 0
    state: str = "ADDED"
    rows: Index | None = None
    more: bool = False


class Bulk:
    """All jobs of the account."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._account: Account = routes.account
        self._per_page = int(routes.account.setup.number("bulk_page", _PAGE))
        self._polls = int(routes.account.setup.number("bulk_polls", 2))
        self.jobs: dict[str, Job] = {}
        self.failing = 0
        self.refused: set[str] = set()
        """Fields that jobs do not know, beside those of certain types."""

    async def create(self, request: web.Request) -> web.Response:
        """`POST /read`."""
        query: Mapping[str, Any] = (await body_of(request)).get("query") or {}
        token = query.get("page_token")
        if token:
            number, _, page = str(token).rpartition("-")
            if number not in self.jobs:
                raise bad("EXPIRED_VALUE", "the page token has expired", param_name="page_token")
            query = {**self.jobs[number].query, "page": int(page)}
        self._module(query)
        self._fields(query)
        self._criteria(query)
        self._routes.credits.spend(_COST - 1)
        job = Job(f"61{len(self.jobs):017}", query, int(query.get("page") or 1))
        self.jobs[job.number] = job
        details = {"id": job.number, "operation": "read", "state": "ADDED"}
        body = {"status": "success", "code": "ADDED_SUCCESSFULLY", "message": "Added successfully.", "details": details}
        return json_answer({"data": [body], "info": {}}, HTTPStatus.CREATED)

    def _module(self, query: Mapping[str, Any]) -> Module:
        name = str((query.get("module") or {}).get("api_name"))
        module = self._account.module(name)
        if module is None or module.name in _REFUSED or module.name not in self._account.records:
            raise bad("MODULE_NOT_SUPPORTED", "The module given is not supported in bulk read API")
        self._routes.check(module.name)
        return module

    def _fields(self, query: Mapping[str, Any]) -> list[str]:
        module = self._module(query)
        names = [str(name) for name in query.get("fields") or [one.name for one in module.fields]]
        for name in names:
            first, _, second = name.partition(".")
            one = module.field(first)
            target = self._account.module(one.target) if one and second else None
            known = one is not None and one.type not in UNQUERIED and name not in self.refused
            if name != "id" and (not known or (second and (target is None or target.field(second) is None))):
                raise bad("FIELD_NOT_SUPPORTED", "The field is not supported", api_name=name, module=module.name)
        return names

    def _criteria(self, query: Mapping[str, Any]) -> list[tuple[str, str, int]]:
        criteria = query.get("criteria")
        if not criteria:
            return []
        found = []
        for one in criteria.get("group", [criteria]):
            name = one["field"]["api_name"]
            if name not in {"Created_Time", "Modified_Time"}:
                raise bad("FIELD_IN_CRITERIA_NOT_SUPPORTED", "The field is not supported", api_name=name)
            moment = round(datetime.fromisoformat(one["value"]).timestamp())
            found.append((name, one["comparator"], moment))
        return found

    async def status(self, request: web.Request) -> web.Response:
        """`GET /read/{id}`: a job comes a step further with each look at it."""
        job = self._job(request)
        if job.polls >= self._polls and job.state in _STATES:
            self._run(job)
        elif job.state in _STATES:
            job.state = _STATES[min(job.polls, 2)]
        job.polls += 1
        shown: dict[str, Any] = {
            "id": job.number,
            "operation": "read",
            "state": job.state,
            "query": job.query,
            "file_type": "csv",
        }
        if job.state == "COMPLETED":
            shown["result"] = {
                "page": job.page,
                "count": 0 if job.rows is None else len(job.rows),
                "download_url": f"{request.path}/result",
                "per_page": self._per_page,
                "more_records": job.more,
                "next_page_token": f"{job.number}-{job.page + 1}" if job.more else None,
            }
        return json_answer({"data": [shown]})

    def _run(self, job: Job) -> None:
        if self.failing:
            self.failing -= 1
            job.state = "FAILURE"
            return
        records = self._account.records[self._module(job.query).name]
        found = records.live
        for name, comparator, moment in self._criteria(job.query):
            column = records.created if name == "Created_Time" else records.modified
            found = found[_COMPARATORS[comparator](column[found], moment)]
        start = (job.page - 1) * self._per_page
        job.rows, job.more = found[start : start + self._per_page], start + self._per_page < len(found)
        job.state = "COMPLETED"

    def _job(self, request: web.Request) -> Job:
        job = self.jobs.get(request.match_info["id"])
        if job is None:
            raise not_found("job")
        return job

    async def result(self, request: web.Request) -> web.Response:
        """`GET /read/{id}/result`: a ZIP with one CSV."""
        job = self._job(request)
        if job.state != "COMPLETED" or job.rows is None:
            raise not_found("result")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{job.number}.csv", self._csv(job))
        return web.Response(body=packed.getvalue(), content_type="application/zip")

    def _csv(self, job: Job) -> bytes:
        module = self._module(job.query)
        names = [name for name in self._fields(job.query) if name != "id"]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["Id", *names])  # capital, whatever was asked for
        records = self._account.records[module.name]
        for index in [] if job.rows is None else job.rows.tolist():
            writer.writerow([records.ids[index], *(self._cell(module, name, index) for name in names)])
        return text.getvalue().encode("utf-8", "surrogatepass")

    def _cell(self, module: Module, name: str, index: int) -> Any:
        first, _, second = name.partition(".")
        one = module.field(first)
        if one is None or not one.visible:
            return ""
        value = self._account.values[module.name].value(one, index)
        if second and value:
            return value["name"]  # the name of the record that the lookup leads to
        if isinstance(value, dict):
            return value.get("id", "")
        if isinstance(value, bool):
            return str(value).lower()
        if one.type == "tag":
            return ",".join(tag["name"] for tag in value)
        if isinstance(value, list):
            return ";".join(map(str, value))
        return "" if value is None else value


def add_bulk(routes: Routes) -> Bulk:
    """The routes of bulk reads."""
    bulk = Bulk(routes)
    routes.add("POST", "/crm/bulk/{version}/read", bulk.create, area="bulk")
    routes.add("GET", "/crm/bulk/{version}/read/{id}", bulk.status, area="bulk")
    routes.add("GET", "/crm/bulk/{version}/read/{id}/result", bulk.result, limit="download", area="bulk")
    return bulk


__all__ += ["Bulk"]
