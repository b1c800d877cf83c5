"""Ways from one page to the next, as values: `begin` completes the first call, calling them gives the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lakeflow_sources.declaration.page_end import NO_CONTENT, Ending, Flags, Sized, told
from lakeflow_sources.declaration.place import Spot, Where
from lakeflow_sources.decode import dig
from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.paging import link_header, next_link
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["Pager", "make_pager"]


class Pager(Protocol):
    """A way to page."""

    def begin(self, request: Request, size: int | None) -> Request:
        """The first call, asking for *size* records where it can say so."""
        ...

    def __call__(self, request: Request, response: Response) -> Request | None:
        """The call for the page behind *response*."""
        ...


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Pages counted from *first*."""

    spot: Spot
    first: int
    size: Sized
    ending: Ending

    def begin(self, request: Request, size: int | None) -> Request:
        return self.spot.put(self.size.begin(request, size), self.first)

    def __call__(self, request: Request, response: Response) -> Request | None:
        here = int(self.spot.get(request))
        count = self.ending.count(response)
        last = self.ending.last(response, here - self.first + 1, count, self.size.of(request))
        return None if last else self.spot.put(request, here + 1)


@dataclass(frozen=True, slots=True)
class Offset:
    """Records counted from 0."""

    spot: Spot
    size: Sized
    ending: Ending

    def begin(self, request: Request, size: int | None) -> Request:
        return self.spot.put(self.size.begin(request, size), 0)

    def __call__(self, request: Request, response: Response) -> Request | None:
        count = self.ending.count(response)
        reached = int(self.spot.get(request)) + count
        last = not count or self.ending.last(response, reached, count, self.size.of(request))
        return None if last else self.spot.put(request, reached)


@dataclass(frozen=True, slots=True)
class Token:
    """The token at path *field*, or in *header*, of the answer goes into the next call."""

    spot: Spot
    size: Sized
    flags: Flags
    field: str = ""
    header: str = ""
    drop: tuple[str, ...] = ()

    def begin(self, request: Request, size: int | None) -> Request:
        return self.size.begin(request, size)

    def __call__(self, request: Request, response: Response) -> Request | None:
        value = response.headers.get(self.header.lower()) if self.header else told(response, self.field)
        if value in (None, "", False) or self.flags.end(response):
            return None
        return self.spot.put(request.with_params(**dict.fromkeys(self.drop)), value)


@dataclass(frozen=True, slots=True)
class NextUrl:
    """The address at path *field*, or the one that the header `Link` calls *rel*."""

    size: Sized
    flags: Flags
    field: str = ""
    rel: str = "next"

    def begin(self, request: Request, size: int | None) -> Request:
        return self.size.begin(request, size)

    def __call__(self, request: Request, response: Response) -> Request | None:
        if self.flags.end(response) or response.status == NO_CONTENT:
            return None
        return (next_link(self.field) if self.field else link_header(self.rel))(request, response)


@dataclass(frozen=True, slots=True)
class Keyset:
    """The next page begins behind the *key* of the last record."""

    spot: Spot
    key: str
    size: Sized
    ending: Ending

    def begin(self, request: Request, size: int | None) -> Request:
        return self.size.begin(request, size)

    def __call__(self, request: Request, response: Response) -> Request | None:
        count = self.ending.count(response)
        if not count or self.ending.last(response, 0, count, self.size.of(request)):
            return None
        value = dig(response.last(self.ending.records), self.key)
        if value is None:
            raise VendorError(
                f"{request.method} {request.url} answered a record without {self.key}, the end of its page",
                "ask for this field too, or correct the paging of this table",
            )
        return self.spot.put(request, value)


def make_pager(keys: Mapping[str, Any], records: str, method: str) -> Pager | None:
    """The pager of checked *keys* for a table with its records at this path."""
    kind = keys["type"]
    where: Where = keys.get("in") or (
        "body" if method == "POST" and kind not in ("next_url", "link_header") else "query"
    )
    size_param = keys.get("size_param")
    size = Sized(Spot(size_param, where) if size_param else None, keys.get("size"))
    total = keys.get("total") or keys.get("pages") or ""
    flags = Flags(keys.get("more", ""), keys.get("last", ""))
    ending = Ending(records, flags, total, keys.get("end") == "short")
    if kind == "page":
        return PageNumber(Spot(keys.get("param", "page"), where), keys.get("first", 1), size, ending)
    if kind == "offset":
        return Offset(Spot(keys.get("param", "offset"), where), size, ending)
    if kind == "token":
        drop = tuple(keys.get("drop", ()))
        return Token(Spot(keys["param"], where), size, flags, keys.get("field", ""), keys.get("header", ""), drop)
    if kind == "keyset":
        return Keyset(Spot(keys["param"], where), keys["key"], size, ending)
    if kind in ("next_url", "link_header"):
        return NextUrl(size, flags, keys.get("field", ""), keys.get("rel", "next"))
    return None
