"""Rows by the query resource: pages by locator, and on from the last id where a locator died."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from lakeflow_sources import Page, Read, VendorError
from lakeflow_sources.http import Client, Request, Response, get, post

from .calls import answer
from .content import with_content
from .counting import in_halves
from .faults import TOO_WIDE
from .hosts import data_path
from .kinds import Kind
from .soql import Query, Span

__all__ = ["answers", "records_of", "rest_pages"]

_LONGEST_URL = 8_000  # characters: the vendor takes 16,384 with all headers, which hold a token of any length
_LOST = "INVALID_QUERY_LOCATOR"
_LEAST, _MOST = 200, 2_000
Record = dict[str, Any]


def rest_pages(read: Read, client: Client, query: Query, span: Span | None) -> Iterator[Page]:
    """The rows of *query* in *span*; where they take the org too long, those of each half of it."""
    for records in records_of(read, client, query, span):
        yield from with_content(read, client, records)


def records_of(read: Read, client: Client, query: Query, span: Span | None) -> Iterator[list[Record]]:
    """The same as records, a page at a time."""
    bound = query.also(*span.conditions()) if span else query
    try:
        yield from answers(read, client, bound)
    except _TooWideError as error:
        # Rows that were handed on must not come twice.
        pair = None if error.started else in_halves(read, client, query, span)
        if pair is None:
            raise VendorError(error.message, "ask for fewer columns by `columns`, or set api=bulk") from None
        for half in pair:
            yield from records_of(read, client, query, half)


def answers(read: Read, client: Client, query: Query) -> Iterator[list[Record]]:
    """Pages of records sorted by id, which makes it possible to go on after any of them."""
    kind: Kind = read.table.data
    keyed = kind.keyed and "Id" in query.paths
    last, again = "", None
    request: Request | None = _first(read, query, last, keyed=keyed)
    while request is not None:
        expected = {*TOO_WIDE, _LOST} if keyed and again != last else TOO_WIDE  # no second loss without a row between
        response, fault = answer(read, client, request, expected)
        if fault is not None and fault.code == _LOST:
            again, request = last, _first(read, query, last, keyed=keyed)
            continue
        if fault is not None:
            raise _TooWideError(fault.message, started=bool(last))
        page = _parsed(response, composite=request.url.endswith("/composite"))
        records = [_bare(one) for one in page["records"]]
        last = _checked(read, records, last) if keyed else last
        if records:
            yield records
        request = _next(read, request, page)


def _first(read: Read, query: Query, last: str, *, keyed: bool) -> Request:
    """The query for what comes after the id *last*; inside a composite where it is too long for an address."""
    if keyed:
        query = query.also(f"Id > '{last}'") if last else query
        query = Query(query.paths, query.source, query.where, "Id", query.limit, query.everything)
    text = str(query)
    size = read.settings.integer("page_size")
    hint = {"Sforce-Query-Options": f"batchSize={min(max(size, _LEAST), _MOST)}"} if size else {}
    path = data_path(read.settings, query.resource)
    if len(quote(text)) <= _LONGEST_URL:
        return get(path, headers=hint, q=text)
    call = {"method": "GET", "url": f"{path}?q={quote(text)}", "referenceId": "page", "httpHeaders": hint}
    return post(data_path(read.settings, "composite"), compositeRequest=[call])


def _parsed(response: Response, *, composite: bool) -> dict[str, Any]:
    """The page with its numbers as text: a double would lose some of their digits."""
    page: dict[str, Any] = response.spelled()
    return page["compositeResponse"][0]["body"] if composite else page


def _bare(record: Record) -> Record:
    """The record and its parents without what the API says about itself."""
    record.pop("attributes", None)
    for value in record.values():
        if isinstance(value, dict):
            _bare(value)
    return record


def _checked(read: Read, records: list[Record], last: str) -> str:
    """The last id; a page that does not go on behind *last* would be read again and again, or leave rows out."""
    for one in records:
        if one["Id"] <= last:
            raise VendorError(
                f"The rows of {read.table.name} do not come in the order of their ids ({one['Id']} after {last})",
                "read again; if it stays, set api=bulk",
            )
        last = one["Id"]
    return last


def _next(read: Read, request: Request, page: dict[str, Any]) -> Request | None:
    following = page.get("nextRecordsUrl")
    if page["done"]:
        return None
    if not following or request.url == following:
        raise VendorError(
            f"The query of {read.table.name} is not done, and names no further page", "read again, or set api=bulk"
        )
    return get(following)


class _TooWideError(Exception):
    """The org ran out of time; nothing was read yet."""

    def __init__(self, message: str, *, started: bool) -> None:
        self.message, self.started = message, started
        super().__init__(message)
