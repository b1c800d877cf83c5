"""Projects (version 2) of organizations and users, which only the GraphQL API lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table, moment
from lakeflow_sources.http import Client, get

from .columns import columns, known
from .graphql import ACTOR, actor, connection, dig, readable, visible
from .organizations import owner_slices, several
from .pages import ask, page_size
from .repositories import entries
from .walks import fresh
from .window import bounds

__all__ = ["TABLES"]

_QUERY = (
    "query($owner: String!, $after: String, $size: Int!, $by: ProjectV2Order!) { "
    "repositoryOwner(login: $owner) { ... on ProjectV2Owner { "
    "projectsV2(first: $size, after: $after, orderBy: $by) { pageInfo { hasNextPage endCursor } nodes { "
    "id number title shortDescription readme url public template closed closedAt createdAt updatedAt "
    "creator { ...actor } items { totalCount } "
    "} } } } rateLimit { cost remaining resetAt } } " + ACTOR
)


def _data(read: Read, piece: Slice, client: Client, size: int) -> Iterator[Mapping[str, Any]]:
    """All by the time of creation, which never changes; changes from the newest one on."""
    full = bounds(read)[0] is None
    by = {"field": "CREATED_AT" if full else "UPDATED_AT", "direction": "ASC" if full else "DESC"}
    variables = {"owner": piece["organization"], "size": size, "by": by}
    return connection(read, client, _QUERY, variables, ("repositoryOwner", "projectsV2"))


def _slices(read: Read, client: Client) -> list[Slice]:
    pieces = [*owner_slices(read, client), *_own(read, client)]
    if several(read):
        readable(_data(read, piece, client, 1) for piece in pieces)
    return pieces


def _own(read: Read, client: Client) -> list[Slice]:
    """The user of the token, who has projects beside those of the organizations."""
    if entries(read)[0].owner or "app_id" in read.settings.credentials:
        return []
    response, fault = ask(read, client, get("/user"))
    return [] if fault else [Slice({"organization": response.json()["login"]})]


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    start, _ = bounds(read)
    seen: set[Any] = set()
    pages = _data(read, piece, client, page_size(read))
    for data in visible(client, pages, piece["organization"], lenient=several(read)):
        rows = [_row(node) for node in dig(data, "repositoryOwner", "projectsV2", "nodes") or ()]
        yield Page(records=fresh(rows, seen))
        if start is not None and rows and moment(rows[-1]["updated_at"]) < start:
            return


def _row(node: Mapping[str, Any]) -> dict[str, Any]:
    """In the words of the REST API."""
    return {
        "id": node["id"],
        "number": node["number"],
        "title": node["title"],
        "short_description": node["shortDescription"],
        "readme": node["readme"],
        "public": node["public"],
        "template": node["template"],
        "closed": node["closed"],
        "creator": actor(node["creator"]),
        "items": dig(node, "items", "totalCount"),
        "html_url": node["url"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "closed_at": node["closedAt"],
    }


_PROJECT = columns(
    "id",
    "number long",
    "title",
    "short_description",
    "readme",
    "public boolean",
    "template boolean",
    "closed boolean",
    "creator {user}",
    "items long",
    "html_url",
    "created_at timestamp",
    "updated_at timestamp",
    "closed_at timestamp",
)

PROJECTS_V2 = Table(
    name="projects_v2",
    columns=(*columns("@organization -> owner"), *_PROJECT),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=_slices,
    fetch=_fetch,
    ignored=known(_PROJECT),
    category="projects",
)

TABLES: tuple[Table, ...] = (PROJECTS_V2,)
