"""Queries of GitHub's other API, which counts points instead of calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lakeflow_sources import AccessError, Read, Settings
from lakeflow_sources.http import Client, Request, Response, paginate, post

__all__ = ["ACTOR", "actor", "connection", "dig", "readable", "visible"]

_HOST = "https://api.github.com"
_SERVER = "/v3"  # of an Enterprise Server, whose GraphQL is beside it

ACTOR = (
    "fragment actor on Actor { __typename login avatarUrl url ... on Node { id } "
    "... on User { databaseId isSiteAdmin } ... on Bot { databaseId } "
    "... on Organization { databaseId } ... on Mannequin { databaseId } }"
)
"""What `actor` makes a user of."""


def address(settings: Settings) -> str:
    """Where queries go: beside the REST API of the same host."""
    base = (settings.get("base_url") or _HOST).rstrip("/")
    return f"{base.removesuffix(_SERVER)}/graphql"


def connection(
    read: Read, client: Client, query: str, variables: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Mapping[str, Any]]:
    """The data of each page of the connection at *path*, which the query asks for with `first` and `after`.

    A page costs a point for a hundred nodes; the answers' headers say how many points are left.
    """

    def follow(request: Request, response: Response) -> Request | None:
        page = dig(response.json()["data"], *path)
        if page is None or not page["pageInfo"]["hasNextPage"]:
            return None
        return request.with_json(variables={**variables, "after": page["pageInfo"]["endCursor"]})

    first = post(address(read.settings), rate="graphql", query=query, variables={**variables, "after": None})
    for response in paginate(client.send, first, follow):
        yield response.json()["data"]


def visible(
    client: Client, pages: Iterator[Mapping[str, Any]], whose: str, *, lenient: bool
) -> Iterator[Mapping[str, Any]]:
    """*pages*; none, with a note, where the credentials may not see them and *lenient* says that there are others."""
    begun = False
    try:
        for data in pages:
            begun = True
            yield data
    except AccessError as error:
        if begun or not lenient:
            raise
        client.note(f"nothing is read of {whose}: {error.cause}")


def readable(first_pages: Iterable[Iterator[Mapping[str, Any]]]) -> None:
    """Make sure that one of them can be read: a right that is missing everywhere must not look like empty tables."""
    refused: AccessError | None = None
    for pages in first_pages:
        try:
            next(pages, None)
        except AccessError as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def dig(data: Any, *path: str) -> Any:
    """What lies at *path*; `None` where it ends early."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def actor(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A user in the shape in which the REST API gives it."""
    if not found:
        return None
    return {
        "login": found.get("login"),
        "id": found.get("databaseId"),
        "node_id": found.get("id"),
        "type": found.get("__typename"),
        "site_admin": found.get("isSiteAdmin", False),
        "avatar_url": found.get("avatarUrl"),
        "html_url": found.get("url"),
    }
