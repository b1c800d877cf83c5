"""Discussions of a repository, which only the GraphQL API lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table, moment
from lakeflow_sources.http import Client

from .columns import IN_REPOSITORY, columns, known
from .graphql import ACTOR, actor, connection, dig, readable, visible
from .pages import page_size
from .repositories import lenient, repositories, slice_of
from .walks import fresh
from .window import bounds

__all__ = ["TABLES"]

_QUERY = (
    "query($owner: String!, $repo: String!, $after: String, $size: Int!, $by: DiscussionOrder!) { "
    "repository(owner: $owner, name: $repo) { hasDiscussionsEnabled "
    "discussions(first: $size, after: $after, orderBy: $by) { pageInfo { hasNextPage endCursor } nodes { "
    "id databaseId number title body url createdAt updatedAt closed closedAt stateReason locked activeLockReason "
    "isAnswered answerChosenAt authorAssociation upvoteCount "
    "answer { id } answerChosenBy { ...actor } author { ...actor } "
    "category { id name slug isAnswerable } comments { totalCount } "
    "labels(first: 100) { nodes { id name color description } } "
    "reactionGroups { content reactors { totalCount } } "
    "} } } rateLimit { cost remaining resetAt } } " + ACTOR
)


def _data(read: Read, piece: Slice, client: Client, size: int) -> Iterator[Mapping[str, Any]]:
    """All by the time of creation, which never changes; changes from the newest one on."""
    full = bounds(read)[0] is None
    by = {"field": "CREATED_AT" if full else "UPDATED_AT", "direction": "ASC" if full else "DESC"}
    variables = {"owner": piece["owner"], "repo": piece["repo"], "size": size, "by": by}
    return connection(read, client, _QUERY, variables, ("repository", "discussions"))


def _slices(read: Read, client: Client) -> list[Slice]:
    pieces = [slice_of(one) for one in repositories(read, client)]
    if lenient(read):
        readable(_data(read, piece, client, 1) for piece in pieces)
    return pieces


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    start, _ = bounds(read)
    seen: set[Any] = set()
    pages = _data(read, piece, client, page_size(read))
    for data in visible(client, pages, f"{piece['owner']}/{piece['repo']}", lenient=lenient(read)):
        found = data["repository"] or {}
        if found.get("hasDiscussionsEnabled") is False:
            client.note(f"nothing is read of {piece['owner']}/{piece['repo']}: discussions are disabled")
        rows = [_row(node) for node in dig(found, "discussions", "nodes") or ()]
        yield Page(records=fresh(rows, seen))
        if start is not None and rows and moment(rows[-1]["updated_at"]) < start:
            return


def _row(node: Mapping[str, Any]) -> dict[str, Any]:
    """In the words of the REST API."""
    reactions = {
        group["content"].lower(): dig(group, "reactors", "totalCount") for group in node["reactionGroups"] or ()
    }
    return {
        "id": node["databaseId"],
        "node_id": node["id"],
        "number": node["number"],
        "title": node["title"],
        "body": node["body"],
        "author": actor(node["author"]),
        "author_association": node["authorAssociation"],
        "category": node["category"],
        "closed": node["closed"],
        "state_reason": node["stateReason"],
        "locked": node["locked"],
        "active_lock_reason": node["activeLockReason"],
        "is_answered": node["isAnswered"],
        "answer_id": dig(node, "answer", "id"),
        "answer_chosen_by": actor(node["answerChosenBy"]),
        "answer_chosen_at": node["answerChosenAt"],
        "comments": dig(node, "comments", "totalCount"),
        "upvotes": node["upvoteCount"],
        "labels": dig(node, "labels", "nodes"),
        "reactions": reactions,
        "html_url": node["url"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "closed_at": node["closedAt"],
    }


_DISCUSSION = columns(
    "id long",
    "node_id",
    "number long",
    "title",
    "body",
    "author {user}",
    "author_association",
    "category struct<id:string,name:string,slug:string,isAnswerable:boolean>",
    "closed boolean",
    "state_reason",
    "locked boolean",
    "active_lock_reason",
    "is_answered boolean",
    "answer_id",
    "answer_chosen_by {user}",
    "answer_chosen_at timestamp",
    "comments long",
    "upvotes long",
    "labels array<struct<id:string,name:string,color:string,description:string>>",
    "reactions json",
    "html_url",
    "created_at timestamp",
    "updated_at timestamp",
    "closed_at timestamp",
)

DISCUSSIONS = Table(
    name="discussions",
    columns=(*IN_REPOSITORY, *_DISCUSSION),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=_slices,
    fetch=_fetch,
    ignored=known(_DISCUSSION),
    category="discussions",
)

TABLES: tuple[Table, ...] = (DISCUSSIONS,)
