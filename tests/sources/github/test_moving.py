"""Lists that change while they are read: no row is lost, and none comes twice."""

import pytest

from lakeflow_sources import AccessError
from tests.sources.github import reading


def numbers(rows, name="number"):
    found = sorted(row[name] for row in rows)
    assert len(found) == len(set(found)), "a row came twice"
    return found


def oldest(rows, count):
    return [row["number"] for row in sorted(rows, key=lambda row: (row["updated_at"], row["id"]))[:count]]


@pytest.mark.parametrize("exclusive", [False, True])
def test_since_means_the_same_whether_it_includes_its_own_second_or_not(mine, exclusive):
    expected = mine.truth("issues")
    with mine.caps(since_exclusive=exclusive):
        assert numbers(mine.rows("issues", page_size=9)) == numbers(expected)
    border = sorted(row["updated_at"] for row in expected)[50]
    window = reading.span(border, "2025-07-02T00:00:00Z")
    after = [row for row in expected if row["updated_at"] >= border]
    with mine.caps(since_exclusive=exclusive):
        assert numbers(mine.rows("issues", window, page_size=9)) == numbers(after)


def test_issues_that_change_on_a_page_already_read_come_once(mine):
    rows = mine.truth("issues")
    early = oldest(rows, 12)
    mine.after("/issues$", 4, "change", kind="issues", keys=early)
    found = mine.rows("issues", page_size=10)
    assert numbers(found) == numbers(rows)


def test_issues_that_change_before_they_were_read_are_not_skipped(mine):
    rows = mine.truth("issues")
    late = [row["number"] for row in sorted(rows, key=lambda row: row["updated_at"])[60:70]]
    mine.after("/issues$", 3, "change", kind="issues", keys=late, title="moved")
    found = mine.rows("issues", page_size=10)
    assert numbers(found) == numbers(rows)
    assert {row["number"] for row in found if row["title"] == "moved"} == set(late)


def test_issues_that_are_deleted_do_not_pull_others_out_of_sight(mine):
    rows = mine.truth("issues")
    early = oldest(rows, 7)
    mine.after("/issues$", 3, "delete", keys=early)
    found = mine.rows("issues", page_size=10)
    assert set(numbers(found)) >= set(numbers(mine.truth("issues")))


def test_more_issues_of_one_second_than_a_page_holds(mine):
    mine.write("change", kind="issues", count=75, at="2025-06-30T12:00:00Z")
    expected = numbers(mine.truth("issues"))
    assert numbers(mine.rows("issues", page_size=10)) == expected
    second = reading.span("2025-06-30T12:00:00Z", "2025-06-30T12:00:01Z")
    assert len(numbers(mine.rows("issues", second, page_size=10))) >= 75


def test_comments_of_one_second_are_read_by_page_and_a_deleted_one_moves_none_out_of_sight(mine):
    mine.write("change", kind="comments", count=90, at="2025-06-30T12:00:00Z")
    rows = mine.truth("issue_comments")
    tied = sorted(row["id"] for row in rows if row["updated_at"] == "2025-06-30T12:00:00Z")
    second = reading.span("2025-06-30T12:00:00Z", "2025-06-30T12:00:01Z")
    assert numbers(mine.rows("issue_comments", second, page_size=10), "id") == tied
    mine.after("/issues/comments$", 3, "delete", kind="comments", keys=tied[:5])
    found = numbers(mine.rows("issue_comments", second, page_size=10), "id")
    assert set(found) >= set(tied[5:])


def test_comments_have_no_last_page_that_could_be_refused(mine):
    with mine.caps(pages=3, issue_pages=2):
        for table in ("issues", "issue_comments", "review_comments"):
            assert numbers(mine.rows(table, page_size=10), "id") == numbers(mine.truth(table), "id")


def test_pull_requests_that_move_to_the_front_come_once_and_none_is_skipped(mine):
    start, end = "2023-01-01T00:00:00Z", "2025-07-01T00:00:00Z"
    rows = mine.truth("pull_requests")
    late = oldest(rows, 6)
    mine.after("/pulls$", 1, "change", kind="pulls", keys=late, at="2025-07-03T00:00:00Z")
    found = mine.rows("pull_requests", reading.span(start, end), page_size=8)
    expected = [row["number"] for row in rows if row["number"] not in late]
    assert numbers(found) == sorted(expected), "those that moved belong to the next window"
    following = mine.rows("pull_requests", reading.span(end, "2025-07-04T00:00:00Z"), page_size=8)
    assert numbers(following) == sorted(late)


def test_events_that_come_and_events_that_go_while_the_list_is_walked(mine):
    before = mine.truth("issue_events")
    newest = sorted(before, key=lambda row: row["created_at"])
    gone = newest[-5]["issue"]["number"]
    mine.after("/issues/events$", 3, "delete", keys=[gone])
    mine.after("/issues/events$", 5, "event", count=4)
    found = numbers(mine.rows("issue_events", page_size=10), "id")
    left = [row["id"] for row in before if row["issue"]["number"] != gone]
    assert set(found) >= set(left)


def test_commits_that_are_pushed_meanwhile_do_not_move_a_history(mine):
    rows = mine.truth("commits")
    mine.after("/commits$", 2, "push", count=9)
    for parallelism in (1, 8):
        found = mine.rows("commits", page_size=10, parallelism=parallelism)
        assert numbers(found, "sha") == sorted(row["sha"] for row in rows)
        rows = mine.truth("commits")
        mine.after("/commits$", 3, "push", count=9)


@pytest.mark.parametrize(
    ("table", "path", "kind"),
    [("labels", "/labels$", "labels"), ("workflow_runs", "/actions/runs$", "runs"), ("milestones", "/milestones$", "milestones")],
)  # fmt: skip
@pytest.mark.parametrize("call", [1, 3])
def test_rows_that_go_while_a_list_is_walked_pull_no_other_out_of_sight(mine, table, path, kind, call):
    gone = [row["id"] for row in mine.truth(table)[:2]]
    mine.after(path, call, "delete", kind=kind, keys=gone)
    found = numbers(mine.rows(table, page_size=2, parallelism=1, concurrency=1), "id")
    assert set(found) - set(gone) == {row["id"] for row in mine.truth(table)}


def test_stars_that_are_taken_back_pull_no_other_out_of_sight(mine):
    gone = mine.truth("stargazers")[1]["user"]["id"]
    mine.after("/stargazers$", 2, "unstar", place=1)
    found = numbers(mine.rows("stargazers", page_size=5), "id")
    assert set(found) - {gone} == {row["user"]["id"] for row in mine.truth("stargazers")}


def test_a_repository_that_goes_while_they_are_listed_hides_no_other(lakeflow_mock):
    mock = lakeflow_mock("github", records={"repositories": 105, "issues": 1, "commits": 1, "runs": 1, "events": 1})
    names = {row["full_name"] for row in mock.rows("repositories")}
    mock.write("plan", path="/orgs/octo-labs/repos$", count=1, write="hide", values={"repo": "repo-1"})
    found = [row["full_name"] for row in reading.rows(mock, "repositories", repositories="octo-labs/*")]
    assert len(found) == len(set(found)) > 100
    assert {name for name in names if name.startswith("octo-labs/")} - set(found) <= {"octo-labs/repo-1"}


def test_stars_that_come_meanwhile_are_read_too(mine):
    mine.after("/stargazers$", 3, "star", at="2025-07-02T00:00:00Z")
    found = numbers(mine.rows("stargazers", page_size=5), "id")
    assert found == sorted(row["user"]["id"] for row in mine.truth("stargazers"))


BELOW = [("reviews", "/reviews$"), ("pull_request_files", "/files$"), ("issue_timeline", "/timeline$"), ("workflow_jobs", "/jobs$"), ("deployment_statuses", "/statuses$")]  # fmt: skip


@pytest.mark.parametrize(("table", "path"), BELOW)
def test_a_list_that_is_missing_below_a_parent_that_is_there_is_an_error_and_not_a_deletion(mine, table, path):
    mine.mock.faults("404", paths=[f"{mine.name}/.*{path}"])
    try:
        for repositories in (mine.options["repositories"], f"{mine.options['repositories']},octo-labs/repo-1"):
            with pytest.raises(AccessError, match="answered 404"):
                mine.rows(table, repositories=repositories)
    finally:
        mine.mock.clear_faults()


def test_a_repository_that_the_token_loses_while_children_are_read_is_an_error(mine):
    mine.mock.faults("404", paths=[f"/repos/octo-labs/{mine.name}($|/)"], skip=6)
    try:
        with pytest.raises(AccessError, match="answered 404"):
            mine.rows("reviews", parallelism=1, concurrency=1)
    finally:
        mine.mock.clear_faults()


def test_issues_that_are_deleted_while_their_timelines_are_read_are_noted(mine):
    gone = mine.truth("issues")[5]["number"]
    mine.after(r"/issues/\d+/timeline$", 1, "delete", keys=[gone])
    got, notes = reading.whole(mine.mock, "issue_timeline", **mine.options, parallelism=1, concurrency=1)
    assert got.num_rows == len(mine.truth("issue_timeline"))
    assert len(notes) == 1
    assert f"/issues/{gone}/timeline" in notes[0]
