"""Comments and votes in the Help Center, which only the article, post or comment that they belong to tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lakeflow_sources import AccessError, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, MissingError

from .lists import page_of, there, walk

__all__ = ["TABLES"]

_RATE = "help_center"
_EACH = 25  # articles or posts of a slice
_TIMES = ("created_at timestamp", "updated_at timestamp")
_ARTICLES, _POSTS = "help_center/articles", "community/posts"


def _items(read: Read, client: Client, path: str) -> Iterator[Slice]:
    """The articles or posts of a list in slices, each with the numbers of its votes and comments."""
    records = path.rpartition("/")[2]
    found = [
        [one["id"], one.get("vote_count"), one.get("comment_count")]
        for one in walk(client, page_of(read.settings, path, rate=_RATE), records)
    ]
    for start in range(0, len(found), _EACH):
        part = found[start : start + _EACH]
        yield Slice({"path": path, "items": part}, weight=len(part), rate=_RATE)


def _list(read: Read, client: Client, path: str, records: str) -> list[dict[str, Any]]:
    """A list below an item; nothing where the item was deleted meanwhile."""
    try:
        return list(walk(client, page_of(read.settings, path, rate=_RATE), records))
    except MissingError:
        if there(client, path.rpartition("/")[0], _RATE):
            raise
        client.note(f"{read.table.name}: items that were deleted during the read are left out")
        return []


def _comments(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for item, _, count in piece["items"]:
        if count != 0:
            yield Page(records=_list(read, client, f"{piece['path']}/{item}/comments", "comments"))


def _votes(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Votes for the items of a slice and for their comments; nothing is asked where none was counted."""
    path = piece["path"]
    for item, votes, comments in piece["items"]:
        if votes != 0:
            yield Page(records=_list(read, client, f"{path}/{item}/votes", "votes"))
        made = _list(read, client, f"{path}/{item}/comments", "comments") if comments != 0 else []
        for comment in _voted(made):
            yield Page(records=_list(read, client, f"{path}/{item}/comments/{comment}/votes", "votes"))


def _voted(comments: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    return (one["id"] for one in comments if one.get("vote_count") != 0)


def _all_items(read: Read, client: Client) -> Iterator[Slice]:
    """Articles and posts; an account may have a Help Center and no community."""
    yield from _items(read, client, _ARTICLES)
    try:
        yield from _items(read, client, _POSTS)
    except AccessError as error:
        client.note(f"{read.table.name}: votes of the community are left out, {error.cause}")


_COMMENT = (
    "id long",
    "url",
    "html_url",
    "body",
    "author_id long",
    "vote_sum long",
    "vote_count long",
    "non_author_editor_id long",
    "non_author_updated_at timestamp",
)

ARTICLE_COMMENTS = Table(
    name="article_comments",
    columns=fields(*_COMMENT, "source_id long", "source_type", "locale", *_TIMES),
    primary_key=("id",),
    slices=lambda read, client: _items(read, client, _ARTICLES),
    fetch=_comments,
    category="help_center",
    description="Comments on articles; a call for each article.",
)

POST_COMMENTS = Table(
    name="post_comments",
    columns=fields(*_COMMENT, "post_id long", "official boolean", *_TIMES),
    primary_key=("id",),
    slices=lambda read, client: _items(read, client, _POSTS),
    fetch=_comments,
    category="community",
    description="Comments on posts; a call for each post that has some.",
)

VOTES = Table(
    name="votes",
    columns=fields("id long", "url", "user_id long", "item_id long", "item_type", "value long", *_TIMES),
    primary_key=("id",),
    slices=_all_items,
    fetch=_votes,
    category="help_center",
    description="Votes for articles, posts and comments; a call for each that has some.",
)

TABLES: tuple[Table, ...] = (ARTICLE_COMMENTS, POST_COMMENTS, VOTES)
