"""Stargazers and watchers: lists that grow beyond what the REST API shows, and are read by query then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table
from lakeflow_sources.http import Client, Response

from . import graphql, lists
from .columns import IN_REPOSITORY, columns
from .lists import Listing, first_request
from .pages import CapError, last_page, walk
from .people import PERSON, PERSON_LINKS
from .repositories import lenient
from .walks import fresh, steady

__all__ = ["TABLES"]

_SHOWN = 400  # pages
_STARRED = "application/vnd.github.star+json"
_QUERY = (
    "query($owner: String!, $repo: String!, $after: String) { repository(owner: $owner, name: $repo) { "
    "%s(first: 100, after: $after%s) { pageInfo { hasNextPage endCursor } edges { %snode { ...actor } } } } } "
    + graphql.ACTOR
)

Shape = Callable[[Mapping[str, Any]], dict[str, Any]]


def _fetch(field: str, query: str, shape: Shape) -> Callable[[Read, Slice, Client], Iterator[Page]]:
    """Reads the list, or the connection *field* by *query*, whose edges *shape* turns into rows of the list."""

    def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
        listing: Listing = read.table.data
        seen: set[Any] = set()
        try:
            for records in steady(client, _listed(read, piece, client), listing.key):
                yield Page(records=fresh(records, seen, listing.key))
        except CapError:
            variables = {"owner": piece["owner"], "repo": piece["repo"]}
            for data in graphql.connection(read, client, query, variables, ("repository", field)):
                edges = graphql.dig(data, "repository", field, "edges") or ()
                yield Page(records=fresh([shape(edge) for edge in edges], seen, listing.key))

    return fetch


def _listed(read: Read, piece: Slice, client: Client) -> Iterator[Response]:
    """The pages of a list; raises `CapError` at once where it has more of them than are shown."""
    begun = False
    for response in walk(read, client, first_request(read, piece), lenient=lenient(read)):
        if not begun and (last_page(response) or 0) >= _SHOWN:
            raise CapError(f"github: {piece['owner']}/{piece['repo']} has more of these than GitHub lists")
        begun = True
        yield response


def _star(edge: Mapping[str, Any]) -> dict[str, Any]:
    return {"starred_at": edge["starredAt"], "user": graphql.actor(edge["node"])}


def _watcher(edge: Mapping[str, Any]) -> dict[str, Any]:
    return graphql.actor(edge["node"]) or {"id": None}


def _key_of_star(record: Mapping[str, Any]) -> tuple[Any, Any]:
    """The user of a star may be gone."""
    return graphql.dig(record, "user", "id"), record.get("starred_at")


STARGAZERS = Table(
    name="stargazers",
    columns=(
        *IN_REPOSITORY,
        *columns(
            "starred_at timestamp",
            "user.id long -> id",
            "user.login -> login",
            "user.node_id -> node_id",
            "user.type -> type",
            "user.site_admin boolean -> site_admin",
            "user.avatar_url -> avatar_url",
            "user.html_url -> html_url",
        ),
    ),
    primary_key=("repository_id", "id"),
    slices=lists.slices,
    fetch=_fetch(
        "stargazers",
        _QUERY % ("stargazers", ", orderBy: {field: STARRED_AT, direction: ASC}", "starredAt "),
        _star,
    ),
    ignored=("user",),
    category="people",
    data=Listing("stargazers", accept=_STARRED, key=_key_of_star),
)

WATCHERS = Table(
    name="watchers",
    columns=(*IN_REPOSITORY, *PERSON),
    primary_key=("repository_id", "id"),
    slices=lists.slices,
    fetch=_fetch("watchers", _QUERY % ("watchers", "", ""), _watcher),
    ignored=PERSON_LINKS,
    category="people",
    description="Users who are told of what happens in the repository.",
    data=Listing("subscribers"),
)

TABLES: tuple[Table, ...] = (STARGAZERS, WATCHERS)
