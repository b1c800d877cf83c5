"""The plain lists of the made-up account, with the fields of their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LISTS", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A list at *path*; *paged* by cursor or by number, *whole* in one answer whatever is asked."""

    path: str
    fields: str
    count: int
    first_id: int
    paged: bool = True
    whole: bool = False
    limit: str = "default"
    area: str = ""


_GROUPS = """
id id
url url
name name
description text
default flag
is_public flag
deleted flag
created_at made
updated_at changed
"""
_GROUP_MEMBERSHIPS = """
id id
url url
user_id ref:users
group_id ref:groups
default flag
created_at made
updated_at changed
"""
_ORGANIZATION_MEMBERSHIPS = """
id id
url url
user_id ref:users
organization_id ref:organizations
organization_name name
default flag
view_tickets flag
created_at made
updated_at changed
"""
_TICKET_FORMS = """
id id
url url
name name
raw_name name
display_name text
raw_display_name text
position small
active flag
default flag
end_user_visible flag
in_all_brands flag
restricted_brand_ids refs:brands
ticket_field_ids refs:ticket_fields
agent_conditions actions
end_user_conditions actions
deleted_at moment
created_at made
updated_at changed
"""
_CUSTOM_STATUSES = """
id id
status_category pick:new|open|pending|hold|solved
agent_label name
raw_agent_label name
end_user_label text
raw_end_user_label text
description text
raw_description text
end_user_description text
raw_end_user_description text
active flag
default flag
created_at made
updated_at changed
"""
_BRANDS = """
id id
url url
name name
brand_url =https://acme.zendesk.com
subdomain =acme
host_mapping text
active flag
default flag
is_deleted flag
has_help_center flag
help_center_state pick:enabled|disabled|restricted
logo json
signature_template text
ticket_form_ids refs:ticket_forms
created_at made
updated_at changed
"""
_CUSTOM_ROLES = """
id id
name name
description text
role_type small
team_member_count small
configuration json
created_at made
updated_at changed
"""
_MACROS = """
id id
url url
title name
raw_title name
description text
position small
active flag
default flag
actions actions
restriction json
created_at made
updated_at changed
"""
_TRIGGERS = """
id id
url url
title name
raw_title name
description text
category_id short
position small
active flag
default flag
conditions conditions
actions actions
created_at made
updated_at changed
"""
_AUTOMATIONS = """
id id
url url
title name
raw_title name
position small
active flag
default flag
conditions conditions
actions actions
created_at made
updated_at changed
"""
_VIEWS = """
id id
url url
title name
raw_title name
description text
position small
active flag
default flag
conditions conditions
execution json
restriction json
created_at made
updated_at changed
"""
_SLA_POLICIES = """
id id
url url
title name
description text
position small
filter conditions
created_at made
updated_at changed
"""
_SCHEDULES = """
id id
name name
time_zone pick:Berlin|Eastern Time (US & Canada)|Tokyo
created_at made
updated_at changed
"""
_TRIGGER_CATEGORIES = """
id id
name name
position small
created_at made
updated_at changed
"""
_SUSPENDED_TICKETS = """
id id
url url
subject text
content html
cause pick:Detected as spam|Automated response mail|Email too large
cause_id small
message_id short
ticket_id null
recipient short
brand_id ref:brands
via json
attachments actions
error_messages null
created_at made
updated_at changed
"""
_AUDIT_LOGS = """
id id
url url
action pick:create|update|destroy|login|exported
action_label pick:Created|Updated|Deleted
actor_id ref:users
actor_name name
source_id number
source_type pick:user|rule|account_setting|apitoken
source_label text
change_description text
ip_address pick:192.0.2.1|2001:db8::1
created_at made
"""
_RATINGS = """
id id
url url
ticket_id ref:tickets
requester_id ref:users
assignee_id ref:users
group_id ref:groups
score pick:offered|good|bad|unoffered
comment text
reason pick:No reason provided|The issue took too long to resolve
reason_id small
reason_code small
created_at made
updated_at changed
"""
_SECTIONS = """
id id
url url
html_url short
name name
description text
locale pick:en-us|de
source_locale =en-us
position small
category_id ref:categories
parent_section_id null
theme_template =section_page
outdated flag
created_at made
updated_at changed
"""
_CATEGORIES = """
id id
url url
html_url short
name name
description text
locale pick:en-us|de
source_locale =en-us
position small
outdated flag
created_at made
updated_at changed
"""
_TOPICS = """
id id
url url
html_url short
name name
description text
position small
follower_count small
manageable_by pick:staff|managers
user_segment_id number
created_at made
updated_at changed
"""
_POSTS = """
id id
url url
html_url short
title name
details html
author_id ref:users
topic_id ref:topics
status pick:none|answered|planned
featured flag
pinned flag
closed flag
frozen flag
content_tag_ids tags
follower_count small
non_author_editor_id ref:users
non_author_updated_at moment
created_at made
updated_at changed
"""

LISTS: Mapping[str, Kind] = {
    "groups": Kind("groups", _GROUPS, 12, 211),
    "group_memberships": Kind("group_memberships", _GROUP_MEMBERSHIPS, 40, 3_001),
    "organization_memberships": Kind("organization_memberships", _ORGANIZATION_MEMBERSHIPS, 130, 360_000_100_000),
    "ticket_forms": Kind("ticket_forms", _TICKET_FORMS, 5, 47),
    "custom_statuses": Kind("custom_statuses", _CUSTOM_STATUSES, 6, 35_436, whole=True),
    "brands": Kind("brands", _BRANDS, 3, 47),
    "custom_roles": Kind("custom_roles", _CUSTOM_ROLES, 4, 16, whole=True, area="custom_roles"),
    "macros": Kind("macros", _MACROS, 25, 360_111_062_754),
    "triggers": Kind("triggers", _TRIGGERS, 110, 73_900),
    "trigger_categories": Kind("trigger_categories", _TRIGGER_CATEGORIES, 7, 10_026),
    "automations": Kind("automations", _AUTOMATIONS, 9, 25),
    "views": Kind("views", _VIEWS, 30, 25),
    "sla_policies": Kind("slas/policies", _SLA_POLICIES, 5, 36, whole=True),
    "schedules": Kind("business_hours/schedules", _SCHEDULES, 4, 360_000_310_393, whole=True),
    "suspended_tickets": Kind("suspended_tickets", _SUSPENDED_TICKETS, 15, 435),
    "audit_logs": Kind("audit_logs", _AUDIT_LOGS, 260, 498_483, area="audit_logs"),
    "satisfaction_ratings": Kind("satisfaction_ratings", _RATINGS, 230, 62),
    "sections": Kind("help_center/sections", _SECTIONS, 12, 35_467, limit="help_center", area="help_center"),
    "categories": Kind("help_center/categories", _CATEGORIES, 4, 888, limit="help_center", area="help_center"),
    "topics": Kind("community/topics", _TOPICS, 5, 10, limit="help_center", area="community"),
    "posts": Kind("community/posts", _POSTS, 45, 35_467_000, limit="help_center", area="community"),
}
