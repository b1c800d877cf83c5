"""Business rules and business hours. All small, read in full."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Read, Slice, Table, fields
from lakeflow_sources.http import Client, get

from .lists import listed, walk

__all__ = ["TABLES"]

_TIMES = ("created_at timestamp", "updated_at timestamp")
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
    MACROS,
    TRIGGERS,
    TRIGGER_CATEGORIES,
    AUTOMATIONS,
    VIEWS,
    SLA_POLICIES,
    SCHEDULES,
    HOLIDAYS,
)
