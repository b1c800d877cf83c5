"""Increments: exactly the rows of a window, at the price of what changed."""

from collections import Counter

import pytest

from tests.sources.github import truth
from tests.sources.github.reading import GITHUB, span

CUT = "2024-06-30T00:00:00Z"
EARLY, LATE = "2000-01-01T00:00:00Z", "2025-07-01T00:00:00Z"
BY_TIME = (
    "issues",
    "issue_comments",
    "review_comments",
    "issue_events",
    "pull_requests",
    "commits",
    "workflow_runs",
    "deployments",
    "discussions",
    "events",
)
TABLES = {table.name: table for table in GITHUB.tables}


def cursor(table, row):
    return truth.value(table, TABLES[table].cursor.field, row)


def keys(table, rows):
    found = Counter(row[TABLES[table].primary_key[-1]] for row in rows)
    assert max(found.values(), default=1) == 1, "a row came twice"
    return set(found)


def expected(table, rows, start, end):
    key = TABLES[table].primary_key[-1]
    return {truth.value(table, key, row) for row in rows if start <= cursor(table, row) < end}


@pytest.mark.parametrize("table", BY_TIME)
def test_windows_that_touch_neither_lose_nor_double_the_rows_on_their_border(mine, table):
    rows = mine.truth(table)
    times = sorted(cursor(table, row) for row in rows)
    cut = times[len(times) // 2]
    first = mine.rows(table, span(EARLY, cut), page_size=20, created_days=2000)
    second = mine.rows(table, span(cut, LATE), page_size=20, created_days=2000)
    assert keys(table, first) == expected(table, rows, EARLY, cut)
    assert keys(table, second) == expected(table, rows, cut, LATE) != set()
    assert not keys(table, first) & keys(table, second)
    again = mine.rows(table, span(cut, LATE), page_size=20, created_days=2000)
    assert sorted(map(repr, again)) == sorted(map(repr, second)), "a replay gives the same rows"


@pytest.mark.parametrize(
    ("table", "parent"),
    [
        ("reviews", "pull_request_updated_at"),
        ("pull_request_commits", "pull_request_updated_at"),
        ("pull_request_files", "pull_request_updated_at"),
        ("pull_request_details", "updated_at"),
        ("issue_timeline", "issue_updated_at"),
        ("workflow_jobs", "run_updated_at"),
        ("workflow_run_attempts", "run_updated_at"),
    ],
)
def test_children_are_read_of_the_parents_that_changed_only(mine, table, parent):
    rows = mine.truth(table)
    times = sorted({truth.value(table, parent, row) for row in rows})
    cut = times[-3]
    changed = [row for row in rows if truth.value(table, parent, row) >= cut]
    found = mine.rows(table, span(cut, LATE), on_schema_drift="fail", created_days=800)
    keyed = TABLES[table].primary_key
    assert {tuple(row[one] for one in keyed) for row in found} == {
        tuple(truth.value(table, one, row) for one in keyed) for row in changed
    }
    below = [path for path in mine.paths() if path.count("/") > 5]
    assert len(below) <= 12, below


def test_a_review_and_its_pull_request_arrive_with_the_increment_of_the_review(mine):
    before = {row["id"] for row in mine.truth("reviews")}
    number = mine.truth("pull_requests")[0]["number"]
    made = mine.write("review", number=number, at="2025-08-01T10:00:00Z")
    window = span("2025-08-01T09:00:00Z", "2025-08-01T11:00:00Z")
    rows = mine.rows("reviews", window)
    assert made in {row["id"] for row in rows}
    assert {row["pull_request_number"] for row in rows} == {number}
    assert made not in before
    assert [row["number"] for row in mine.rows("pull_requests", window)] == [number]


def test_a_run_that_ends_long_after_it_began_is_in_the_increment_of_its_end(mine):
    (run,) = mine.write("run", at="2025-07-20T00:00:00Z")
    mine.write("rerun", id=run, at="2025-08-18T12:00:00Z")
    window = span("2025-08-18T00:00:00Z", "2025-08-19T00:00:00Z")
    (row,) = mine.rows("workflow_runs", window)
    assert (row["id"], row["run_attempt"]) == (run, 2)
    assert [(one["id"], one["run_attempt"]) for one in mine.rows("workflow_run_attempts", window)] == [(run, 1)]
    assert {one["run_attempt"] for one in mine.rows("workflow_jobs", window)} == {1, 2}
    assert mine.rows("workflow_runs", window, created_days=3) == [], "further back than the user wants to look"


def test_statuses_of_a_deployment_come_once_and_with_it(mine):
    deployment = mine.write("deploy", at="2025-08-01T00:00:00Z")
    made = [mine.write("status", id=deployment, at=f"2025-08-02T0{hour}:00:00Z") for hour in (1, 2, 3)]
    first = mine.rows("deployment_statuses", span("2025-08-01T00:00:00Z", "2025-08-02T02:00:00Z"))
    second = mine.rows("deployment_statuses", span("2025-08-02T02:00:00Z", "2025-08-03T00:00:00Z"))
    assert [row["id"] for row in first] == made[:1]
    assert sorted(row["id"] for row in second) == made[1:]
    (row,) = mine.rows("deployments", span("2025-08-02T00:00:00Z", "2025-08-03T00:00:00Z"))
    assert row["id"] == deployment


def test_commits_that_a_merge_brings_late_are_found_by_the_lookback(mine):
    shas = mine.write("push", count=3, committed="2025-08-01T00:00:00Z", at="2025-08-05T00:00:00Z")
    assert TABLES["commits"].cursor.lookback >= 5 * 86_400
    window = span("2025-07-29T00:00:00Z", "2025-08-06T00:00:00Z")
    assert keys("commits", mine.rows("commits", window)) == set(shas)


def test_a_commit_of_a_clock_that_is_ahead_is_found_in_its_window(mine):
    (sha,) = mine.write("push", count=1, committed="2025-08-01T12:30:00Z", at="2025-08-01T11:45:00Z")
    rows = mine.rows("commits", span("2025-08-01T12:00:00Z", "2025-08-01T13:00:00Z"))
    assert [row["sha"] for row in rows] == [sha]


def test_code_that_nobody_pushed_to_is_not_asked_for(mine):
    window = span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    assert mine.rows("commits", window) == []
    assert mine.paths() == [f"/repos/octo-labs/{mine.name}"]


@pytest.mark.parametrize(
    "table",
    [
        "issues",
        "issue_comments",
        "review_comments",
        "pull_requests",
        "issue_events",
        "deployments",
        "events",
        "workflow_runs",
    ],
)
def test_a_quiet_increment_takes_two_calls(mine, table):
    assert mine.rows(table, span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")) == []
    assert len(mine.paths()) == 2, mine.paths()


@pytest.mark.parametrize("table", ["reviews", "issue_timeline", "pull_request_files", "workflow_jobs"])
def test_a_quiet_increment_of_children_takes_two_calls(mine, table):
    assert mine.rows(table, span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")) == []
    assert len(mine.paths()) == 2, mine.paths()


def test_no_table_takes_more_calls_than_pages_and_parents_ask_for(mine):
    issues, pulls, runs = (len(mine.truth(name)) for name in ("issues", "pull_requests", "workflow_runs"))
    expected = {
        "issues": 1 + 1,
        "issue_comments": 1 + 2,
        "pull_requests": 1 + 2,
        "commits": 1 + 2,
        "labels": 1 + 1,
        "stargazers": 1 + 2,
        "reviews": 1 + 1 + pulls,
        "pull_request_files": 1 + 1 + pulls,
        "issue_timeline": 1 + 1 + issues,
        "workflow_jobs": 1 + 1 + runs,
        "release_assets": 1 + 1,
    }
    for table, calls in expected.items():
        mine.mock.reset_counters()
        mine.rows(table)
        assert len(mine.paths()) <= calls, (table, len(mine.paths()), calls)


def test_a_million_rows_would_be_read_a_page_at_a_time_and_each_page_once(mine):
    mine.rows("issues", page_size=5)
    mine.rows("issue_comments", page_size=5)
    asked = [one for one in mine.mock.requests() if one["path"].endswith(("/issues", "/comments"))]
    listed = [one for one in asked if one["status"] == 200]  # asking whether a page is still the same costs nothing
    assert len(listed) < 1.4 * (len(mine.truth("issues")) + len(mine.truth("issue_comments"))) / 5
    assert len({(one["path"], one["query"]) for one in listed}) == len(listed)
