"""The option `repositories`: what it names, and what is said of what cannot be read."""

import pytest

from lakeflow_sources import AccessError, ConfigurationError
from lakeflow_sources.connect import connect
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.summary import LOGGER, heard, summarized
from tests.sources.github import reading
from tests.sources.github.reading import GITHUB


def names(mock, repositories=None, **options):
    return sorted(row["full_name"] for row in reading.rows(mock, "repositories", repositories=repositories, **options))


def test_owners_repositories_patterns_and_lists_of_them(still):
    every = sorted(row["full_name"] for row in still.rows("repositories"))
    labs = [name for name in every if name.startswith("octo-labs/")]
    assert names(still) == every
    assert names(still, "octo-labs/*") == labs
    assert names(still, "OCTO-Labs/Hello-World") == ["octo-labs/hello-world"]
    assert names(still, "octo-labs/repo-*, mona/blog") == [
        "mona/blog",
        "octo-labs/repo-1",
        "octo-labs/repo-2",
        "octo-labs/repo-3",
    ]
    assert names(still, "mona/*,quiet-org/*") == ["mona/blog", "mona/dotfiles", "quiet-org/still"]
    assert names(still, "octo-labs/*,octo-labs/hello-world,octo-labs/h*") == labs, "each of them once"
    assert names(still, "octo-labs/nothing-*") == []


def test_an_alias_of_the_option_and_of_a_table(still):
    assert len(reading.rows(still, "pulls", repos="octo-labs/hello-world")) > 20


@pytest.mark.parametrize("wrong", ["hello-world", "octo-labs/", "/x", "a/b/c"])
def test_what_names_no_repository_is_refused_before_any_call(still, wrong):
    still.reset_counters()
    with pytest.raises(ConfigurationError, match="write owner/repo, or owner/\\* for all of an owner"):
        reading.rows(still, "issues", repositories=wrong)
    assert still.counters()["total"] == 0


def test_a_repository_under_its_old_name_is_followed_and_noted(still):
    got, notes = reading.whole(still, "issues", repositories="octo-labs/old-name")
    assert {row["repo"] for row in got.to_pylist()} == {"new-name"}
    assert notes == ["octo-labs/old-name is octo-labs/new-name now: write that in `repositories`"]


def test_a_repository_that_is_renamed_while_it_is_read_is_read_on(mine):
    expected = len(mine.truth("issues"))
    mine.after("/issues$", 2, "rename", name=f"{mine.name}-renamed")
    assert len(mine.rows("issues", page_size=10)) == expected


def test_an_archived_repository_is_read_like_any_other(still):
    assert reading.rows(still, "issues", repositories="octo-labs/old-tools")


def test_empty_disabled_and_forbidden_ones_are_notes_in_the_summary(still):
    got, notes = reading.whole(still, "issues", repositories="octo-labs/*")
    assert got.num_rows == len([row for row in still.rows("issues") if row["_at"]["owner"] == "octo-labs"])
    said = "\n".join(notes)
    assert "no-issues/issues: Issues has been disabled" in said
    assert "locked/issues: Resource not accessible" in said
    assert "taken-down/issues: Repository access blocked" in said
    notes = reading.whole(still, "commits", repositories="octo-labs/empty")[1]
    assert notes == ["nothing is read of /repos/octo-labs/empty/commits: Git Repository is empty."]
    notes = reading.whole(still, "contributors", repositories="octo-labs/empty,octo-labs/repo-1")[1]
    assert any("empty/contributors: it is empty" in note for note in notes)
    assert any("list is too large" in note for note in notes)
    notes = reading.whole(still, "discussions", repositories="octo-labs/no-issues")[1]
    assert notes == ["nothing is read of octo-labs/no-issues: discussions are disabled"]


def test_the_summary_is_logged_with_the_notes(still, caplog):
    caplog.set_level("INFO", LOGGER)
    with reading.reading(still, "labels", repositories="octo-labs/no-issues") as (read, client):
        for pieces in plan(read, client):
            list(summarized(read, read_share(read, pieces, client), client.stats))
    (summary,) = [one for one in (heard(record.getMessage()) for record in caplog.records) if one]
    assert summary.rows == 0
    assert "Issues has been disabled" in summary.notes[0]


@pytest.mark.parametrize("table", ["issues", "labels", "commits", "workflow_runs", "reviews", "discussions"])
def test_the_only_repository_that_cannot_be_read_is_an_error(still, table):
    with pytest.raises(AccessError, match="not accessible"):
        reading.rows(still, table, repositories="octo-labs/locked")


@pytest.mark.parametrize("table", ["issues", "workflow_runs", "branches", "discussions", "deployment_statuses"])
def test_a_right_that_is_missing_everywhere_does_not_look_like_empty_tables(lakeflow_mock, table, denied):
    with pytest.raises(AccessError, match="not accessible"):
        reading.rows(denied, table, repositories="octo-labs/*")


@pytest.fixture(scope="module")
def denied():
    from lakeflow_sources.testing import mock_server

    small = dict.fromkeys(("issues", "comments", "events", "commits", "runs", "review_comments"), 4)
    with mock_server("github", records={**small, "repositories": 1}) as server:
        for name in ("hello-world", "empty", "no-issues", "old-tools", "new-name", "repo-1"):
            server.write("deny", repo=name)
        server.write("deny_organization", organization="octo-labs")
        server.write("deny_organization", organization="quiet-org")
        yield server


@pytest.mark.parametrize("table", ["members", "teams", "team_members"])
def test_organizations_whose_members_are_hidden(denied, table):
    for repositories in ("octo-labs/*", None):
        with pytest.raises(AccessError, match="members=read"):
            reading.rows(denied, table, repositories=repositories)


def test_members_that_are_missing_below_a_team_that_is_there_are_an_error(lakeflow_mock):
    mock = lakeflow_mock("github", records={"repositories": 1, "issues": 2})
    mock.faults("404", paths=["/teams/[^/]+/members$"])
    with pytest.raises(AccessError, match="members answered 404"):
        reading.rows(mock, "team_members", repositories="octo-labs/*")


def test_projects_that_the_token_has_no_scope_for(denied):
    with pytest.raises(AccessError, match="required scopes"):
        reading.rows(denied, "projects_v2", repositories="octo-labs/*")
    got, notes = reading.whole(denied, "projects_v2")
    assert {row["owner"] for row in got.to_pylist()} == {"mona"}
    assert len(notes) == 2


@pytest.mark.parametrize(
    ("repositories", "said"),
    [
        ("octo-labs/nothing", "/repos/octo-labs/nothing answered 404"),
        ("nobody/*", "/users/nobody/repos answered 404"),
        ("octo-labs/nope,octo-labs/taken-down", "none of the repositories octo-labs/nope, octo-labs/taken-down"),
    ],
)
def test_names_that_do_not_exist_are_errors(still, repositories, said):
    with pytest.raises(AccessError, match=said):
        reading.rows(still, "issues", repositories=repositories)


def test_one_of_many_that_does_not_exist_is_a_note(still):
    got, notes = reading.whole(still, "issues", repositories="octo-labs/nope,octo-labs/repo-1,octo-labs/taken-down")
    assert {row["repo"] for row in got.to_pylist()} == {"repo-1"}
    assert len(notes) == 2


def test_organizations_are_the_owners_of_the_repositories(still):
    assert [
        row["login"] for row in reading.rows(still, "organizations", repositories="octo-labs/hello-world,octo-labs/x")
    ] == ["octo-labs"]
    got, notes = reading.whole(still, "organizations", repositories="quiet-org/*,mona/*")
    assert got.column("login").to_pylist() == ["quiet-org"]
    assert notes == ["nothing is read of /orgs/mona: Not Found"]


def test_the_check_costs_nothing(still):
    with connect(GITHUB, reading.settings(still, "issues")) as client:
        before = still.write("quota")["core"]
        assert client.send(GITHUB.check).json()["resources"]["core"]["limit"] == 5000
        assert still.write("quota")["core"] == before
