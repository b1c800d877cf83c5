"""Users and organizations by their exports, and how users can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Column, Cursor, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, paginate

from .custom_fields import field_columns
from .exports import Export, export, fetch_export
from .lists import following, page_of, walk
from .spans import export_slices
from .tickets import LAG

__all__ = ["TABLES"]

_USERS = Export("incremental/users/cursor", "users", "updated_at", by_cursor=True)


def _users(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Inactive users are deleted ones: told of as changes, and no part of what is there."""
    for records in export(_USERS, read, client, piece.window):
        there = records if read.window else [one for one in records if not _gone(one)]
        yield Page(records=[{**one, "_deleted": _gone(one)} for one in there])


def _gone(user: Mapping[str, Any]) -> bool:
    return user.get("active") is False


_USER_COLUMNS = (
    *fields(
        "id long",
        "url",
        "name",
        "email",
        "alias",
        "external_id",
        "role",
        "role_type long",
        "custom_role_id long",
        "active boolean",
        "verified boolean",
        "suspended boolean",
        "shared boolean",
        "shared_agent boolean",
        "moderator boolean",
        "restricted_agent boolean",
        "chat_only boolean",
        "only_private_comments boolean",
        "two_factor_auth_enabled boolean",
        "permanently_deleted boolean",
        "report_csv boolean",
        "ticket_restriction",
        "organization_id long",
        "default_group_id long",
        "phone",
        "shared_phone_number boolean",
        "time_zone",
        "iana_time_zone",
        "locale",
        "locale_id long",
        "details",
        "notes",
        "signature",
        "photo json",
        "remote_photo_url",
        "tags array<string>",
        "user_fields json",
        "last_login_at timestamp",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    Column("_deleted", "boolean"),
)

USERS = Table(
    name="users",
    columns=_USER_COLUMNS,
    more_columns=field_columns("user_fields", _USER_COLUMNS),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=LAG),
    ingestion="cdc_with_deletes",
    slices=export_slices,
    fetch=_users,
    category="people",
    description="Agents, admins and end users; inactive ones as tombstones.",
)

_ORGANIZATION_COLUMNS = fields(
    "id long",
    "url",
    "name",
    "external_id",
    "details",
    "notes",
    "group_id long",
    "shared_tickets boolean",
    "shared_comments boolean",
    "domain_names array<string>",
    "tags array<string>",
    "organization_fields json",
    "created_at timestamp",
    "updated_at timestamp",
    "deleted_at timestamp",
)

ORGANIZATIONS = Table(
    name="organizations",
    columns=_ORGANIZATION_COLUMNS,
    more_columns=field_columns("organization_fields", _ORGANIZATION_COLUMNS),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=LAG),
    ingestion="cdc",
    slices=export_slices,
    fetch=fetch_export,
    category="people",
    description="Organizations; Zendesk does not tell of deleted ones.",
    data=Export("incremental/organizations", "organizations", "updated_at"),
)


def _identities(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Identities come along with a page of users; where they do not, each user is asked."""
    for response in paginate(client.send, page_of(read.settings, "users", include="identities"), following):
        answer = response.json()
        if "identities" in answer:
            yield Page(response, "identities")
            continue
        for user in answer["users"]:
            request = page_of(read.settings, f"users/{user['id']}/identities")
            yield Page(records=list(walk(client, request, "identities")))


USER_IDENTITIES = Table(
    name="user_identities",
    columns=fields(
        "id long",
        "user_id long",
        "url",
        "type",
        "value",
        "primary boolean",
        "verified boolean",
        "verified_at timestamp",
        "verification_method",
        "deliverable_state",
        "undeliverable_count long",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    primary_key=("id",),
    fetch=_identities,
    category="people",
    description="Mail addresses, phone numbers and accounts of active users.",
)

TABLES: tuple[Table, ...] = (USERS, USER_IDENTITIES, ORGANIZATIONS)
