"""What a repository lists in full: branches, tags, releases, labels, milestones, languages, topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from lakeflow_sources import Column, Page, Read, Slice, Table
from lakeflow_sources.http import Client

from . import lists
from .columns import IN_REPOSITORY, columns, known
from .lists import Listing, first_request
from .pages import walk
from .repositories import lenient

__all__ = ["TABLES"]


def _table(name: str, own: tuple[Column, ...], listing: Listing, category: str, **more: Any) -> Table:
    """A snapshot of a list, whose rows are told apart by their id."""
    usual = {"primary_key": ("id",), "fetch": lists.fetch, "ignored": known(own)}
    given = {**usual, **more}
    return Table(name, (*IN_REPOSITORY, *own), slices=lists.slices, category=category, data=listing, **given)


BRANCHES = _table(
    "branches",
    columns("name", "commit.sha -> commit_sha", "protected boolean", "protection json", "protection_url"),
    Listing("branches", key=itemgetter("name")),
    "code",
    primary_key=("repository_id", "name"),
    ignored=("commit.url",),
)

TAGS = _table(
    "tags",
    columns("name", "node_id", "commit.sha -> commit_sha", "zipball_url", "tarball_url"),
    Listing("tags", key=itemgetter("name")),
    "code",
    primary_key=("repository_id", "name"),
    ignored=("commit.url",),
)

_ASSET = (
    "id long",
    "node_id",
    "name",
    "label",
    "state",
    "content_type",
    "size long",
    "digest",
    "download_count long",
    "uploader {user}",
    "browser_download_url",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
)

RELEASES = _table(
    "releases",
    columns(
        "id long",
        "node_id",
        "tag_name",
        "target_commitish",
        "name",
        "body",
        "draft boolean",
        "prerelease boolean",
        "immutable boolean",
        "author {user}",
        "assets array<struct<id:long,name:string,content_type:string,size:long,download_count:long,"
        "browser_download_url:string>>",
        "mentions_count long",
        "reactions json",
        "discussion_url",
        "html_url",
        "url",
        "tarball_url",
        "zipball_url",
        "created_at timestamp",
        "published_at timestamp",
        "updated_at timestamp",
    ),
    Listing("releases"),
    "code",
    ignored=("author", "assets", "assets_url", "upload_url", "body_html", "body_text"),
)


def _assets(_read: Read, _piece: Slice, release: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for asset in release.get("assets") or ():
        yield {**asset, "release_id": release["id"], "tag_name": release["tag_name"]}


RELEASE_ASSETS = _table(
    "release_assets", columns("release_id long", "tag_name", *_ASSET), Listing("releases"), "code", rows=_assets
)

LABELS = _table(
    "labels",
    columns("id long", "node_id", "name", "color", "description", "default boolean", "url"),
    Listing("labels"),
    "issues",
)

MILESTONES = _table(
    "milestones",
    columns(
        "id long",
        "node_id",
        "number long",
        "title",
        "description",
        "state",
        "creator {user}",
        "open_issues long",
        "closed_issues long",
        "html_url",
        "url",
        "created_at timestamp",
        "updated_at timestamp",
        "closed_at timestamp",
        "due_on timestamp",
    ),
    Listing("milestones", params={"state": "all"}),
    "issues",
    ignored=("creator", "labels_url"),
)


def _languages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """One object with a member for each language."""
    whole = first_request(read, piece).with_params(per_page=None)
    for response in walk(read, client, whole, lenient=lenient(read)):
        yield Page(records=[{"language": name, "bytes": size} for name, size in response.json().items()])


LANGUAGES = _table(
    "languages",
    columns("language", "bytes long"),
    Listing("languages"),
    "code",
    primary_key=("repository_id", "language"),
    fetch=_languages,
)


def _topics(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for response in walk(read, client, first_request(read, piece), lenient=lenient(read)):
        yield Page(records=[{"topic": name} for name in response.json()["names"]])


TOPICS = _table(
    "topics",
    columns("topic"),
    Listing("topics"),
    "repositories",
    primary_key=("repository_id", "topic"),
    fetch=_topics,
)

TABLES: tuple[Table, ...] = (
    BRANCHES,
    TAGS,
    RELEASES,
    RELEASE_ASSETS,
    LABELS,
    MILESTONES,
    LANGUAGES,
    TOPICS,
)
