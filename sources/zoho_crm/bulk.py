"""Bulk reads: a job writes up to 200,000 records into a zipped CSV file, which is read as Arrow.

CSV holds bare ids of lookups and users, and names of tags: the rest is asked for as columns of the looked-up records,
or comes from the lists of users and tags. What a file cannot hold is never asked for here; see `demand`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from lakeflow_sources import EPOCH, Page, Read, Slice, TransientError, VendorError, Window
from lakeflow_sources.http import Client, Request, get, post

from .answers import Row, attempt, rows, send
from .columns import LOOKUP, TAGS, fields_of
from .csv_file import Gaps, batches, opened
from .demand import demand_of
from .paths import bulk_path, path
from .people import names_of_users
from .querying import query_pages
from .times import FOREVER, stamp

__all__ = ["bulk_pages"]

_DOWNLOADS = 3  # tries
_LONGEST = 60.0  # seconds between looks at a job, each of which costs a credit
_BUSY = frozenset({"ADDED", "QUEUED", "IN PROGRESS", "INPROGRESS", "IN_PROGRESS", "SCHEDULED"})
_DONE = "COMPLETED"


def bulk_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The records of a slice, by as many jobs as it takes; by queries where a job refuses the module or a column."""
    gaps = _gaps(read, client)
    job = None if gaps is None else _create(read, piece, client, _query(read, piece, gaps))
    if gaps is None or job is None:
        yield from query_pages(read, piece, client)
        return
    while job is not None:
        result = _wait(read, client, job)
        if int(result.get("count") or 0):
            yield from _read(read, client, (job, str(result.get("download_url") or "")), gaps)
        job = _next_job(read, piece, client, result, gaps) if result.get("more_records") else None


def _gaps(read: Read, client: Client) -> Gaps | None:
    """What stands in for what CSV leaves out; `None` where something of it cannot be had."""
    demand = demand_of(read)
    users = names_of_users(read.settings, client) if demand.users else {}
    tags = _tags(read, client) if any(one.type == TAGS for one in demand.plain) else {}
    lookups = [one.source for one in demand.plain if one.type == LOOKUP]
    names = _display_names(read, client, lookups) if lookups else {}
    if users is None or tags is None or len(names) < len(lookups):
        client.note(f"{read.table.name} is read by COQL: a file leaves out what its users, tags or lookups are called")
        return None
    return Gaps(users, names, tags)


def _tags(read: Read, client: Client) -> Mapping[str, Row] | None:
    request = get(path(read.settings, "settings", "tags"), module=read.table.data.name)
    response, fault = attempt(read.settings, client, request)
    return None if fault is not None else {one["name"]: one for one in rows(response, "tags")}


def _display_names(read: Read, client: Client, lookups: Sequence[str]) -> Mapping[str, str]:
    """The column that holds the name of the record that a lookup leads to, such as `Account_Name.Account_Name`."""
    found: dict[str, str] = {}
    known: dict[str, str] = {}
    for one in fields_of(read.settings, client, read.table.data.name):
        module = str(((one.get("lookup") or {}).get("module") or {}).get("api_name") or "")
        if one["api_name"] not in lookups or not module:
            continue
        if module not in known:
            fields = fields_of(read.settings, client, module)
            known[module] = next((str(field["api_name"]) for field in fields if field.get("display_field")), "")
        if known[module]:
            found[str(one["api_name"])] = f"{one['api_name']}.{known[module]}"
    return found


def _query(read: Read, piece: Slice, gaps: Gaps) -> Row:
    names = [one.source for one in demand_of(read).plain]
    query: Row = {
        "module": {"api_name": read.table.data.name},
        "fields": list(dict.fromkeys(("id", *names, *gaps.names.values()))),
        "page": 1,
    }
    criteria = _criteria(piece["by"] or "Modified_Time", piece.window or Window(EPOCH, FOREVER))
    if len(criteria) > 1:
        query["criteria"] = {"group_operator": "and", "group": criteria}
    elif criteria:
        query["criteria"] = criteria[0]
    return query


def _criteria(field: str, window: Window) -> list[Row]:
    found = []
    if window.start > EPOCH:
        found.append({"field": {"api_name": field}, "comparator": "greater_equal", "value": stamp(window.start)})
    if window.end < FOREVER:
        found.append({"field": {"api_name": field}, "comparator": "less_than", "value": stamp(window.end)})
    return found


def _create(read: Read, piece: Slice, client: Client, query: Row) -> str | None:
    """A new job; `None` where it is refused."""
    request = post(bulk_path(read.settings), query=query, file_type="csv")
    response, fault = attempt(read.settings, client, request)
    if fault is not None:
        client.note(f"{read.table.name} is read by COQL: a bulk read was refused, {fault.code} {fault.message}")
        return None
    return str(rows(response)[0]["details"]["id"])


def _next_job(read: Read, piece: Slice, client: Client, result: Row, gaps: Gaps) -> str:
    """The job that goes on behind a full one: more records than one job holds share a second."""
    token = result.get("next_page_token")
    query = {"page_token": token} if token else {**_query(read, piece, gaps), "page": int(result["page"]) + 1}
    job = _create(read, piece, client, query)
    if job is None:
        raise VendorError(
            f"Zoho CRM refused the second part of a bulk read of {read.table.name}",
            "read a smaller time span by start and end",
        )
    return job


def _wait(read: Read, client: Client, job: str) -> Row:
    """The result of *job*, once it is done."""
    pause = read.settings.number("poll_seconds") or 1.0
    deadline = time.monotonic() + (read.settings.number("bulk_timeout_seconds") or 0.0)
    while True:
        shown = rows(send(read.settings, client, get(bulk_path(read.settings, job))))[0]
        state = str(shown.get("state") or "").upper()
        if state == _DONE:
            return dict(shown.get("result") or {})
        if state not in _BUSY:
            raise TransientError(
                f"The bulk read {job} of {read.table.name} ended as {state or 'nothing'}", "read again"
            )
        if time.monotonic() + pause > deadline:
            raise TransientError(
                f"The bulk read {job} of {read.table.name} is still {state}",
                "read again later, or raise bulk_timeout_seconds",
            )
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST)


def _read(read: Read, client: Client, job: tuple[str, str], gaps: Gaps) -> Iterator[Page]:
    """The rows of a finished job; the file is whole before the first of them is handed on."""
    number, link = job
    request = get(link or bulk_path(read.settings, number, "result"), rate="download", headers={"Accept": "*/*"})
    with _downloaded(client, request) as file:
        for batch in batches(read, file, gaps):
            yield Page(batch=batch)


def _downloaded(client: Client, request: Request) -> IO[bytes]:
    for number in range(_DOWNLOADS):
        try:
            with client.stream(request) as body:
                return opened(body)
        except TransientError:
            if number == _DOWNLOADS - 1:
                raise
    raise AssertionError("unreachable")
