"""Answers and lists of answers: asked conditionally where a cache knows them, followed by their `Link` header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from lakeflow_sources import AccessError, LakeflowError, QuotaError, Read, TransientError, VendorError
from lakeflow_sources.http import Client, Fault, MissingError, Request, Response, paginate, paging

from .cache import cache_of
from .faults import BLOCKED, CAP, NOTHING

__all__ = [
    "MOST",
    "CapError",
    "again",
    "ask",
    "failure",
    "last_page",
    "page_size",
    "rows_of",
    "skippable",
    "up_to_cap",
    "walk",
]

MOST = 100
"""Rows of a page."""
_LEAST = 10  # rows of a page below which it is not the page that is too heavy
_OK, _NO_CONTENT, _UNCHANGED = 200, 204, 304
_HEAVY = re.compile(r"answered 50[0234]\b")
_READ_LESS = "set on_cap=note to go on with the rows that GitHub shows, or read a shorter time"
_FOLLOW = paging.link_header()
_LAST = paging.link_header("last")
T = TypeVar("T")


class CapError(VendorError):
    """A list goes on, but GitHub does not show more of it."""


def page_size(read: Read) -> int:
    """Rows of a page: those that are asked for, at most those that GitHub gives."""
    return min(read.settings.integer("page_size") or MOST, MOST)


def ask(read: Read, client: Client, request: Request, *, keep: bool = True) -> tuple[Response, Fault | None]:
    """The answer and what is wrong with it; a page that is too heavy for GitHub is asked for in halves.

    *keep*: the same address will be asked for again by later reads, so the answer is worth a place in the cache.
    """
    while True:
        try:
            return _ask(read, client, request, keep=keep)
        except TransientError as error:
            smaller = _halved(request) if _HEAVY.search(error.cause) else None
            if smaller is None:
                raise
            request = smaller


def _ask(read: Read, client: Client, request: Request, *, keep: bool) -> tuple[Response, Fault | None]:
    cache = cache_of(read.settings) if keep else None
    kept = cache.known(request) if cache else None
    response, fault = client.attempt(cache.asking(request, kept) if cache else request)
    _warn(client, response)
    if cache is None or fault is not None:
        return response, fault
    if kept is not None and response.status == _UNCHANGED:
        cache.used(request)
        return kept, None
    if response.status == _OK:
        cache.keep(request, response)
    return replace(response, request=request), None


def _halved(request: Request) -> Request | None:
    """The first half of the same page."""
    params = dict(request.params)
    size = int(params.get("per_page", 0))
    if size // 2 < _LEAST or size % 2:
        return None
    smaller = request.with_params(per_page=size // 2)
    return smaller.with_params(page=int(params["page"]) * 2 - 1) if params.get("page", "").isdigit() else smaller


def _warn(client: Client, response: Response) -> None:
    """What GitHub says in passing: rows that it leaves out, a version that will end."""
    sso = response.headers.get("x-github-sso", "")
    if sso.startswith("partial-results"):
        client.note(f"rows of organizations that the token is not authorized for by SSO are left out ({sso})")
    if sunset := response.headers.get("sunset"):
        client.note(f"the API version in use ends on {sunset}: set api_version to a later one")


def walk(
    read: Read, client: Client, first: Request, *, lenient: bool, keep: bool = True, follow: paging.Paging = _FOLLOW
) -> Iterator[Response]:
    """The pages of a list; none, with a note, where there is nothing to read.

    *lenient*: other repositories or organizations are read as well, so one that the token may not see is left out.
    """
    begun = False

    def send(request: Request) -> Response:
        nonlocal begun
        response, fault = ask(read, client, request, keep=keep)
        if fault is not None and fault.code == CAP:
            raise CapError(failure(response, fault).cause, _READ_LESS)
        if fault is not None and (begun or not skippable(fault, lenient=lenient)):
            raise failure(response, fault)
        if fault is not None or response.status == _NO_CONTENT:
            client.note(f"nothing is read of {request.url}: {fault.message if fault else 'it is empty'}")
        begun = True
        return response

    def after(request: Request, response: Response) -> Request | None:
        return follow(request, response) if response.status == _OK else None

    for response in paginate(send, first, after):
        if response.status == _OK:
            yield response


def skippable(fault: Fault, *, lenient: bool) -> bool:
    """Whether a list with this fault is left out: it is empty in truth, or one of many that the token may not see."""
    return fault.code in NOTHING or (lenient and (fault.kind in ("access", "missing") or fault.code == BLOCKED))


def up_to_cap(read: Read, client: Client, pages: Iterator[T]) -> Iterator[T]:
    """*pages*, of which GitHub may not show all: an error then, or a note where `on_cap` says so."""
    try:
        yield from pages
    except CapError as error:
        if read.settings.get("on_cap") != "note":
            raise
        client.note(f"rows are missing: {error.cause}")


def failure(response: Response, fault: Fault) -> LakeflowError:
    """The error of an answer that the caller does not want."""
    kinds: dict[str, type[LakeflowError]] = {"access": AccessError, "missing": MissingError, "quota": QuotaError}
    told = f'"{fault.message}"' + (f", correlation id {fault.correlation}" if fault.correlation else "")
    cause = f"{response.request.method} {response.request.url} answered {response.status} ({told})"
    return kinds.get(fault.kind, VendorError)(cause, fault.remedy or "check the options of this table")


def last_page(response: Response) -> int | None:
    """The number of the last page where the answer names it."""
    last = _LAST(response.request, response)
    number = dict(last.params).get("page", "") if last else ""
    return int(number) if number.isdigit() else None


def again(client: Client, page: Response) -> list[dict[str, Any]]:
    """The rows that are on a page now which was read before; none when it is still the same, which costs no quota.

    A row that leaves a page lets those behind it move up: the first one of the next page may have gone to this one.
    """
    etag = page.headers.get("etag")
    request = page.request.with_headers(If_None_Match=etag) if etag else page.request
    response, fault = client.attempt(request)
    if fault is not None:
        raise failure(response, fault)
    return rows_of(response) if response.status == _OK else []


def rows_of(response: Response) -> list[dict[str, Any]]:
    """The rows of an answer, which some lists wrap together with their count."""
    body = response.json()
    return body if isinstance(body, list) else next((one for one in body.values() if isinstance(one, list)), [])
