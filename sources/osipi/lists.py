"""Lists that are paged by position, read without losing what moves while they are walked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lakeflow_sources import Settings, VendorError
from lakeflow_sources.http import Client, Request

from .faults import limit_of

__all__ = ["SIZE", "walk"]

SIZE = 1000
_WALKS = 6


class _MovedError(Exception):
    """An item of the part that was read is gone, so all behind it moved up."""


def walk(client: Client, request: Request, settings: Settings) -> Iterator[list[dict[str, Any]]]:
    """Pages of the list that *request* begins, each item once.

    Each page begins with the last item of the one before. Where that is another one, the list has moved meanwhile and
    is walked again; what came already is left out.
    """
    size = min(settings.integer("page_size") or SIZE, SIZE)
    seen: set[str] = set()
    for _ in range(_WALKS):
        try:
            for items in _pages(client, request, max(size, 2)):
                fresh = [one for one in items if one["WebId"] not in seen]
                seen |= {one["WebId"] for one in fresh}
                if fresh:
                    yield fresh
        except _MovedError:
            continue
        return
    raise VendorError(
        f"GET {request.url} changes faster than it can be read: {_WALKS} walks did not come to its end",
        "read it at a quieter time, or name less: points, database",
    )


def _pages(client: Client, request: Request, size: int) -> Iterator[list[dict[str, Any]]]:
    start, last = 0, None
    while True:
        call = request.with_params(startIndex=start, maxCount=size)
        response, fault = client.attempt(call)
        limit = limit_of(response) if fault is not None else None
        if limit is not None and limit < size:
            size = limit
            continue
        answer = (response if fault is None else client.send(call)).json()
        items = answer["Items"]
        if last is not None and (not items or items[0]["WebId"] != last):
            raise _MovedError
        fresh = items if last is None else items[1:]
        yield fresh
        more = len(items) >= size or (answer.get("Links") or {}).get("Next")
        if not more or not fresh:
            return
        start += len(items) - 1
        last = items[-1]["WebId"]
