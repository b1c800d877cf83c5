"""Repositories themselves, their public events, and how much of the limits is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lakeflow_sources import Column, Cursor, Page, Read, Slice, Table, moment
from lakeflow_sources.http import Client, Request, get

from .columns import IN_REPOSITORY, columns, known
from .lists import readable
from .pages import CapError, ask, failure, page_size, skippable
from .repositories import Entry, entries, entry_records, lenient, repositories, repository_path
from .walks import Falling, fresh, newest_first
from .window import bounds

__all__ = ["TABLES"]

_SHOWN = 300  # events of a repository
_PAGE = 100  # rows of a page that is made here


def _owners(read: Read, client: Client) -> list[Slice]:
    """One slice an owner; of several single repositories one at least must be there."""
    wanted = entries(read)
    if len(wanted) > 1 and all(entry.single for entry in wanted):
        _one_at_least(read, client, wanted)
    names: dict[str, list[Entry]] = {}
    for entry in wanted:
        names.setdefault(entry.owner.lower(), []).append(entry)
    return [Slice({"owner": some[0].owner, "names": [one.name for one in some]}) for some in names.values()]


def _one_at_least(read: Read, client: Client, wanted: tuple[Entry, ...]) -> None:
    wrong = []
    for entry in wanted:
        response, fault = ask(read, client, get(f"/repos/{entry.owner}/{entry.name}"))
        if fault is None:
            return
        wrong.append(failure(response, fault))
        if not skippable(fault, lenient=True):
            break
    raise wrong[-1]


def _repositories(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    rows: list[Any] = []
    seen: set[int] = set()
    for name in piece["names"]:
        for record in entry_records(read, client, Entry(piece["owner"], name)):
            rows += fresh([dict(record)], seen)
            if len(rows) == _PAGE:
                yield Page(records=rows)
                rows = []
    yield Page(records=rows)


_PERMISSIONS = "struct<admin:boolean,maintain:boolean,push:boolean,triage:boolean,pull:boolean>"
_REPOSITORY = columns(
    "id long",
    "node_id",
    "name",
    "full_name",
    "owner {user}",
    "description",
    "homepage",
    "language",
    "topics array<string>",
    "private boolean",
    "visibility",
    "fork boolean",
    "archived boolean",
    "disabled boolean",
    "is_template boolean",
    "default_branch",
    "size long",
    "stargazers_count long",
    "watchers_count long",
    "forks_count long",
    "open_issues_count long",
    "subscribers_count long",
    "network_count long",
    "has_issues boolean",
    "has_projects boolean",
    "has_wiki boolean",
    "has_pages boolean",
    "has_discussions boolean",
    "has_pull_requests boolean",
    "allow_forking boolean",
    "allow_merge_commit boolean",
    "allow_squash_merge boolean",
    "allow_rebase_merge boolean",
    "allow_auto_merge boolean",
    "allow_update_branch boolean",
    "delete_branch_on_merge boolean",
    "web_commit_signoff_required boolean",
    "pull_request_creation_policy",
    "license struct<key:string,name:string,spdx_id:string,url:string>",
    f"permissions {_PERMISSIONS}",
    "role_name",
    "parent.full_name -> parent_full_name",
    "source.full_name -> source_full_name",
    "template_repository.full_name -> template_full_name",
    "custom_properties json",
    "security_and_analysis json",
    "mirror_url",
    "html_url",
    "url",
    "clone_url",
    "ssh_url",
    "created_at timestamp",
    "updated_at timestamp",
    "pushed_at timestamp",
)
_ADDRESSES = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
    "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "git",
    "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "notifications",
    "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees", "hooks",
    "svn",
)  # fmt: skip
_UNREAD = (
    *known(_REPOSITORY),
    *(f"{name}_url" for name in _ADDRESSES),
    "forks",
    "open_issues",
    "watchers",
    "has_downloads",
    "temp_clone_token",
    "code_of_conduct",
    "organization",
    "parent",
    "source",
    "template_repository",
    "master_branch",
    "anonymous_access_enabled",
    "use_squash_pr_title_as_default",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
    "merge_commit_message",
    "starred_at",
    "code_search_index_status",
)

REPOSITORIES = Table(
    name="repositories",
    columns=_REPOSITORY,
    primary_key=("id",),
    slices=_owners,
    fetch=_repositories,
    ignored=_UNREAD,
    category="repositories",
    description="The repositories that the option `repositories` stands for; all visible ones without it.",
)


def _events_request(read: Read, piece: Slice) -> Request:
    return get(repository_path(piece, "events"), per_page=page_size(read))


def _event_slices(read: Read, client: Client) -> list[Slice]:
    return readable(read, client, repositories(read, client), _events_request)


def _events(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """All that GitHub still has; a note where that does not reach back to the beginning of the window."""
    start, _ = bounds(read)
    count, oldest = 0, None
    pages = newest_first(
        read, client, _events_request(read, piece), Falling("created_at", start), lenient=lenient(read)
    )
    try:
        for records in pages:
            count += len(records)
            oldest = min([one["created_at"] for one in records if one["created_at"]], default=oldest, key=moment)
            yield Page(records=records)
    except CapError:
        count = max(count, _SHOWN)
    if start is not None and count >= _SHOWN and oldest is not None and moment(oldest) > start:
        client.note(
            f"events of {piece['owner']}/{piece['repo']} before {oldest} are lost: "
            f"GitHub keeps {_SHOWN}, read more often"
        )


_EVENT = columns(
    "id",
    "type",
    "actor struct<id:long,login:string,display_login:string>",
    "org struct<id:long,login:string>",
    "public boolean",
    "payload json",
    "created_at timestamp",
)

EVENTS = Table(
    name="events",
    columns=(*IN_REPOSITORY, *_EVENT),
    primary_key=("id",),
    # Events arrive up to six hours late.
    cursor=Cursor("created_at", lag=60.0, lookback=6 * 3600.0, client_side=True),
    ingestion="cdc",
    slices=_event_slices,
    fetch=_events,
    ignored=(*known(_EVENT), "repo"),
    category="repositories",
    description="Public events: GitHub keeps 300 for 30 days, so read them often.",
)


def _rate_limit(read: Read, _piece: Slice, client: Client) -> Iterator[Page]:
    """Asking costs nothing of any limit."""
    response, fault = ask(read, client, get("/rate_limit"), keep=False)
    if fault is not None:
        raise failure(response, fault)
    yield Page(records=[{"resource": name, **limit} for name, limit in response.json()["resources"].items()])


RATE_LIMIT = Table(
    name="rate_limit",
    columns=(
        *columns("resource", "limit long", "used long", "remaining long"),
        Column("reset_at", "timestamp", "reset", "seconds"),
    ),
    primary_key=("resource",),
    fetch=_rate_limit,
    category="account",
    description="Limits of the credentials, of one token where there are several.",
)

TABLES: tuple[Table, ...] = (REPOSITORIES, EVENTS, RATE_LIMIT)
