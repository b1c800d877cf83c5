"""What happened to issues: the events of a repository, and the whole timeline of each issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table, Window
from lakeflow_sources.http import Client, get

from . import parents
from .columns import IN_REPOSITORY, columns, known
from .issues import issue_slices, issues_request
from .pages import CapError, page_size, rows_of, walk
from .parents import Family, Parent
from .repositories import lenient, repository_path
from .walks import Falling, fresh, newest_first, oldest_change_first
from .window import bounds, within

__all__ = ["TABLES"]

_NEVER = datetime.max.replace(tzinfo=UTC)


def _events(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The list of the repository; where GitHub does not show all of it, the rest from each issue's own list."""
    start, _ = bounds(read)
    seen: set[Any] = set()
    first = get(repository_path(piece, "issues/events"), per_page=page_size(read))
    try:
        for records in newest_first(read, client, first, Falling("created_at", start), lenient=lenient(read)):
            yield Page(records=fresh(records, seen))
    except CapError:
        for issue in _changed_since(read, piece, client, start):
            path = repository_path(piece, "issues", issue["number"], "events")
            for response in walk(read, client, get(path, per_page=page_size(read)), lenient=True):
                yield Page(records=[{**one, "issue": issue} for one in fresh(rows_of(response), seen)])


def _changed_since(read: Read, piece: Slice, client: Client, start: datetime | None) -> Iterator[dict[str, Any]]:
    """Issues that have changed since *start*, also those that have changed once more after the window."""
    endless = replace(read, window=Window(start, _NEVER) if start else None)
    return chain.from_iterable(oldest_change_first(endless, client, issues_request(read, piece), lenient=lenient(read)))


_EVENT = columns(
    "id long",
    "node_id",
    "issue.id long -> issue_id",
    "issue.number long -> issue_number",
    "event",
    "actor {user}",
    "author_association",
    "commit_id",
    "commit_url",
    "label struct<name:string,color:string>",
    "assignee {user}",
    "assigner {user}",
    "review_requester {user}",
    "requested_reviewer {user}",
    "requested_team {team}",
    "milestone.title -> milestone_title",
    "rename struct<from:string,to:string>",
    "dismissed_review struct<state:string,review_id:long,dismissal_message:string,dismissal_commit_id:string>",
    "lock_reason",
    "project_card json",
    "issue_type json",
    "prev_issue_type json",
    "sub_issue json",
    "parent_issue json",
    "blocked_by json",
    "blocking json",
    "intent json",
    "performed_via_github_app {app}",
    "url",
    "created_at timestamp",
)

ISSUE_EVENTS = Table(
    name="issue_events",
    columns=(*IN_REPOSITORY, *_EVENT),
    primary_key=("id",),
    cursor=Cursor("created_at", lag=60.0, client_side=True),
    ingestion="append",
    slices=issue_slices,
    fetch=_events,
    ignored=(*known(_EVENT), "issue"),
    category="issues",
    description="What was done to issues and pull requests: labelled, assigned, closed, renamed, ...",
    data="issues/events",
)


def _changed(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    for records in oldest_change_first(read, client, issues_request(read, piece), lenient=lenient(read)):
        yield [Parent(one["number"], one["updated_at"]) for one in records if within(read, one["updated_at"])]


def _event_key(record: Mapping[str, Any]) -> str:
    """What tells the entries of one timeline apart: cross-references have neither id nor node."""
    source = (record.get("source") or {}).get("issue") or {}
    known_by = record.get("node_id") or record.get("id") or record.get("sha")
    return str(known_by or f"{record.get('event')}:{source.get('id')}:{record.get('created_at')}")


def _entry(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Reviews and commits call actor and time by other names; what has no column is in the payload."""
    committer = record.get("committer") or {}
    yield {
        **{name: record.get(name) for name in _READ},
        "event_key": _event_key(record),
        "actor": record.get("actor") or record.get("user"),
        "created_at": record.get("created_at") or record.get("submitted_at") or committer.get("date"),
        "payload": {name: value for name, value in record.items() if name not in _OURS},
    }


_OURS = ("issue_number", "issue_updated_at")
_ENTRY = columns(
    "issue_number long",
    "event_key",
    "id long",
    "node_id",
    "event",
    "actor {user}",
    "author_association",
    "body",
    "state",
    "commit_id",
    "sha",
    "label struct<name:string,color:string>",
    "assignee {user}",
    "requested_reviewer {user}",
    "requested_team {team}",
    "milestone.title -> milestone_title",
    "rename struct<from:string,to:string>",
    "source.issue.number long -> source_issue_number",
    "source.issue.repository.full_name -> source_repository",
    "lock_reason",
    "html_url",
    "url",
    "payload json",
    "created_at timestamp",
    "updated_at timestamp",
    "issue_updated_at timestamp",
)
_READ = tuple(dict.fromkeys(column.source.partition(".")[0] for column in _ENTRY))

ISSUE_TIMELINE = Table(
    name="issue_timeline",
    columns=(*IN_REPOSITORY, *_ENTRY),
    primary_key=("repository_id", "issue_number", "event_key"),
    cursor=Cursor("issue_updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    rows=_entry,
    ignored=(*known(_ENTRY), "source"),
    category="issues",
    description="Comments, commits, reviews, references and events of each issue that changed, in their order.",
    data=Family("issues/{}/timeline", _changed, issues_request, "issue_number", "issue_updated_at", key=_event_key),
)

TABLES: tuple[Table, ...] = (ISSUE_EVENTS, ISSUE_TIMELINE)
