"""Histories of sources against streams that follow them, without a JVM; `make proof` tries many more of them."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from lakeflow_sources.testing import mock_server
from tests.proof import history
from tests.proof.accounts import github, hubspot, links, osipi, salesforce, zendesk, zoho_crm
from tests.proof.accounts.account import iso

KINDS = (
    hubspot.HubSpot,
    zendesk.Tickets,
    zendesk.Organizations,
    zendesk.Comments,
    github.Issues,
    github.Events,
    links.Links,
    links.Days,
    salesforce.Salesforce,
    zoho_crm.Deals,
    zoho_crm.Deletions,
    osipi.Recorded,
)


def name_of(kind):
    return f"{kind.format}-{kind.__name__}"


@pytest.fixture(scope="module")
def servers():
    """One process for each vendor, started when it is asked for; histories have accounts of their own in it."""
    started = {}

    def server(kind):
        if kind.format == "http":
            return None
        if kind.format not in started:
            options = {**kind.mock_options, "now": iso(history.BEGIN)}
            started[kind.format] = mock_server(kind.format, records=kind.records, **options)
        return started[kind.format]

    yield server
    for one in started.values():
        one.close()


def run(kind, server, tally, histories, steps, *, seeded=True):
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seeded,
        database=None,
        suppress_health_check=quiet,
        print_blob=True,
    )
    run_state_machine_as_test(history.of(kind, server, tally), settings=how)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_few_histories(servers, tally, kind):
    run(kind, servers(kind), tally, 3, 15)


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_many_histories(servers, tally, kind):
    run(kind, servers(kind), tally, 40, 30, seeded=False)
