"""What every connector promises, of tables that are read in different ways."""

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("zendesk"),
    fake_api.of("zendesk", records={"users": 40}),
    tables=("tickets", "users", "ticket_comments", "groups", "tags", "brands"),
    page_size=20,
    empty=(
        "tickets.recipient",
        "tickets.forum_topic_id",
        "tickets.problem_id",
        "users.custom_role_id",
        "users.chat_only",
        "users.two_factor_auth_enabled",
        "users.default_group_id",
        "users.shared_phone_number",
        "users.signature",
        "users.remote_photo_url",
        "ticket_comments.via_reference_id",
        "ticket_comments.metadata",
    ),
)
