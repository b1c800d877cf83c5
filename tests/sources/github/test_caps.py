"""Lists that GitHub ends early: another way to the rest, or an error, and never a short success."""

import pytest

from lakeflow_sources import VendorError
from tests.sources.github import reading, truth
from tests.sources.github.reading import GITHUB, span

TABLES = {table.name: table for table in GITHUB.tables}


def complete(mine, table, **options):
    got = reading.table(mine.mock, table, repositories=f"octo-labs/{mine.name}", **options)
    truth.check(table, got, mine.truth(table), TABLES[table].primary_key)
    return got


@pytest.fixture
def short(mine):
    """Lists of people, comments and events end after three pages."""
    with mine.caps(pages=3):
        yield mine


@pytest.mark.parametrize("parallelism", [1, 8])
def test_events_of_a_busy_repository_are_read_from_its_issues(short, parallelism):
    complete(short, "issue_events", page_size=10, parallelism=parallelism)


def test_the_increment_of_a_busy_repository_as_well(short):
    rows = sorted(short.truth("issue_events"), key=lambda row: row["created_at"])
    start = rows[20]["created_at"]
    for issue in {row["issue"]["number"] for row in rows}:
        short.write("change", keys=[issue], at="2025-06-30T00:00:00Z")
    found = short.rows("issue_events", span(start, "2025-07-01T00:00:00Z"), page_size=10)
    assert sorted(row["id"] for row in found) == sorted(row["id"] for row in rows if row["created_at"] >= start)


def test_a_list_of_people_that_grew_beyond_its_end_is_read_on_by_query(short):
    got = reading.table(short.mock, "stargazers", **short.options, page_size=10, parallelism=1)
    raw = short.truth("stargazers")
    assert sorted(row["id"] for row in got.to_pylist()) == sorted(star["user"]["id"] for star in raw)
    by_id = {star["user"]["id"]: star for star in raw}
    for row in got.to_pylist():
        for field in got.schema:
            expect = truth.value("stargazers", field.name, by_id[row["id"]])
            assert truth.same(row[field.name], expect, field.type), field.name


def test_watchers_beyond_the_end_of_the_list_have_all_but_the_address_of_the_rest_api(short):
    rows = short.rows("watchers", page_size=3, parallelism=1)
    raw = {one["id"]: one for one in short.truth("watchers")}
    assert sorted(row["id"] for row in rows) == sorted(raw)
    for row in rows:
        assert row["login"] == raw[row["id"]]["login"]
        assert row["html_url"] == raw[row["id"]]["html_url"]


def test_the_documented_end_is_known_before_it_is_met(mine):
    from lakeflow_sources.sources.github import crowds

    assert crowds._SHOWN == 400, "40,000 stars at 100 a page"
    with mine.caps(pages=400):
        for number in range(380):
            mine.write("star", user=10_000 + number)
        mine.mock.reset_counters()
        rows = mine.rows("stargazers", page_size=1)
        assert len(rows) == len(mine.truth("stargazers")) > 400
        assert len([path for path in mine.paths() if path.endswith("/stargazers")]) <= 2, "all of it by query"


@pytest.mark.parametrize("parallelism", [1, 8])
def test_more_runs_than_a_query_shows_are_asked_for_by_shorter_times(mine, parallelism, monkeypatch):
    from lakeflow_sources.sources.github import runs

    monkeypatch.setattr(runs, "_SHOWN", 10)
    monkeypatch.setattr(runs, "_AIMED", 6)
    with mine.caps(runs=10):
        complete(mine, "workflow_runs", page_size=4, parallelism=parallelism)
        window = span("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
        found = mine.rows("workflow_runs", window, page_size=4, parallelism=parallelism)
    inside = [row["id"] for row in mine.truth("workflow_runs") if "2024" <= row["updated_at"] < "2025"]
    assert sorted(row["id"] for row in found) == sorted(inside)


def test_more_runs_of_one_second_than_a_query_shows_are_an_error(mine, monkeypatch):
    from lakeflow_sources.sources.github import runs

    monkeypatch.setattr(runs, "_SHOWN", 10)
    monkeypatch.setattr(runs, "_AIMED", 6)
    mine.write("run", count=14, at="2025-06-01T12:00:00Z")
    with mine.caps(runs=10):
        with pytest.raises(VendorError, match="14 workflow runs of 2025-06-01T12:00:00Z, of which GitHub shows 10"):
            mine.rows("workflow_runs", page_size=4)
        options = {**mine.options, "on_cap": "note", "page_size": 4}
        _, notes = reading.whole(mine.mock, "workflow_runs", **options)
        assert any("14 workflow runs" in note for note in notes)


def test_a_list_without_another_way_fails_or_is_noted_as_the_user_wants(mine):
    with mine.caps(release_pages=1):
        with pytest.raises(VendorError, match="Only the first 10000 results are available.*set on_cap=note"):
            mine.rows("releases", page_size=5)
        got, notes = reading.whole(mine.mock, "releases", **mine.options, page_size=5, on_cap="note")
    assert got.num_rows == 5
    assert [note for note in notes if note.startswith("rows are missing")]


@pytest.fixture
def shallow(mine, monkeypatch):
    """Pull requests show 20 commits and 30 files."""
    from lakeflow_sources.sources.github import pulls

    assert (pulls._COMMITS_SHOWN, pulls._FILES_SHOWN) == (250, 3000)
    monkeypatch.setattr(pulls, "_COMMITS_SHOWN", 20)
    monkeypatch.setattr(pulls, "_FILES_SHOWN", 30)
    with mine.caps(commits=20, files=30):
        yield mine


def test_pull_requests_with_more_commits_than_their_list_has(shallow):
    number = shallow.truth("pull_requests")[2]["number"]
    shallow.write("size", number=number, pull_commits=47)
    got = complete(shallow, "pull_request_commits", page_size=10)
    assert sum(row["pull_request_number"] == number for row in got.to_pylist()) == 47


def test_pull_requests_with_more_files_than_anything_lists(shallow):
    number = shallow.truth("pull_requests")[1]["number"]
    shallow.write("size", number=number, pull_files=33)
    with pytest.raises(VendorError, match=f"{number} changes 33 files, of which GitHub shows 30: set on_cap=note"):
        shallow.rows("pull_request_files")
    got, notes = reading.whole(shallow.mock, "pull_request_files", **shallow.options, on_cap="note")
    assert sum(row["pull_request_number"] == number for row in got.to_pylist()) == 30
    assert len(notes) == 1
    shallow.write("size", number=number, pull_files=30)
    assert sum(row["pull_request_number"] == number for row in shallow.rows("pull_request_files")) == 30


def test_public_events_that_are_lost_are_noted(mine):
    mine.write("public_event", count=300, at="2025-08-02T00:00:00Z")
    window = span("2025-08-01T00:00:00Z", "2025-08-03T00:00:00Z")
    got, notes = reading.whole(mine.mock, "events", window, **mine.options)
    assert got.num_rows == 300
    assert any("are lost: GitHub keeps 300, read more often" in note for note in notes)
    quiet = span("2025-07-31T00:00:00Z", "2025-08-01T00:00:00Z")
    mine.write("public_event", at="2025-08-02T00:00:01Z")
    assert reading.whole(mine.mock, "events", quiet, **mine.options)[0].num_rows == 0


def test_a_list_that_never_ends_is_an_error(mine):
    mine.mock.write("endless")
    try:
        with pytest.raises(VendorError, match="does not come to an end"):
            mine.rows("labels")
    finally:
        mine.mock.write("endless", endless=False)
