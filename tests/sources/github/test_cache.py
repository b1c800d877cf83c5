"""Conditional requests: what has not changed costs nothing of the limit."""

import os
import time

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.http import Request, Response
from lakeflow_sources.sources.github.cache import Cache
from tests.sources.github import reading
from tests.sources.github.reading import GITHUB, span

ORGANIZATION = {"repositories": "octo-labs/*"}


def cost(mock, table, window=None, **options):
    """Calls that count, and the rows that they brought."""
    before = sum(mock.write("quota").values())
    rows = reading.rows(mock, table, window, **options)
    return sum(mock.write("quota").values()) - before, sorted(map(repr, rows))


@pytest.mark.parametrize(
    "table",
    [
        "repositories",
        "issues",
        "issue_comments",
        "pull_requests",
        "commits",
        "labels",
        "branches",
        "stargazers",
        "reviews",
        "workflow_runs",
        "workflow_jobs",
        "issue_events",
        "deployments",
        "members",
        "releases",
    ],
)
def test_the_second_read_of_a_quiet_organization_costs_nothing(still, table, tmp_path):
    options = {**ORGANIZATION, "etag_cache": tmp_path, "page_size": 30}
    first, rows = cost(still, table, **options)
    second, same = cost(still, table, **options)
    assert same == rows != []
    assert first > 0
    # Answers that say no (locked, taken down, without issues) are no answers that could be kept.
    assert second <= 4, (first, second)


@pytest.mark.parametrize(
    "table",
    [
        "issues",
        "issue_comments",
        "pull_requests",
        "commits",
        "issue_events",
        "deployments",
        "workflow_runs",
        "reviews",
        "events",
    ],
)
def test_increments_in_which_nothing_happened_cost_nothing(mine, table, tmp_path):
    options = {**mine.options, "etag_cache": tmp_path}
    cost(mine.mock, table, span("2025-08-10T00:00:00Z", "2025-08-10T01:00:00Z"), **options)
    for hour in range(1, 4):
        calls, rows = cost(
            mine.mock, table, span(f"2025-08-10T0{hour}:00:00Z", f"2025-08-10T0{hour + 1}:00:00Z"), **options
        )
        assert (calls, rows) == (0, [])


def test_what_changed_is_seen_in_spite_of_the_cache(mine, tmp_path):
    options = {**mine.options, "etag_cache": tmp_path}
    for table in ("issues", "pull_requests", "labels"):
        reading.rows(mine.mock, table, **options)
    number = mine.truth("pull_requests")[0]["number"]
    mine.write("change", kind="pulls", keys=[number], at="2025-08-10T00:30:00Z", title="new title")
    window = span("2025-08-10T00:00:00Z", "2025-08-10T01:00:00Z")
    for table in ("issues", "pull_requests"):
        for bound in (window, None):
            rows = reading.rows(mine.mock, table, bound, **options)
            assert [row["title"] for row in rows if row["number"] == number] == ["new title"]


def test_credentials_do_not_see_what_others_keep(still, tmp_path):
    other = still.sign_in("pool")["access_token"].split(",")[1]
    reading.rows(still, "labels", **ORGANIZATION, etag_cache=tmp_path)
    still.reset_counters()
    reading.rows(still, "labels", **ORGANIZATION, etag_cache=tmp_path, access_token=other)
    assert still.counters()["statuses"].get("304", 0) == 0
    names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert names
    assert all(still.token.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert all(oct(path.stat().st_mode)[-2:] == "00" for path in tmp_path.rglob("*"))


def test_a_damaged_entry_is_read_anew(still, tmp_path):
    expected = len(reading.rows(still, "labels", **ORGANIZATION, etag_cache=tmp_path))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:40])
    assert len(reading.rows(still, "labels", **ORGANIZATION, etag_cache=tmp_path)) == expected


def test_a_folder_that_cannot_be_written_is_named(still, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(
        ConfigurationError, match="etag_cache=.*cannot be written.*name a folder that the driver and all workers"
    ):
        reading.rows(still, "labels", **ORGANIZATION, etag_cache=blocked)


def test_what_nobody_asks_for_is_removed_a_shelf_at_a_time(tmp_path):
    cache = Cache(tmp_path, "account")
    requests = [Request("GET", f"/items/{number}") for number in range(60)]
    for request in requests:
        cache.keep(request, Response(request, 200, {"etag": 'W/"1"'}, b"[]"))
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 60
    month = 40 * 86_400
    for path in files[:30]:
        os.utime(path, (time.time() - month, time.time() - month))
    cache.used(requests[0])
    for turn in range(256):
        cache.tidy(time.time() + turn * 600 - 256 * 600)
    left = sum(cache.known(request) is not None for request in requests)
    assert left in (30, 31)
    assert cache.known(requests[0]) is not None


def test_the_default_keeps_nothing(still, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reading.rows(still, "labels", **ORGANIZATION)
    assert list(tmp_path.iterdir()) == []
    assert next(option for option in GITHUB.options if option.name == "etag_cache").default is None
