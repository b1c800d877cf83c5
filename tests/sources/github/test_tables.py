"""Every table row for row against the mock, without Spark: all of an account in one read."""

import pytest

from tests.sources.github import reading, truth
from tests.sources.github.reading import GITHUB

TABLES = {table.name: table for table in GITHUB.tables}
ASKED = [
    "repositories",
    "organizations",
    "issues",
    "issue_comments",
    "issue_events",
    "issue_timeline",
    "pull_requests",
    "pull_request_commits",
    "pull_request_files",
    "reviews",
    "review_comments",
    "commits",
    "commit_comments",
    "branches",
    "tags",
    "releases",
    "release_assets",
    "labels",
    "milestones",
    "assignees",
    "collaborators",
    "contributors",
    "stargazers",
    "watchers",
    "teams",
    "team_members",
    "members",
    "workflows",
    "workflow_runs",
    "workflow_jobs",
    "deployments",
    "deployment_statuses",
    "environments",
    "projects_v2",
    "discussions",
    "events",
    "languages",
    "topics",
    "rate_limit",
]


def test_the_tables_that_were_asked_for_are_there():
    assert set(ASKED) <= set(TABLES)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "rate_limit"])
def test_every_table_of_an_account_row_for_row_without_a_field_that_is_not_known(still, name):
    expected = still.rows(name)
    assert expected
    got = reading.table(still, name, on_schema_drift="fail")
    truth.check(name, got, expected, TABLES[name].primary_key)


@pytest.mark.parametrize("name", ["issues", "pull_requests", "commits", "branches", "stargazers", "workflow_runs"])
def test_small_pages_of_one_repository_are_read_at_once(still, name):
    expected = [row for row in still.rows(name) if row["_at"]["repo"] == "hello-world"]
    still.reset_counters()
    got = reading.table(still, name, repositories="octo-labs/hello-world", page_size=7)
    truth.check(name, got, expected, TABLES[name].primary_key)
    with reading.reading(still, name, repositories="octo-labs/hello-world", page_size=4) as (read, client):
        pieces = list(TABLES[name].slices(read, client))
    if name in ("pull_requests", "commits"):
        assert len(pieces) > 1, "pages that can be counted, and whose rows stay, are slices"


@pytest.mark.parametrize("name", ["issues", "pull_requests"])
def test_the_later_version_of_the_api_has_no_assignee_and_the_column_is_there_all_the_same(still, name):
    got = reading.table(still, name, api_version="2026-03-10", on_schema_drift="fail")
    expected = [{**row, "merge_commit_sha": None} for row in still.rows(name)]
    truth.check(name, got, expected, TABLES[name].primary_key)
    assert any(row["assignee"] for row in got.to_pylist())


def test_limits_are_those_of_the_token(still):
    rows = {row["resource"]: row for row in reading.rows(still, "rate_limit")}
    assert rows["core"]["limit"] == 5000
    assert rows["core"]["used"] + rows["core"]["remaining"] == 5000
    assert rows["core"]["reset_at"].year > 2024
    assert set(rows) == {"core", "graphql", "search"}


def test_columns_may_be_chosen_also_without_the_cursor(still):
    window = reading.span("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
    got = reading.table(still, "issues", window, columns="number,repo")
    expected = [row for row in still.rows("issues") if "2024" <= row["updated_at"] < "2025"]
    assert got.schema.names == ["number", "repo"]
    assert got.num_rows == len(expected) > 5
