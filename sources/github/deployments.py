"""Deployments with their statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from lakeflow_sources import Cursor, Page, Read, Slice, Table, moment
from lakeflow_sources.http import Client, Request, get

from . import parents
from .columns import IN_REPOSITORY, columns, known
from .lists import readable
from .pages import page_size, up_to_cap
from .parents import Family, Parent
from .repositories import lenient, repositories, repository_path
from .runs import oldest_creation
from .walks import Falling, Records, newest_first
from .window import bounds

__all__ = ["TABLES"]

_YOUNG = timedelta(days=1)


def _request(read: Read, piece: Slice) -> Request:
    return get(repository_path(piece, "deployments"), per_page=page_size(read))


def _slices(read: Read, client: Client) -> list[Slice]:
    return readable(read, client, repositories(read, client), _request)


def _pages(read: Read, piece: Slice, client: Client) -> Iterator[Records]:
    """Newest first; a deployment that was created some time before the window may change within it."""
    falling = Falling("created_at", oldest_creation(read))
    pages = newest_first(read, client, _request(read, piece), falling, lenient=lenient(read))
    yield from up_to_cap(read, client, pages)


def _fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for records in _pages(read, piece, client):
        yield Page(records=records)


def _changed(read: Read, piece: Slice, client: Client) -> Iterator[list[Parent]]:
    """Those that changed since the window began, and young ones: a status may not count as a change."""
    start, _ = bounds(read)
    for records in _pages(read, piece, client):
        yield [Parent(one["id"], one["updated_at"]) for one in records if start is None or _active(one, start)]


def _active(one: Mapping[str, Any], start: datetime) -> bool:
    return moment(one["updated_at"]) >= start or moment(one["created_at"]) >= start - _YOUNG


_DEPLOYMENT = columns(
    "id long",
    "node_id",
    "sha",
    "ref",
    "task",
    "payload json",
    "environment",
    "original_environment",
    "transient_environment boolean",
    "production_environment boolean",
    "description",
    "creator {user}",
    "performed_via_github_app {app}",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
)

DEPLOYMENTS = Table(
    name="deployments",
    columns=(*IN_REPOSITORY, *_DEPLOYMENT),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=_slices,
    fetch=_fetch,
    ignored=(*known(_DEPLOYMENT), "statuses_url", "repository_url"),
    category="deployments",
)

_STATUS = columns(
    "id long",
    "node_id",
    "deployment_id long",
    "state",
    "description",
    "environment",
    "environment_url",
    "log_url",
    "target_url",
    "creator {user}",
    "performed_via_github_app {app}",
    "url",
    "created_at timestamp",
    "updated_at timestamp",
)

DEPLOYMENT_STATUSES = Table(
    name="deployment_statuses",
    columns=(*IN_REPOSITORY, *_STATUS),
    primary_key=("id",),
    cursor=Cursor("created_at", lag=60.0, client_side=True),
    ingestion="append",
    slices=parents.slices,
    fetch=parents.fetch,
    ignored=(*known(_STATUS), "deployment_url", "repository_url", "deployment_updated_at"),
    category="deployments",
    data=Family("deployments/{}/statuses", _changed, _request, "deployment_id", "deployment_updated_at"),
)

TABLES: tuple[Table, ...] = (DEPLOYMENTS, DEPLOYMENT_STATUSES)
