"""The hourly limit, the secondary limit and a missing right look alike and are told apart."""

import time

import pytest

from lakeflow_sources import AccessError, QuotaError
from lakeflow_sources.connect import connection
from lakeflow_sources.http.connection import budgets
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.testing import mock_server
from tests.sources.github import reading
from tests.sources.github.reading import GITHUB

SMALL = {"repositories": 1, "issues": 40, "comments": 30, "events": 20, "commits": 40, "stargazers": 10}
MAIN = {"repositories": "octo-labs/hello-world"}


MANY = 20


@pytest.fixture(scope="module")
def office():
    with mock_server("github", seed=8, records=SMALL, tokens=MANY) as server:
        server.serial = iter(server.sign_in("pool")["access_token"].split(","))
        yield server


@pytest.fixture
def token(office):
    """A token that no other test has spent, here or in the budget that all tests of this machine share."""
    office.write("limits", core=5000, graphql=5000)
    office.reset_counters()
    return next(office.serial)


def refused(mock):
    return mock.counters()["statuses"].get("403", 0)


def test_the_hourly_limit_is_waited_for_when_it_comes_back_soon(office, token):
    office.write("limits", core=6, seconds=2)
    start = time.monotonic()
    rows = reading.rows(office, "issues", page_size=5, **MAIN, access_token=token)
    assert len(rows) == 40
    assert time.monotonic() - start > 2
    assert refused(office) <= 1, "the headers say when nothing is left"


def test_the_hourly_limit_that_is_far_away_ends_the_read_and_never_a_short_success(office, token):
    office.write("limits", core=5)
    with pytest.raises(QuotaError, match="quota is spent for another .* raise retry_deadline_seconds") as error:
        reading.rows(office, "issues", page_size=5, **MAIN, access_token=token)
    assert token not in str(error.value)


def test_an_hourly_limit_that_others_have_spent_is_named(office, token):
    office.write("spend", token=token)
    with pytest.raises(QuotaError, match=r"API rate limit exceeded.*come back in 3[56]\d\d seconds"):
        reading.rows(office, "issues", **MAIN, access_token=token)
    assert refused(office) == 1, "going on while limited may get an integration banned"


def test_secondary_limits_are_waited_for_as_long_as_they_say(office, token):
    for wait in (1, 2):
        office.write("secondary", retry_after=wait)
    start = time.monotonic()
    assert len(reading.rows(office, "issues", **MAIN, access_token=token)) == 40
    assert time.monotonic() - start > 3
    assert refused(office) == 2


def test_a_missing_right_is_no_limit_and_is_not_repeated(office, token):
    office.write("deny", repo="hello-world", area="actions")
    with pytest.raises(AccessError, match="give the token or app the permission actions=read"):
        reading.rows(office, "workflow_runs", **MAIN, access_token=token)
    office.write("allow", repo="hello-world")
    assert refused(office) == 1


def test_a_pool_reads_more_than_one_token_may(office, token):
    pool = ",".join([token, next(office.serial), next(office.serial)])
    office.write("limits", core=8)
    assert len(reading.rows(office, "issues", page_size=3, **MAIN, access_token=pool)) == 40
    assert refused(office) == 0


def test_a_token_of_a_pool_that_others_have_spent_is_left_alone(office, token):
    pool = f"{token},{next(office.serial)}"
    office.write("spend", token=token)
    with reading.reading(office, "issues", page_size=4, **MAIN, access_token=pool) as (read, client):
        rows = sum(batch.num_rows for pieces in plan(read, client) for batch in read_share(read, pieces, client))
        assert rows == 40
        assert client.stats.facts()["wait_seconds"] < 1800, "its hour is not waited for"
    assert refused(office) <= 1


def test_points_of_queries_are_a_budget_of_their_own(office, token):
    office.write("limits", graphql=3, seconds=2)
    start = time.monotonic()
    assert len(reading.rows(office, "discussions", page_size=5, **MAIN, access_token=token)) == 25
    assert time.monotonic() - start > 2
    assert office.write("quota")["core"] <= 1, "looking up the repository"


def test_points_that_are_spent_for_an_hour_end_the_read(office, token):
    office.write("spend", token=token, resource="graphql")
    with pytest.raises(QuotaError, match="RATE_LIMITED"):
        reading.rows(office, "discussions", **MAIN, access_token=token)


def test_the_points_a_minute_of_the_secondary_limit_are_kept(office, token):
    options = {**office.options, **MAIN, "tableName": "issues", "access_token": token}
    settings = check_options(GITHUB, options)
    found = budgets(connection(GITHUB, settings), "default", "account")
    assert [(one.rate.requests, one.rate.seconds) for one in found] == [(4950, 3600.0), (900, 60.0)]
    found = budgets(connection(GITHUB, settings), "graphql", "account")
    assert [(one.rate.requests, one.rate.seconds) for one in found] == [(4950, 3600.0), (2000, 60.0)]
