"""What `plan` tells before anything is read."""

import json

import pytest

from lakeflow_sources import Connector, Rate, Settings, Slice
from lakeflow_sources.cli.estimate import estimates, seconds_of, waited
from lakeflow_sources.http import NoAuth
from lakeflow_sources.options import check_options
from lakeflow_sources.testing import mock_server
from tests.cli.shell import run

API = Connector(
    name="api",
    title="Api",
    base_url="http://127.0.0.1",
    auth=lambda settings: NoAuth(),
    tables=(),
    rates={"default": Rate(100, 10.0), "search": Rate(4_950, 3600.0, within=Rate(900, 60.0))},
)


def settings(**options) -> Settings:
    return check_options(API, options)


@pytest.mark.parametrize(
    ("calls", "seconds"), [(1, 0.0), (100, 0.0), (101, 10.0), (200, 10.0), (201, 20.0), (1000, 90.0)]
)
def test_a_quota_may_be_used_at_once_and_then_a_window_later(calls, seconds):
    assert waited(Rate(100, 10.0), calls) == seconds


def test_each_budget_has_its_calls_its_share_and_its_time():
    pieces = [Slice(weight=150.0), Slice(weight=90.5), Slice(weight=1000.0, rate="search")]
    default, search = estimates(API, settings(), pieces)
    assert (default.budget, default.calls, default.requests, default.per_seconds) == ("default", 241, 100, 10.0)
    assert (default.quota_share, default.seconds) == (2.41, 20.0)
    assert (search.requests, search.per_seconds) == (4_950, 3600.0)
    assert search.quota_share == round(1000 / 4950, 4)
    assert search.seconds == 60.0


def test_the_user_s_own_limit_takes_the_place_of_the_vendor_s():
    (found,) = estimates(API, settings(requests_per_second="2"), [Slice(weight=21.0)])
    assert (found.requests, found.per_seconds, found.seconds) == (2, 1.0, 10.0)


def test_slow_answers_count_where_the_quota_would_allow_more():
    pieces = [[Slice(weight=8.0), Slice(weight=8.0)], [Slice(weight=4.0)]]
    found = estimates(API, settings(), [one for share in pieces for one in share])
    assert seconds_of(found, pieces, 2, 0.5) == 4.0
    assert seconds_of(found, pieces, 1, 0.5) == 8.0
    assert seconds_of(found, pieces, 1, None) == 0.0


def test_plan_of_hubspot_tells_slices_calls_quota_time_and_its_own_cost():
    with mock_server("hubspot", records={"contacts": 1_500}, seed=13) as mock:
        facts = json.loads(run("plan", "hubspot", "contacts", "--json", mock=mock).stdout)
        shown = run("plan", "hubspot", "contacts", mock=mock).stdout
    assert len(facts["partitions"]) > 1
    assert facts["slices"] == sum(one["slices"] for one in facts["partitions"])
    assert facts["calls"] == sum(one["calls"] for one in facts["budgets"]) >= 15
    assert facts["budgets"][0]["quota_share"] > 0
    assert facts["planning"]["calls"] > 0
    assert "slices in" in shown
    assert "share of quota" in shown
    assert "Planning took" in shown


def test_plan_of_salesforce_says_why_it_takes_the_bulk_api_or_not():
    with mock_server("salesforce", records={"Account": 300}, seed=3) as mock:
        arguments, rows = ("plan", "salesforce", "Account"), len(mock.rows("Account"))
        assert f"by rest: {rows} rows" in run(*arguments, mock=mock).stdout
        shown = run(*arguments, "--set", "bulk_above=100", mock=mock).stdout
        assert f"by bulk: {rows} rows, above bulk_above=100" in shown
        forced = json.loads(run(*arguments, "--set", "api=bulk", "--json", mock=mock).stdout)
        assert forced["ways"] == [{"way": "bulk", "why": "api=bulk", "slices": forced["slices"]}]
