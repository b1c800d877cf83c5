"""A Salesforce org on loopback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.limits import Limit, Usage
from lakeflow_sources.testing.vendor import Mock, Service, Setup

from .doors import Doors
from .jobs import Jobs, job_routes
from .metadata import metadata_routes
from .org import Org
from .queries import Queries, query_routes
from .refusals import refuse
from .replication import Replication, replication_routes
from .truth import Truth
from .writes import Writes

__all__ = ["MOCK"]

_OPTIONS = {
    "username": "user that may sign in",
    "password": "that user's password",
    "security_token": "what is written behind the password",
    "instance_url": "host that sign-ins name for data calls (this mock, by its number)",
    "each": "records of every object that `records` does not name (60)",
    "deleted": "false: no record lies in the recycle bin at the beginning",
    "extra_fields": "custom fields of Wide__c, with long names (0)",
    "page_rows": "most records of one page of a query (2000)",
    "job_polls": "polls until a bulk job is complete (1)",
    "gzip": "false: bulk results are never compressed",
    "daily_calls": "calls of one day (100000)",
    "retention_days": "days in the recycle bin (15)",
    "log_most": "deletes that one answer of the delete log holds (600000)",
}


def _build(setup: Setup) -> Service:
    org = Org(setup)
    doors, jobs, queries, replication, truth = Doors(setup), Jobs(org), Queries(org), Replication(org), Truth(org)

    def headers(_request: web.Request, _usages: Sequence[Usage]) -> Mapping[str, str]:
        return {"Sforce-Limit-Info": f"api-usage={org.daily_used}/{org.daily_most}"}

    return Service(
        routes=[
            *doors.routes(),
            *query_routes(org, queries),
            *job_routes(org, jobs),
            *replication_routes(org, replication),
            *metadata_routes(org),
        ],
        refuse=refuse,
        sign_ins=doors.sign_ins,
        tables=truth.tables,
        rows=truth.rows,
        write=Writes(org, doors, jobs, queries, replication),
        limits={"default": (Limit(100_000, 86_400.0),)},
        rate_headers=headers,
        tamper=_tamper,
    )


def _tamper(kind: str, _request: web.Request, answer: Any) -> Any:
    """One more page for ever, and the same one: only the address gives the loop away."""
    if kind == "endless_pages" and isinstance(answer, dict) and "records" in answer:
        return {
            **answer,
            "done": False,
            "nextRecordsUrl": answer.get("nextRecordsUrl", "/services/data/v64.0/query/0r8-0"),
        }
    if kind == "foreign_next" and isinstance(answer, dict) and "records" in answer:
        return {
            **answer,
            "done": False,
            "nextRecordsUrl": "https://elsewhere.example.com/services/data/v64.0/query/0r8",
        }
    return answer


MOCK = Mock("salesforce", "Salesforce", _build, _OPTIONS, token_prefix="00D")  # noqa: S106 - made-up tokens
