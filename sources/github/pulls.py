"""Pull requests, and what is below them: details, reviews, commits and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table
from lakeflow_sources.http import Client, Request, get

from . import parents
from .columns import IN_REPOSITORY, columns, known
from .commits import COMMIT, COMMIT_LINKS, commit_rows
from .lists import ended, readable, spread
from .pages import CapError, ask, failure, page_size, rows_of, up_to_cap, walk
from .parents import Family, Parent
from .repositories import few, lenient, repositories, repository_path
from .walks import Falling, Records, fresh, newest_first
from .window import bounds, within

__all__ = ["TABLES"]

_COMMITS_SHOWN, _FILES_SHOWN = 250, 3_000


def _request(read: Read, piece: Slice) -> Request:
    """There is no `since`: changes are found from the newest one on, and a full read goes by the time of creation."""
    full = bounds(read)[0] is None
    order = {"sort": "created", "direction": "asc"} if full else {"sort": "updated", "direction": "desc"}
    path = repository_path(piece, "pulls")
    return get(path, state="all", per_page=page_size(read), page=piece["page"]).with_params(**order)


def _slices(read: Read, client: Client) -> list[Slice]:
    found = repositories(read, client)
    if bounds(read)[0] is not None or not few(read, found):
        return readable(read, client, found, _request)
    return spread(read, client, found, _request)


def _pages(read: Read, piece: Slice, client: Client) -> Iterator[Records]:
    start, _ = bounds(read)
    first = _request(read, piece)
    if start is not None:
        # Pull requests cannot be deleted, so nothing moves up.
        falling = Falling("updated_at", start, removable=False)
        yield from newest_first(read, client, first, falling, lenient=lenient(read))
        return
    seen: set[Any] = set()
    for response in walk(read, client, first, lenient=lenient(read)):
        yield fresh(rows_of(response), seen)
        if ended(read, piece, response):
            return


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for records in up_to_cap(read, client, _pages(read, piece, client)):
        yield Page(records=records)


def _changed(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    for records in up_to_cap(read, client, _pages(read, piece, client)):
        yield [Parent(one["number"], one["updated_at"]) for one in records if within(read, one["updated_at"])]


def _all_commits(read: Read, piece: Slice, client: Client, parent: Parent, count: int) -> Iterator[Records]:
    """A pull request lists 250 of its commits; the comparison of its two ends has all of them."""
    if count < _COMMITS_SHOWN:
        return
    pull = _details(read, piece, client, parent)
    between = f"{pull['base']['sha']}...{pull['head']['sha']}"
    first = get(repository_path(piece, "compare", between), per_page=page_size(read), page=1)
    for response in walk(read, client, first, lenient=False):
        yield response.json()["commits"]


def _all_files(read: Read, piece: Slice, client: Client, parent: Parent, count: int) -> Iterator[Records]:
    """Nothing lists more than 3,000 files."""
    if count < _FILES_SHOWN:
        return
    changed = _details(read, piece, client, parent)["changed_files"]
    if changed > count:
        raise CapError(
            f"github: pull request {piece['owner']}/{piece['repo']}#{parent.key} changes {changed} files, "
            f"of which GitHub shows {count}",
            "set on_cap=note to go on with those",
        )
    yield []


def _details(read: Read, piece: Slice, client: Client, parent: Parent) -> dict[str, Any]:
    response, fault = ask(read, client, get(repository_path(piece, "pulls", parent.key)))
    if fault is not None:
        raise failure(response, fault)
    found: dict[str, Any] = response.json()
    return found


_PULL = columns(
    "id long",
    "node_id",
    "number long",
    "title",
    "body",
    "state",
    "draft boolean",
    "locked boolean",
    "active_lock_reason",
    "user {user}",
    "assignee {user}",
    "assignees {users}",
    "requested_reviewers {users}",
    "requested_teams {teams}",
    "labels {labels}",
    "milestone {milestone}",
    "head {branch}",
    "base {branch}",
    "author_association",
    "auto_merge json",
    "stack json",
    "merge_commit_sha",
    "html_url",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
    "closed_at timestamp",
    "merged_at timestamp",
)
_LINKS = (
    "diff_url",
    "patch_url",
    "issue_url",
    "commits_url",
    "review_comments_url",
    "review_comment_url",
    "comments_url",
    "statuses_url",
    "_links",
    "body_text",
    "body_html",
)


def _pull(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Version 2026-03-10 has no `assignee`."""
    assignees = record.get("assignees") or []
    yield {"assignee": assignees[0] if assignees else None, **record}


PULL_REQUESTS = Table(
    name="pull_requests",
    columns=(*IN_REPOSITORY, *_PULL),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=_slices,
    fetch=_fetch,
    rows=_pull,
    ignored=(*known(_PULL), *_LINKS),
    category="pull_requests",
    description="Pull requests as their list shows them; sizes and counts are in pull_request_details.",
)

# Whether a review moves its pull request's `updated_at` is not promised: a day of lookback costs little.
_CHANGE = Cursor("pull_request_updated_at", lag=60.0, lookback=86_400.0, client_side=True)
_NUMBER, _TIME = "pull_request_number", "pull_request_updated_at"
_PARENT = columns(f"{_NUMBER} long", f"{_TIME} timestamp")
_COUNTS = columns(
    "merged boolean",
    "mergeable boolean",
    "rebaseable boolean",
    "mergeable_state",
    "merged_by {user}",
    "maintainer_can_modify boolean",
    "comments long",
    "review_comments long",
    "commits long",
    "additions long",
    "deletions long",
    "changed_files long",
)

PULL_REQUEST_DETAILS = Table(
    name="pull_request_details",
    columns=(*IN_REPOSITORY, *_PULL, *_COUNTS),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    rows=_pull,
    ignored=(*known(_PULL, _COUNTS), *_LINKS, _NUMBER, _TIME),
    category="pull_requests",
    description="Pull requests with what takes a call each: sizes, counts, whether and by whom merged.",
    data=Family("pulls/{}", _changed, _request, _NUMBER, _TIME, single=True),
)

_REVIEW = columns(
    "id long",
    "node_id",
    "user {user}",
    "body",
    "state",
    "author_association",
    "commit_id",
    "html_url",
    "submitted_at timestamp",
)

REVIEWS = Table(
    name="reviews",
    columns=(*IN_REPOSITORY, *_PARENT, *_REVIEW),
    primary_key=("id",),
    cursor=_CHANGE,
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    ignored=(*known(_REVIEW), "_links", "pull_request_url", "body_text", "body_html"),
    category="pull_requests",
    description="Reviews of each pull request that changed.",
    data=Family("pulls/{}/reviews", _changed, _request, _NUMBER, _TIME),
)

PULL_REQUEST_COMMITS = Table(
    name="pull_request_commits",
    columns=(*IN_REPOSITORY, *_PARENT, *COMMIT),
    primary_key=("repository_id", _NUMBER, "sha"),
    cursor=_CHANGE,
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    rows=commit_rows,
    ignored=COMMIT_LINKS,
    category="pull_requests",
    description="Commits of each pull request that changed.",
    data=Family("pulls/{}/commits", _changed, _request, _NUMBER, _TIME, key=itemgetter("sha"), complete=_all_commits),
)

PULL_REQUEST_FILES = Table(
    name="pull_request_files",
    columns=(
        *IN_REPOSITORY,
        *_PARENT,
        *columns(
            "filename",
            "previous_filename",
            "status",
            "additions long",
            "deletions long",
            "changes long",
            "sha",
            "patch",
            "blob_url",
            "raw_url",
            "contents_url",
        ),
    ),
    primary_key=("repository_id", _NUMBER, "filename"),
    cursor=_CHANGE,
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    category="pull_requests",
    description="Files that each pull request that changed touches.",
    data=Family("pulls/{}/files", _changed, _request, _NUMBER, _TIME, key=itemgetter("filename"), complete=_all_files),
)

TABLES: tuple[Table, ...] = (
    PULL_REQUESTS,
    PULL_REQUEST_DETAILS,
    REVIEWS,
    PULL_REQUEST_COMMITS,
    PULL_REQUEST_FILES,
)
