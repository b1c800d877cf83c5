"""Users by id, for the APIs that tell of a user no more than that; and how many calls an edition allows at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources import AccessError, Settings
from lakeflow_sources.http import Client, get, paginate, paging

from .answers import Row, rows, send
from .paths import path

__all__ = ["EDITIONS", "SIMULTANEOUS", "all_users", "names_of_users", "with_users"]

SIMULTANEOUS: Mapping[str, int] = {"free": 5, "standard": 10, "professional": 15, "enterprise": 20, "ultimate": 25}
"""Calls at the same time; source: the page on API limits."""
EDITIONS = tuple(SIMULTANEOUS)
_PAGE = 200


def all_users(settings: Settings, client: Client) -> list[Row]:
    """Active, inactive and deleted users, each once."""
    found: dict[str, Row] = {}
    for kind in ("AllUsers", "DeletedUsers"):
        request = get(path(settings, "users"), type=kind, page=1, per_page=_PAGE)
        follow = paging.page_number(size=_PAGE, more="info.more_records")
        for response in paginate(lambda one: send(settings, client, one), request, follow):
            found |= {one["id"]: one for one in rows(response, "users") if one["id"] not in found}
    return list(found.values())


def names_of_users(settings: Settings, client: Client) -> Mapping[str, Mapping[str, Any]] | None:
    """Name and address by user id; `None` where the token may not see the users."""
    try:
        users = all_users(settings, client)
    except AccessError:
        return None
    return {one["id"]: {"id": one["id"], "name": one.get("full_name"), "email": one.get("email")} for one in users}


def with_users(row: Row, names: tuple[str, ...], users: Mapping[str, Mapping[str, Any]]) -> Row:
    """*row* with the whole of each user in place of what a query shows."""
    for name in names:
        if row.get(name):
            row[name] = users.get(row[name]["id"], row[name])
    return row
