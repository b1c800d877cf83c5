"""Lists, paged by cursor wherever that exists: paging by number ends at 10,000 records.

An address in an answer is never followed, only the cursor or number in it: behind a proxy it would lead past the
proxy, and credentials must not go wherever an answer says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lakeflow_sources import Column, Read, Settings, Slice, Table, VendorError
from lakeflow_sources.http import Client, MissingError, Request, Response, get, paginate

__all__ = ["PAGE", "following", "listed", "page_of", "there", "walk"]

PAGE = 100
"""Most records of a page."""


def page_of(settings: Settings, path: str, *, rate: str = "default", **params: object) -> Request:
    """The first page of a list, by cursor."""
    size = min(settings.integer("page_size") or PAGE, PAGE)
    return get(f"/api/v2/{path}", rate=rate).with_params(**{"page[size]": size}, **params)


def following(request: Request, response: Response) -> Request | None:
    """The next page by its cursor; by its number where an endpoint knows no cursor; none where it sends everything."""
    answer = response.json()
    meta = answer.get("meta")
    if isinstance(meta, dict):
        if not meta.get("has_more"):
            return None
        cursor = meta.get("after_cursor") or _param((answer.get("links") or {}).get("next"), "page[after]")
        if not cursor:
            raise VendorError(
                f"{request.method} {request.url} says that there is more, and not where", "report this to Zendesk"
            )
        return request.with_params(**{"page[after]": cursor})
    number, size = (_param(answer.get("next_page"), name) for name in ("page", "per_page"))
    if not number:
        return None
    # In pages of the same size as the first one, which an endpoint that knows no cursor has chosen itself.
    return request.with_params(**{"page[size]": None, "per_page": size or None, "page": number})


def walk(client: Client, request: Request, records: str) -> Iterator[dict[str, Any]]:
    """The records of a list one by one."""
    for response in paginate(client.send, request, following):
        yield from response.json()[records]


def there(client: Client, path: str, rate: str = "default") -> bool:
    """Whether a record exists whose list is missing: then that is no deletion."""
    try:
        client.send(get(f"/api/v2/{path}", rate=rate))
    except MissingError:
        return False
    return True


def listed(
    name: str,
    columns: tuple[Column, ...],
    *,
    path: str = "",
    records: str = "",
    rate: str = "default",
    whole: bool = False,
    **more: Any,
) -> Table:
    """A table that is a list, `/api/v2/NAME` with its records in `NAME`, keyed by id; *whole*: in one answer."""

    def request(read: Read, piece: Slice) -> Request:
        if whole:
            return get(f"/api/v2/{path or name}", rate=rate)
        return page_of(read.settings, path or name, rate=rate)

    kept: dict[str, Any] = {"primary_key": ("id",), **more}
    return Table(name=name, columns=columns, request=request, records=records or name, paging=following, **kept)


def _param(link: object, name: str) -> str:
    """A query parameter of an address."""
    if not isinstance(link, str):
        return ""
    return parse_qs(urlsplit(link).query).get(name, [""])[0]
