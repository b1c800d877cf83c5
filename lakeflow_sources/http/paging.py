"""Ways from one page to the next: functions `(request, response) -> next request | None`.

| maker         | the service says                                        | next call                  |
|---------------|---------------------------------------------------------|----------------------------|
| `token`       | `{"paging": {"next": {"after": "abc"}}}`                | `?after=abc`, or in a body |
| `next_link`   | `{"next": "https://host/items?page=2"}`                 | that address               |
| `link_header` | `Link: <https://host/items?page=2>; rel="next"`         | that address               |
| `page_number` | nothing: a page that is not full is the last            | `?page=2`                  |
| `offset`      | nothing: a page that is not full is the last            | `?offset=100`              |
| `keyset`      | nothing: the last record's key is where the next begins | `?id_after=4711`           |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.address import followed
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["Paging", "keyset", "link_header", "next_link", "offset", "page_number", "paginate", "token"]

Paging = Callable[[Request, Response], "Request | None"]
_NO_CONTENT = 204
_MOST = 10_000_000  # pages: a service that names a new next page for ever must not hold a task for ever


def paginate(
    send: Callable[[Request], Response], first: Request, paging: Paging | None, most: int = _MOST
) -> Iterator[Response]:
    """All pages from *first* on; a next request that was made before is a `VendorError`, not an endless loop."""
    request, marked, count = first, first, 0
    while True:
        response = send(request)
        yield response
        count += 1
        following = paging(request, response) if paging else None
        if following is None:
            return
        if following in (marked, request) or count >= most:
            raise VendorError(
                f"{request.method} {request.url} does not come to an end: page {count} names a next page "
                + ("that was read before" if count < most else "again"),
                "report this to the vendor; a smaller time span or page_size may help",
            )
        if count & (count - 1) == 0:  # marking at powers of two finds a circle of any length with one request kept
            marked = request
        request = following


def token(path: str, *, param: str | None = None, body: str | None = None, more: str | None = None) -> Paging:
    """The token at *path* of the answer goes into query parameter *param*, or member *body* of the next call.

    *more*: path of a flag that says whether there is another page, for services that always send a token.
    """

    def follow(request: Request, response: Response) -> Request | None:
        value = _at(response, path)
        if value in (None, "", False) or (more is not None and not _at(response, more)):
            return None
        return _with(request, param, body, value)

    return follow


def next_link(path: str, *, more: str | None = None) -> Paging:
    """The address at *path* of the answer, whole or relative; *more* as for `token`."""

    def follow(request: Request, response: Response) -> Request | None:
        link = _at(response, path)
        if not isinstance(link, str) or not link or (more is not None and not _at(response, more)):
            return None
        return followed(request, response.url, link)

    return follow


def link_header(rel: str = "next") -> Paging:
    """The address that the header `Link` calls *rel*."""

    def follow(request: Request, response: Response) -> Request | None:
        from requests.utils import parse_header_links

        for link in parse_header_links(response.headers.get("link", "")):
            if rel in link.get("rel", "").split():
                return followed(request, response.url, link["url"])
        return None

    return follow


def page_number(
    param: str = "page",
    *,
    size: int,
    records: str = "",
    size_param: str | None = None,
    first: int = 1,
    more: str | None = None,
) -> Paging:
    """Pages counted from *first*; the one with fewer than *size* records (at path *records*) is the last.

    *more*: path of a flag that decides instead of the count.
    """

    def follow(request: Request, response: Response) -> Request | None:
        full = _count(response, records) >= size if more is None else bool(_at(response, more))
        if not full:
            return None
        here = int(dict(request.params).get(param, first))
        sizes = {size_param: size} if size_param else {}
        return request.with_params(**{param: here + 1}, **sizes)

    return follow


def offset(
    param: str = "offset", *, size: int, records: str = "", size_param: str | None = None, total: str | None = None
) -> Paging:
    """Records counted from 0; the page with fewer than *size* is the last, or the one that reaches *total*."""

    def follow(request: Request, response: Response) -> Request | None:
        count = _count(response, records)
        reached = int(dict(request.params).get(param, 0)) + count
        last = count < size if total is None else reached >= _number(response, total)
        if last or count == 0:
            return None
        sizes = {size_param: size} if size_param else {}
        return request.with_params(**{param: reached}, **sizes)

    return follow


def keyset(key: str, *, size: int, records: str = "", param: str | None = None, body: str | None = None) -> Paging:
    """The next page begins after the *key* (a path) of the last record of a full page."""

    def follow(request: Request, response: Response) -> Request | None:
        count = _count(response, records)
        if count < size or not count:
            return None
        value = response.last(records)
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            raise VendorError(
                f"{request.method} {request.url} answered a record without {key}, which the next page begins after",
                "ask for this field too",
            )
        return _with(request, param, body, value)

    return follow


def _with(request: Request, param: str | None, body: str | None, value: object) -> Request:
    if param is not None:
        request = request.with_params(**{param: value})
    return request if body is None else request.with_json(**{body: value})


def _at(response: Response, path: str) -> Any:
    """The value at a dotted *path*; nothing only where the status or the answer says so.

    An answer that is no JSON is an error, as an empty page would end the reading in silence.
    """
    return None if response.status == _NO_CONTENT else response.at(path)


def _number(response: Response, path: str) -> int:
    """The number at *path*; none where the service leaves it out."""
    value = _at(response, path)
    try:
        return int(value or 0)
    except (TypeError, ValueError, OverflowError):
        raise VendorError(f"The answer has no number at {path}, but {value!r:.60}", "report it to the vendor") from None


def _count(response: Response, path: str) -> int:
    return 0 if response.status == _NO_CONTENT else response.count(path)
