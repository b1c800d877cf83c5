"""How an account works: fields, forms, brands, roles, business rules, schedules. All small, read in full."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Read, Slice, Table, fields
from lakeflow_sources.http import Client, get

from .lists import listed, walk

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

MACROS = listed(
    "macros",
    fields(
        "id long",
        "url",
        "title",
        "raw_title",
        "description",
        "position long",
        "active boolean",
        "default boolean",
        "actions json",
        "restriction json",
        "categories json",
        *_TIMES,
    ),
    category="rules",
)

TRIGGERS = listed(
    "triggers",
    fields(
        "id long",
        "url",
        "title",
        "raw_title",
        "description",
        "category_id",
        "position long",
        "active boolean",
        "default boolean",
        "conditions json",
        "actions json",
        *_TIMES,
    ),
    category="rules",
)

TRIGGER_CATEGORIES = listed(
    "trigger_categories",
    fields("id", "name", "position long", *_TIMES),
    category="rules",
)

AUTOMATIONS = listed(
    "automations",
    fields(
        "id long",
        "url",
        "title",
        "raw_title",
        "position long",
        "active boolean",
        "default boolean",
        "conditions json",
        "actions json",
        *_TIMES,
    ),
    category="rules",
)

VIEWS = listed(
    "views",
    fields(
        "id long",
        "url",
        "title",
        "raw_title",
        "description",
        "position long",
        "active boolean",
        "default boolean",
        "conditions json",
        "execution json",
        "restriction json",
        *_TIMES,
    ),
    category="rules",
)

_TARGET = "struct<priority:string,metric:string,target:long,target_in_seconds:long,business_hours:boolean>"

SLA_POLICIES = listed(
    "sla_policies",
    fields(
        "id long",
        "url",
        "title",
        "description",
        "position long",
        "filter json",
        f"policy_metrics array<{_TARGET}>",
        "metric_settings json",
        *_TIMES,
    ),
    path="slas/policies",
    whole=True,
    category="rules",
)

SCHEDULES = listed(
    "schedules",
    fields(
        "id long",
        "name",
        "time_zone",
        "intervals array<struct<start_time:long,end_time:long>>",
        *_TIMES,
    ),
    path="business_hours/schedules",
    whole=True,
    category="rules",
    description="Business hours; intervals count minutes from Sunday 00:00.",
)


def _each_schedule(read: Read, client: Client) -> Iterator[Slice]:
    for one in walk(client, get("/api/v2/business_hours/schedules"), "schedules"):
        yield Slice({"schedule_id": one["id"]})


HOLIDAYS = Table(
    name="holidays",
    columns=fields("id long", "@schedule_id long", "name", "start_date date", "end_date date"),
    primary_key=("id",),
    slices=_each_schedule,
    request=lambda read, piece: get(f"/api/v2/business_hours/schedules/{piece['schedule_id']}/holidays"),
    records="holidays",
    category="rules",
)

TABLES: tuple[Table, ...] = (
    TICKET_FIELDS,
    TICKET_FORMS,
    CUSTOM_STATUSES,
    TAGS,
    BRANDS,
    CUSTOM_ROLES,
    MACROS,
    TRIGGERS,
    TRIGGER_CATEGORIES,
    AUTOMATIONS,
    VIEWS,
    SLA_POLICIES,
    SCHEDULES,
    HOLIDAYS,
)
