"""Who takes part in a repository: assignees, collaborators, contributors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Read, Slice, Table

from . import lists
from .columns import IN_REPOSITORY, columns
from .lists import Listing

__all__ = ["PERSON", "PERSON_LINKS", "TABLES"]

PERSON = columns("id long", "login", "node_id", "type", "site_admin boolean", "avatar_url", "html_url", "url")
PERSON_LINKS = (
    "name",
    "email",
    "gravatar_id",
    "followers_url",
    "following_url",
    "gists_url",
    "starred_url",
    "subscriptions_url",
    "organizations_url",
    "repos_url",
    "events_url",
    "received_events_url",
    "starred_at",
    "user_view_type",
)

ASSIGNEES = Table(
    name="assignees",
    columns=(*IN_REPOSITORY, *PERSON),
    primary_key=("repository_id", "id"),
    slices=lists.slices,
    fetch=lists.fetch,
    ignored=PERSON_LINKS,
    category="people",
    description="Users whom issues may be assigned to.",
    data=Listing("assignees"),
)

_ROLE = columns(
    "role_name", "permissions struct<pull:boolean,triage:boolean,push:boolean,maintain:boolean,admin:boolean>"
)

COLLABORATORS = Table(
    name="collaborators",
    columns=(*IN_REPOSITORY, *PERSON, *_ROLE, *columns("name", "email")),
    primary_key=("repository_id", "id"),
    slices=lists.slices,
    fetch=lists.fetch,
    ignored=PERSON_LINKS,
    category="people",
    description="Users with a right in the repository; needs the right to push.",
    data=Listing("collaborators"),
)


def _contributor(record: Mapping[str, Any]) -> str:
    """A login, or the address of someone whom GitHub does not know."""
    return str(record.get("login") or record.get("email") or record.get("name"))


def _named(_read: Read, _piece: Slice, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield {**record, "contributor": _contributor(record)}


CONTRIBUTORS = Table(
    name="contributors",
    columns=(*IN_REPOSITORY, *columns("contributor", "contributions long"), *PERSON, *columns("name", "email")),
    primary_key=("repository_id", "contributor"),
    slices=lists.slices,
    fetch=lists.fetch,
    rows=_named,
    ignored=PERSON_LINKS,
    category="people",
    description="Authors of commits; those that GitHub does not know have an address in place of a login.",
    data=Listing("contributors", params={"anon": "true"}, key=_contributor),
)

TABLES: tuple[Table, ...] = (ASSIGNEES, COLLABORATORS, CONTRIBUTORS)
