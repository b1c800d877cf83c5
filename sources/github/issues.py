"""Issues with their comments, and the comments on code that are listed in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table
from lakeflow_sources.http import Client, Request, get

from .columns import IN_REPOSITORY, columns, known
from .lists import readable
from .pages import up_to_cap
from .repositories import lenient, repositories, repository_path
from .walks import oldest_change_first

__all__ = ["TABLES", "issue_slices", "issues_request"]

Rows = Callable[[Read, Slice, Mapping[str, Any]], Iterable[Mapping[str, Any]]]


def issues_request(_read: Read, piece: Slice) -> Request:
    """The list, without order and bounds: closed ones as well, and pull requests, which are issues too."""
    return get(repository_path(piece, "issues"), state="all")


def _request(read: Read, piece: Slice) -> Request:
    return read.table.data(read, piece) if callable(read.table.data) else get(repository_path(piece, read.table.data))


def issue_slices(read: Read, client: Client) -> list[Slice]:
    """One slice a repository: a walk by the time of changes has no pages that could be read at once."""
    return readable(read, client, repositories(read, client), _request)


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    pages = oldest_change_first(read, client, _request(read, piece), lenient=lenient(read))
    for records in up_to_cap(read, client, pages):
        yield Page(records=records)


def _issue(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Version 2026-03-10 has no `assignee`; a label may be its bare name."""
    assignees = record.get("assignees") or []
    labels = [{"name": one} if isinstance(one, str) else one for one in record.get("labels") or []]
    whole = {"assignee": assignees[0] if assignees else None, **record}
    yield {**whole, "labels": labels, "is_pull_request": record.get("pull_request") is not None}


def _numbered(field: str) -> Rows:
    """Adds the number that the address in *field* ends with."""

    def rows(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        tail = str(record.get(field) or "").rpartition("/")[2]
        yield {**record, "number": int(tail) if tail.isdigit() else None}

    return rows


_ISSUE = columns(
    "id long",
    "node_id",
    "number long",
    "title",
    "body",
    "state",
    "state_reason",
    "is_pull_request boolean",
    "draft boolean",
    "user {user}",
    "assignee {user}",
    "assignees {users}",
    "closed_by {user}",
    "labels {labels}",
    "milestone {milestone}",
    "type json",
    "locked boolean",
    "active_lock_reason",
    "comments long",
    "author_association",
    "pull_request.merged_at timestamp -> merged_at",
    "performed_via_github_app {app}",
    "parent_issue_url",
    "sub_issues_summary json",
    "issue_dependencies_summary json",
    "issue_field_values json",
    "reactions json",
    "html_url",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
    "closed_at timestamp",
)
_ISSUE_LINKS = ("repository_url", "labels_url", "comments_url", "events_url", "timeline_url", "repository")
_RENDERED = ("body_text", "body_html")
_UPDATED = Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True)

ISSUES = Table(
    name="issues",
    columns=(*IN_REPOSITORY, *_ISSUE),
    primary_key=("id",),
    cursor=_UPDATED,
    ingestion="cdc",
    slices=issue_slices,
    fetch=_fetch,
    rows=_issue,
    ignored=(*known(_ISSUE), *_ISSUE_LINKS, *_RENDERED, "pull_request", "pinned_comment"),
    category="issues",
    description="Issues and pull requests, open and closed.",
    data=issues_request,
)

_COMMENT = columns(
    "id long",
    "node_id",
    "number long -> issue_number",
    "body",
    "user {user}",
    "author_association",
    "performed_via_github_app {app}",
    "minimized.reason -> minimized_reason",
    "reactions json",
    "html_url",
    "url",
    "issue_url",
    "created_at timestamp",
    "updated_at timestamp",
)

ISSUE_COMMENTS = Table(
    name="issue_comments",
    columns=(*IN_REPOSITORY, *_COMMENT),
    primary_key=("id",),
    cursor=_UPDATED,
    ingestion="cdc",
    slices=issue_slices,
    fetch=_fetch,
    rows=_numbered("issue_url"),
    ignored=(*known(_COMMENT), *_RENDERED, "pin", "minimized"),
    category="issues",
    description="Comments on issues and on the conversation of pull requests.",
    data="issues/comments",
)

_REVIEW_COMMENT = columns(
    "id long",
    "node_id",
    "number long -> pull_request_number",
    "pull_request_review_id long",
    "in_reply_to_id long",
    "body",
    "user {user}",
    "author_association",
    "path",
    "diff_hunk",
    "commit_id",
    "original_commit_id",
    "position long",
    "original_position long",
    "line long",
    "original_line long",
    "start_line long",
    "original_start_line long",
    "side",
    "start_side",
    "subject_type",
    "reactions json",
    "html_url",
    "url",
    "pull_request_url",
    "created_at timestamp",
    "updated_at timestamp",
)

REVIEW_COMMENTS = Table(
    name="review_comments",
    columns=(*IN_REPOSITORY, *_REVIEW_COMMENT),
    primary_key=("id",),
    cursor=_UPDATED,
    ingestion="cdc",
    slices=issue_slices,
    fetch=_fetch,
    rows=_numbered("pull_request_url"),
    ignored=(*known(_REVIEW_COMMENT), *_RENDERED, "_links"),
    category="pull_requests",
    description="Comments on the code of pull requests.",
    data="pulls/comments",
)

TABLES: tuple[Table, ...] = (ISSUES, ISSUE_COMMENTS, REVIEW_COMMENTS)
