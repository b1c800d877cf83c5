"""What every connector promises, of tables that are read in different ways."""

from lakeflow_sources.registry import connector
from lakeflow_sources.testing import contract, fake_api

TestContract = contract(
    connector("github"),
    fake_api.of("github", records={"issues": 12}),
    tables=("issues", "repositories", "labels", "commits", "pull_requests"),
    page_size=10,
    empty=(
        "issues.merged_at",
        "issues.parent_issue_url",
        "issues.issue_field_values",
        "repositories.subscribers_count",
        "repositories.network_count",
        "repositories.has_pull_requests",
        "repositories.allow_merge_commit",
        "repositories.allow_squash_merge",
        "repositories.allow_rebase_merge",
        "repositories.allow_auto_merge",
        "repositories.allow_update_branch",
        "repositories.delete_branch_on_merge",
        "repositories.pull_request_creation_policy",
        "repositories.role_name",
        "repositories.parent_full_name",
        "repositories.source_full_name",
        "repositories.template_full_name",
        "repositories.security_and_analysis",
        "repositories.mirror_url",
        "pull_requests.active_lock_reason",
        "pull_requests.milestone",
        "pull_requests.auto_merge",
        "pull_requests.stack",
        "pull_requests.closed_at",
        "pull_requests.merged_at",
    ),
)
