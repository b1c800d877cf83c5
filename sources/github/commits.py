"""Commits of the default branch, and the comments on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from operator import itemgetter
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table, moment
from lakeflow_sources.http import Client, Request, Response, get, paging

from . import lists
from .columns import IN_REPOSITORY, columns, known
from .lists import Listing, ended, readable, spread
from .pages import page_size, rows_of, up_to_cap, walk
from .repositories import few, lenient, repositories, repository_path
from .walks import fresh
from .window import SECOND, bounds, midnight, text

__all__ = ["COMMIT", "COMMIT_LINKS", "TABLES", "commit_rows"]

_WEEK = 7 * 86_400.0
_DAY = timedelta(days=1)
_FOLLOW = paging.link_header()


def _request(read: Read, piece: Slice) -> Request:
    """The commits of a time, or of the part of a history that the slice stands for.

    A bound in whole days is wider than the window; the address stays the same for a day, so that a cache knows it.
    """
    start, end = bounds(read)
    request = get(repository_path(piece, "commits"), per_page=page_size(read), page=piece["page"], sha=piece["head"])
    if start is not None:
        request = request.with_params(since=text(midnight(start - SECOND)))
    if end is not None:
        request = request.with_params(until=text(midnight(end + 2 * _DAY)))
    return request


def _slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository, none where nothing was pushed since; page ranges of the whole history of a few.

    All ranges begin at the commit that was the newest when they were planned: what leads to a commit never changes.
    """
    start, _ = bounds(read)
    found = repositories(read, client)
    if start is not None:
        early = start - _DAY  # clocks of people who commit may be ahead of GitHub's
        pushed = [one for one in found if one.pushed_at is None or moment(one.pushed_at) >= early]
        return readable(read, client, pushed, _request)
    if not few(read, found):
        return readable(read, client, found, _request)
    return spread(read, client, found, _request, lambda commits: {"head": commits[0]["sha"]})


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    seen: set[Any] = set()
    pages = walk(read, client, _request(read, piece), lenient=lenient(read), follow=_pinned)
    for response in up_to_cap(read, client, pages):
        yield Page(records=fresh(rows_of(response), seen, itemgetter("sha")))
        if ended(read, piece, response):
            return


def _pinned(request: Request, response: Response) -> Request | None:
    """The next page of the history that the first page began: commits that are pushed meanwhile do not move it."""
    following = _FOLLOW(request, response)
    params = dict(request.params)
    if following is None or "since" in params:
        return following
    head = params.get("sha") or next((commit["sha"] for commit in rows_of(response)), None)
    return following.with_params(sha=head)


def commit_rows(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """An author whom GitHub does not know is an empty object."""
    yield {**record, "author": record.get("author") or None, "committer": record.get("committer") or None}


COMMIT = columns(
    "sha",
    "node_id",
    "commit.message -> message",
    "author {user}",
    "commit.author.name -> author_name",
    "commit.author.email -> author_email",
    "commit.author.date timestamp -> authored_at",
    "committer {user}",
    "commit.committer.name -> committer_name",
    "commit.committer.email -> committer_email",
    "commit.committer.date timestamp -> committed_at",
    "parents {parents}",
    "commit.tree.sha -> tree_sha",
    "commit.comment_count long -> comment_count",
    "commit.verification.verified boolean -> verified",
    "commit.verification.reason -> verification_reason",
    "commit.verification.verified_at timestamp -> verified_at",
    "html_url",
    "url",
)
COMMIT_LINKS = (
    *known(COMMIT),
    "comments_url",
    "commit.url",
    "commit.tree.url",
    "commit.verification.payload",
    "commit.verification.signature",
    "stats",
    "files",
)

COMMITS = Table(
    name="commits",
    columns=(*IN_REPOSITORY, *COMMIT),
    primary_key=("repository_id", "sha"),
    # A merge brings commits that are older than itself: a week of lookback finds those of most branches.
    cursor=Cursor("committed_at", lag=60.0, lookback=_WEEK, client_side=True),
    ingestion="cdc",
    slices=_slices,
    fetch=_fetch,
    rows=commit_rows,
    ignored=COMMIT_LINKS,
    category="code",
    description="Commits that the default branch leads to.",
)

_COMMENT = columns(
    "id long",
    "node_id",
    "commit_id",
    "path",
    "position long",
    "line long",
    "body",
    "user {user}",
    "author_association",
    "reactions json",
    "html_url",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
)

COMMIT_COMMENTS = Table(
    name="commit_comments",
    columns=(*IN_REPOSITORY, *_COMMENT),
    primary_key=("id",),
    slices=lists.slices,
    fetch=lists.fetch,
    ignored=(*known(_COMMENT), "body_text", "body_html"),
    category="code",
    data=Listing("comments"),
)

TABLES: tuple[Table, ...] = (COMMITS, COMMIT_COMMENTS)
