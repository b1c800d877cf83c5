"""The list of a module, walked by time of change, as it cannot be asked for a span of ids.

Every page begins at the last time that was seen, so that records which change, come or go meanwhile shift nothing
behind them; page tokens are used only inside one second, where mass updates put thousands of records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lakeflow_sources import EPOCH, Page, Read, Slice, VendorError, Window
from lakeflow_sources.http import Client, Request, Response, get, paginate

from .answers import Row, attempt, more, rows, send
from .completing import Completion, converted, is_exact, shaped
from .demand import chunks, demand_of
from .paths import path
from .times import FOREVER, SECOND, moment_of, stamp

__all__ = ["list_pages", "row_pages", "walk"]

_PAGE = 200
_LEAST = 20  # records of a page that is worth to be asked for
_SPARE = 20
_CURSOR = "Modified_Time"
_STALE = frozenset({"EXPIRED_VALUE", "TOKEN_BOUND_DATA_MISMATCH"})


@dataclass
class _Walk:
    """Where a walk stands: *since* is what the next page is asked for, *token* the page inside of one second."""

    window: Window
    since: datetime
    token: str = ""
    page: int = 1
    seen: set[int] = field(default_factory=set)
    restarts: int = 0
    known: int = 0
    """Pages in a row that held nothing new."""


def list_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The records of a window of `Modified_Time`, or all there are, with what a list does not show."""
    first, *others = chunks(demand_of(read).listed)
    completion = Completion(read, client)
    for some in walk(read, client, piece.window, first):
        if some:  # nothing is asked about no records
            whole = completion.complete(some, [name for part in others for name in part])
            yield Page(records=[shaped(read, one) for one in whole])


def walk(read: Read, client: Client, window: Window | None, names: tuple[str, ...]) -> Iterator[list[Row]]:
    """Records of a window by ascending time of change, each once, with these fields."""
    bounds = window or Window(EPOCH, FOREVER)
    state = _Walk(bounds, bounds.start - SECOND)
    while True:
        found, following = _page(read, client, state, names)
        if found is None:
            continue
        fresh = [one for one in found if _is_new(state, one)]
        yield fresh
        _check_progress(read, state, fresh)
        if not following:
            return
        # A page may be empty although there are more: what it held is hidden from the user.
        last = moment_of(found[-1].get(_CURSOR)) if found else state.since
        if last >= bounds.end:
            return
        _advance(state, last, str(following.get("next_page_token") or ""))


def _page(
    read: Read, client: Client, state: _Walk, names: tuple[str, ...]
) -> tuple[list[Row] | None, dict[str, object]]:
    """The next page and what it says about further ones; `None` where the token has gone stale."""
    response, fault = attempt(read.settings, client, _request(read, state, names))
    if fault is None:
        return list(rows(response, exact=is_exact(read))), dict(more(response))
    if fault.code not in _STALE or not state.token:
        response = send(read.settings, client, response.request)  # raises what is wrong
        return list(rows(response, exact=is_exact(read))), dict(more(response))
    state.token, state.page, state.restarts = "", 1, state.restarts + 1
    if state.restarts > 3:  # noqa: PLR2004 (a token lives for a day)
        raise VendorError(
            f"Zoho CRM does not take its own page tokens of {read.table.name}: {fault.code}",
            "read again; if it stays, tell Zoho",
        )
    return None, {}


def _request(read: Read, state: _Walk, names: tuple[str, ...]) -> Request:
    size = min(read.settings.integer("page_size") or _PAGE, _PAGE)
    request = get(
        path(read.settings, read.table.data.name),
        fields=",".join(names),
        per_page=size,
        sort_by=_CURSOR,
        sort_order="asc",
        converted=converted(read),
    )
    # One second earlier: whether the header includes its own second is not documented.
    if state.since > EPOCH:
        request = request.with_headers(If_Modified_Since=stamp(state.since))
    return request.with_params(page_token=state.token) if state.token else request.with_params(page=state.page)


def _advance(state: _Walk, last: datetime, token: str) -> None:
    since = last - SECOND
    if since > state.since:
        state.since, state.token, state.page = since, "", 1
    elif token:
        state.token = token
    else:
        state.page += 1


def _check_progress(read: Read, state: _Walk, fresh: list[Row]) -> None:
    """After a restart inside a crowded second come as many known pages as it has; more than that is no end."""
    state.known = 0 if fresh else state.known + 1
    if state.known > len(state.seen) // _LEAST + _SPARE:
        raise VendorError(
            f"The list of {read.table.name} does not come to an end: {state.known} pages brought nothing new",
            "read a smaller time span by start and end, and tell Zoho",
        )


def _is_new(state: _Walk, row: Row) -> bool:
    number = int(row["id"])
    inside = state.window.start <= moment_of(row.get(_CURSOR)) < state.window.end
    if not inside or number in state.seen:
        return False
    state.seen.add(number)
    return True


def row_pages(read: Read, client: Client) -> Iterator[Page]:
    """All rows of a subform or linking module, which tell no reliable time of change, by ascending id."""
    first, *others = chunks(tuple(one.source for one in demand_of(read).plain) or ("id",))
    request = get(
        path(read.settings, read.table.data.name),
        fields=",".join(first),
        per_page=_PAGE,
        sort_by="id",
        sort_order="asc",
        page=1,
    )
    completion = Completion(read, client)
    for response in paginate(lambda one: send(read.settings, client, one), request, _next_page):
        some = rows(response, exact=is_exact(read))
        whole = completion.complete(some, [name for part in others for name in part])
        yield Page(records=[shaped(read, one) for one in whole])


def _next_page(request: Request, response: Response) -> Request | None:
    info = more(response)
    if not info:
        return None
    token = info.get("next_page_token")
    if token:
        return request.with_params(page=None, page_token=token)
    return request.with_params(page=int(dict(request.params).get("page", 1)) + 1, page_token=None)
