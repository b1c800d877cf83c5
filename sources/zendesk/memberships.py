"""Groups, who belongs to what, and the fields of users and organizations, by lists."""

from __future__ import annotations

from lakeflow_sources import Table, fields

from .lists import listed

__all__ = ["TABLES"]

DELETED_USERS = listed(
    "deleted_users",
    fields(
        "id long",
        "url",
        "name",
        "email",
        "role",
        "active boolean",
        "organization_id long",
        "phone",
        "shared_phone_number",
        "time_zone",
        "locale",
        "locale_id long",
        "photo json",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    category="people",
    description="Deleted users; permanently deleted ones have no personal data any more.",
)

_OPTIONS = "array<struct<id:long,name:string,raw_name:string,value:string,position:long,default:boolean,url:string>>"
_FIELD = (
    "id long",
    "url",
    "key",
    "type",
    "title",
    "raw_title",
    "description",
    "raw_description",
    "position long",
    "active boolean",
    "system boolean",
    "regexp_for_validation",
    "tag",
    f"custom_field_options {_OPTIONS}",
    "relationship_target_type",
    "relationship_filter json",
    "created_at timestamp",
    "updated_at timestamp",
)

USER_FIELDS = listed("user_fields", fields(*_FIELD), category="people")
ORGANIZATION_FIELDS = listed("organization_fields", fields(*_FIELD), category="people")

ORGANIZATION_MEMBERSHIPS = listed(
    "organization_memberships",
    fields(
        "id long",
        "url",
        "user_id long",
        "organization_id long",
        "organization_name",
        "default boolean",
        "view_tickets boolean",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    category="people",
)

GROUPS = listed(
    "groups",
    fields(
        "id long",
        "url",
        "name",
        "description",
        "default boolean",
        "is_public boolean",
        "deleted boolean",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    category="people",
)

GROUP_MEMBERSHIPS = listed(
    "group_memberships",
    fields(
        "id long",
        "url",
        "user_id long",
        "group_id long",
        "default boolean",
        "created_at timestamp",
        "updated_at timestamp",
    ),
    category="people",
)

TABLES: tuple[Table, ...] = (
    USER_FIELDS,
    DELETED_USERS,
    ORGANIZATION_FIELDS,
    ORGANIZATION_MEMBERSHIPS,
    GROUPS,
    GROUP_MEMBERSHIPS,
)
