"""Budgets: what the vendor counts together is counted together."""

import pytest

from lakeflow_sources.connect import rates
from lakeflow_sources.http import Rate
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from tests.sources.zendesk import reading
from tests.sources.zendesk.reading import ZENDESK

ACCOUNT = {"subdomain": "acme", "access_token": "x" * 8}


def test_the_documented_limits():
    assert rates(ZENDESK, check_options(ZENDESK, ACCOUNT)) == {
        "default": Rate(400, 60.0),
        "help_center": Rate(400, 60.0),
        "incremental": Rate(10, 60.0),
        "deleted_tickets": Rate(10, 60.0),
        "ticket_fields": Rate(300, 60.0),
    }


def test_the_high_volume_add_on_and_the_users_own_limit():
    found = rates(ZENDESK, check_options(ZENDESK, {**ACCOUNT, "exports_per_minute": "30", "requests_per_second": "11"}))
    assert found["incremental"] == Rate(30, 60.0)
    assert "default" not in found
    assert "help_center" not in found, "the user's limit holds for Support and Help Center"


def test_all_exports_share_one_budget_and_nothing_else_does(still):
    for table in ZENDESK.tables:
        still.reset_counters()
        with reading.reading(still, table.name, parallelism=2) as (read, client):
            for pieces in plan(read, client):
                for _ in read_share(read, pieces, client):
                    pass
        classes = still.counters()["classes"]
        exports = sum("incremental" in path for path in reading.paths(still))
        assert classes.get("incremental", 0) == exports
    for table, limit in (
        ("deleted_tickets", "deleted_tickets"),
        ("ticket_fields", "ticket_fields"),
        ("posts", "help_center"),
    ):
        still.reset_counters()
        reading.rows(still, table)
        assert set(still.counters()["classes"]) <= {limit, "sign_in"}


@pytest.mark.parametrize("style", ["rolling", "bucket"])
def test_reading_at_the_limit_is_paced_and_not_refused(lakeflow_mock, style):
    mock = lakeflow_mock("zendesk", seed=3, records={"tickets": 60})
    mock.limit(requests=600, seconds=60.0, endpoint_class="incremental", style=style)
    rows = reading.rows(mock, "ticket_events", exports_per_minute=600, page_size=20)
    assert len(rows) == len(mock.rows("ticket_events"))
    assert mock.counters()["statuses"].get("429", 0) == 0


def test_another_program_that_uses_up_the_exports_is_waited_for(lakeflow_mock):
    mock = lakeflow_mock("zendesk", seed=3, records={"tickets": 60})
    mock.limit(requests=4, seconds=2.0, endpoint_class="incremental", policy="incremental-exports")
    rows = reading.rows(mock, "ticket_events", page_size=20)
    assert len(rows) == len(mock.rows("ticket_events"))
    assert 0 < mock.counters()["statuses"]["429"] <= 6


def test_plan_names_the_budget_of_its_calls(still):
    with reading.reading(still, "tickets") as (read, client):
        assert {piece.rate for share in plan(read, client) for piece in share} == {"incremental"}
    with reading.reading(still, "votes") as (read, client):
        assert {piece.rate for share in plan(read, client) for piece in share} == {"help_center"}
