"""Rows by query jobs of the Bulk API 2.0: made, waited for, read page by page, and always cleared away."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import LakeflowError, Page, Read, TransientError, VendorError
from lakeflow_sources.http import Client, Request, get, post

from .calls import answer, send
from .counting import in_halves
from .hosts import data_path
from .rest import rest_pages
from .result_files import result_batches
from .soql import Query, Span

__all__ = ["bulk_pages"]

_DONE = frozenset({"JobComplete", "Failed", "Aborted"})
_REFUSALS = frozenset({"INVALIDENTITY", "API_ERROR"})
_NOT_SERVED = re.compile(r"not supported by the bulk|does not support query|not supported for bulk", re.IGNORECASE)
_TOO_WIDE = re.compile(r"retried more than|timed? ?out|too large", re.IGNORECASE)
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 0.25, 30.0, 1.6
_ROWS = 100_000
"""Of one page: a page is what is read again when a connection breaks."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A query job, by its address."""

    path: str
    state: str = "UploadComplete"
    message: str = ""


def bulk_pages(read: Read, client: Client, query: Query, span: Span | None) -> Iterator[Page]:
    """The rows of *query* in *span*; by REST where the Bulk API does not serve the object."""
    bound = query.also(*span.conditions()) if span else query
    job = _create(read, client, bound)
    if job is None:
        client.note(f"{read.table.name} is not served by the Bulk API, so it is read by REST")
        yield from rest_pages(read, client, query, span)
        return
    ended = job
    try:
        ended = _wait(read, client, job)
        if ended.state == "JobComplete":
            rows = read.settings.integer("page_size") or _ROWS
            for batch in result_batches(read, client, f"{job.path}/results", rows):
                yield Page(batch=batch)
            return
    finally:
        _clear(client, ended)
    pair = in_halves(read, client, query, span) if _TOO_WIDE.search(ended.message) else None
    if pair is None:
        raise VendorError(
            f"The bulk job for {read.table.name} ended as {ended.state} ({ended.message or 'no reason given'})",
            "read again; if it stays, read a smaller span of time, or set api=rest",
        )
    for half in pair:
        yield from bulk_pages(read, client, query, half)


def _create(read: Read, client: Client, query: Query) -> _Job | None:
    """The job; `None` where the Bulk API does not serve the object."""
    base = data_path(read.settings, "jobs", "query")
    request = post(
        base,
        operation=query.resource,
        query=str(query),
        contentType="CSV",
        columnDelimiter="COMMA",
        lineEnding="LF",
    )
    response, fault = answer(read, client, request, _REFUSALS)
    if fault is None:
        return _Job(f"{base}/{response.json()['id']}")
    if _NOT_SERVED.search(fault.message):
        return None
    raise VendorError(f"The Bulk API does not take the query for {read.table.name} ({fault.message})", "set api=rest")


def _wait(read: Read, client: Client, job: _Job) -> _Job:
    """The job when it has ended: asked for often at first, as small ones take a second."""
    patience = read.settings.number("job_timeout_seconds") or 0.0
    ends, pause = time.monotonic() + patience, _FIRST_WAIT
    while True:
        info: dict[str, Any] = send(read, client, get(job.path)).json()
        if info["state"] in _DONE:
            return _Job(job.path, info["state"], str(info.get("errorMessage") or ""))
        if time.monotonic() >= ends:
            raise TransientError(
                f"The bulk job for {read.table.name} is {info['state']} after {patience:.0f} seconds",
                "read a smaller span of time, or raise job_timeout_seconds",
            )
        time.sleep(min(pause, max(0.0, ends - time.monotonic())))
        pause = min(pause * _GROWTH, _LONGEST_WAIT)


def _clear(client: Client, job: _Job) -> None:
    """Delete the job with its results, ending it before where it still runs; the read does not depend on it."""
    if job.state not in _DONE:
        with suppress(LakeflowError):  # it may have ended since it was last looked at
            client.send(Request("PATCH", job.path, headers=_JSON, body=b'{"state":"Aborted"}'))
    try:
        client.send(Request("DELETE", job.path))
    except LakeflowError as error:
        logging.getLogger(__name__).warning("a bulk job is left to Salesforce, which deletes it in 7 days: %s", error)


_JSON = (("Content-Type", "application/json"),)
