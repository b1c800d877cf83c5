"""Lists in pages: with their `Link` header, their order, their filters and their caps."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.clock import millis

from .refusals import Refused, missing
from .repository import Record, Repository

__all__ = [
    "by_cursor",
    "by_number",
    "counted",
    "in_state",
    "lasting",
    "numbered",
    "ordered",
    "plain",
    "since",
    "with_id",
]

_MOST, _USUAL = 100, 30
_INVALID = 422
_CURSOR = (
    "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination "
    "(after/before)"
)
_SLOW = "In order to keep the API fast for everyone, pagination is limited for this resource."

Shape = Callable[[Sequence[Record]], Any]


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return max(1, int(text)) if text.isdigit() else default


def _size(request: web.Request) -> int:
    return min(_number(request, "per_page", _USUAL), _MOST)


def _link(request: web.Request, path: str, **params: object) -> str:
    query = {**{name: value for name, value in request.query.items() if name not in params}, **params}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{request.scheme}://{request.host}{path}?{urlencode(kept)}"


def _answer(body: Any, links: Mapping[str, str]) -> web.Response:
    text = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
    return json_answer(body, headers={"Link": text} if text else None)


def by_number(
    request: web.Request,
    rows: Sequence[Record],
    *,
    path: str = "",
    shape: Shape = list,
    cap: int | None = None,
    message: str = _SLOW,
) -> web.Response:
    """A page of *rows* by its number; *path* is what links call the list, *cap* the last page that is shown."""
    size, page = _size(request), _number(request, "page", 1)
    last = ceil(len(rows) / size)
    if cap is not None and page > cap:
        raise Refused(_INVALID, message)
    path = path or request.path
    links: dict[str, str] = {}
    if page > 1:
        links |= {"prev": _link(request, path, page=page - 1), "first": _link(request, path, page=1)}
    if page < last:
        links["next"] = _link(request, path, page=page + 1)
        links["last"] = _link(request, path, page=min(last, cap or last))
    return _answer(shape(rows[(page - 1) * size : page * size]), links)


def by_cursor(
    request: web.Request,
    rows: Sequence[Record],
    order: Callable[[Record], Any],
    *,
    path: str,
    cap: int,
    shape: Shape = list,
) -> web.Response:
    """A page of *rows*, which are sorted by *order*, behind the row that `after` stands for."""
    size, page = _size(request), _number(request, "page", 1)
    falling = len(rows) > 1 and order(rows[0]) > order(rows[-1])
    if after := request.query.get("after"):
        mark = _decoded(after)
        rest = [one for one in rows if (_mark(order, one) < mark if falling else _mark(order, one) > mark)]
    elif page > cap:
        raise Refused(_INVALID, _CURSOR)
    else:
        rest = list(rows[(page - 1) * size :])
    some = rest[:size]
    links: dict[str, str] = {}
    if len(rest) > size:
        links["next"] = _link(request, path, after=_encoded(_mark(order, some[-1])), page=page + 1)
    return _answer(shape(some), links)


def _mark(order: Callable[[Record], Any], row: Record) -> tuple[str, int]:
    return str(order(row)[0]), int(row["id"])


def _encoded(mark: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(f"{mark[0]}|{mark[1]}".encode()).decode()


def _decoded(text: str) -> tuple[str, int]:
    try:
        value, _, number = base64.urlsafe_b64decode(text).decode().rpartition("|")
        return value, int(number)
    except (binascii.Error, ValueError):
        raise Refused(_INVALID, "Invalid cursor") from None


def since(request: web.Request, rows: Sequence[Record], *, exclusive: bool) -> list[Record]:
    """Those that changed at `since` or later; only later where *exclusive*, as the vendor's page says today."""
    text = request.query.get("since")
    if not text:
        return list(rows)
    bound = millis(text)
    return [one for one in rows if (moment := millis(one["updated_at"])) > bound or (moment == bound and not exclusive)]


def ordered(request: web.Request, rows: Sequence[Record], *, default: str = "desc") -> tuple[list[Record], Any]:
    """*rows* by `sort` and `direction`, and the order; equal ones by their id."""
    field = {"updated": "updated_at", "created": "created_at"}.get(request.query.get("sort", "created"), "created_at")

    def order(row: Record) -> tuple[str, int]:
        return str(row[field]), int(row["id"])

    direction = request.query.get("direction", default)
    return sorted(rows, key=order, reverse=direction == "desc"), order


def lasting(request: web.Request, one: Repository) -> str:
    """The address that links use, which a new name does not change."""
    return re.sub(r"^/repos/[^/]+/[^/]+", f"/repositories/{one.id}", request.path)


def in_state(request: web.Request, rows: Sequence[Record]) -> list[Record]:
    """Open ones, unless `state` says otherwise."""
    state = request.query.get("state", "open")
    return [one for one in rows if state in ("all", one["state"])]


def numbered(rows: Sequence[Record], request: web.Request) -> Record:
    """The row whose number is in the address."""
    return _found(rows, "number", request)


def with_id(rows: Sequence[Record], request: web.Request) -> Record:
    """The row whose id is in the address."""
    return _found(rows, "id", request)


def _found(rows: Sequence[Record], name: str, request: web.Request) -> Record:
    wanted = int(request.match_info[name])
    for one in rows:
        if one[name] == wanted:
            return one
    raise missing()


def plain(request: web.Request, one: Repository, rows: Sequence[Record], **more: Any) -> web.Response:
    """A list of a repository, by page number."""
    return by_number(request, rows, path=lasting(request, one), **more)


def counted(request: web.Request, one: Repository, rows: Sequence[Record], name: str) -> web.Response:
    """A list that is wrapped with its count."""
    return plain(request, one, rows, shape=lambda some: {"total_count": len(rows), name: list(some)})
