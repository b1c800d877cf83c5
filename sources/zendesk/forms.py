"""What tickets are made of: their fields, forms, statuses and tags, and the brands and roles around them."""

from __future__ import annotations

from lakeflow_sources import Table, fields

from .lists import listed

__all__ = ["TABLES"]

_TIMES = ("created_at timestamp", "updated_at timestamp")
_FIELD_OPTION = "struct<id:long,name:string,raw_name:string,value:string,position:long,default:boolean,url:string>"

TICKET_FIELDS = listed(
    "ticket_fields",
    fields(
        "id long",
        "url",
        "type",
        "title",
        "raw_title",
        "title_in_portal",
        "raw_title_in_portal",
        "description",
        "raw_description",
        "agent_description",
        "position long",
        "active boolean",
        "required boolean",
        "required_in_portal boolean",
        "collapsed_for_agents boolean",
        "visible_in_portal boolean",
        "editable_in_portal boolean",
        "agent_can_edit boolean",
        "removable boolean",
        "tag",
        "sub_type_id long",
        "regexp_for_validation",
        f"custom_field_options array<{_FIELD_OPTION}>",
        "system_field_options array<struct<name:string,value:string>>",
        "custom_statuses json",
        "relationship_target_type",
        "relationship_filter json",
        "creator_user_id long",
        "creator_app_name",
        *_TIMES,
    ),
    rate="ticket_fields",
    ignored=("key",),
    category="tickets",
)

TICKET_FORMS = listed(
    "ticket_forms",
    fields(
        "id long",
        "url",
        "name",
        "raw_name",
        "display_name",
        "raw_display_name",
        "position long",
        "active boolean",
        "default boolean",
        "end_user_visible boolean",
        "in_all_brands boolean",
        "restricted_brand_ids array<long>",
        "ticket_field_ids array<long>",
        "agent_conditions json",
        "end_user_conditions json",
        "deleted_at timestamp",
        *_TIMES,
    ),
    category="tickets",
)

CUSTOM_STATUSES = listed(
    "custom_statuses",
    fields(
        "id long",
        "url",
        "status_category",
        "agent_label",
        "raw_agent_label",
        "end_user_label",
        "raw_end_user_label",
        "description",
        "raw_description",
        "end_user_description",
        "raw_end_user_description",
        "active boolean",
        "default boolean",
        *_TIMES,
    ),
    whole=True,
    category="tickets",
)

TAGS = listed(
    "tags",
    fields("name", "count long"),
    rate="tags",
    primary_key=("name",),
    category="tickets",
    description="The 20,000 tags used most in the last 60 days; Zendesk lists no others.",
)

BRANDS = listed(
    "brands",
    fields(
        "id long",
        "url",
        "name",
        "brand_url",
        "subdomain",
        "host_mapping",
        "active boolean",
        "default boolean",
        "is_deleted boolean",
        "has_help_center boolean",
        "help_center_state",
        "logo json",
        "signature_template",
        "ticket_form_ids array<long>",
        *_TIMES,
    ),
    category="account",
)

CUSTOM_ROLES = listed(
    "custom_roles",
    fields("id long", "name", "description", "role_type long", "team_member_count long", "configuration json", *_TIMES),
    whole=True,
    category="account",
)

TABLES: tuple[Table, ...] = (TICKET_FIELDS, TICKET_FORMS, CUSTOM_STATUSES, TAGS, BRANDS, CUSTOM_ROLES)
