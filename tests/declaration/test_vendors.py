"""The mock APIs of three vendors, read by a declaration alone, with the same rows as the connectors in Python."""

from dataclasses import replace
from pathlib import Path

import pytest

from lakeflow_sources import Rate
from lakeflow_sources.declaration import load
from lakeflow_sources.registry import connector
from lakeflow_sources.testing import mock_server
from tests.declaration.reading import rows

VENDORS = Path(__file__).with_name("vendors")
UNPACED = {"requests_per_second": "5000"}
OWN = {"zendesk": {"exports_per_minute": "60000"}, "hubspot": {"search_requests_per_second": "2000"}, "github": {}}
NOW = "2026-03-01T12:00:00Z"


@pytest.fixture(scope="module")
def mocks():
    with (
        mock_server("zendesk", seed=9, now=NOW, records={"users": 1500}) as zendesk,
        mock_server("hubspot", seed=9, records={"contacts": 1500}) as hubspot,
        mock_server("github", seed=4) as github,
    ):
        yield {"zendesk": zendesk, "hubspot": hubspot, "github": github}


def by_both(mocks, vendor, table, other=None, way="access_token", **options):
    """Rows by the declaration, and by the connector in Python, of the columns that both have."""
    spec, sign_in = load(VENDORS / f"{vendor}.yaml"), mocks[vendor].sign_in(way)
    unpaced = replace(spec, rates=dict.fromkeys(spec.rates, Rate(5000)))
    declared = rows(unpaced, table, **sign_in, **options)
    names = {name for row in declared[:1] for name in row}
    python = rows(connector(vendor), other or table, **sign_in, **UNPACED, **OWN[vendor], **options)
    return declared, [{name: row[name] for name in names} for row in python]


def ordered(found):
    return sorted(found, key=lambda row: tuple(map(str, row.values())))


def same(declared, python):
    assert len(declared) > 0
    names = sorted(declared[0])
    assert ordered([{name: row[name] for name in names} for row in declared]) == ordered(
        [{name: row[name] for name in names} for row in python]
    )


@pytest.mark.parametrize(
    ("vendor", "table"),
    [
        ("zendesk", "groups"),
        ("zendesk", "organization_memberships"),
        ("zendesk", "users"),
        ("hubspot", "owners"),
        ("hubspot", "contacts"),
        ("github", "labels"),
        ("github", "milestones"),
    ],
)
def test_the_same_rows(mocks, vendor, table):
    same(*by_both(mocks, vendor, table))


def test_the_same_changes_with_tombstones(mocks):
    people = sorted(mocks["zendesk"].rows("users"), key=lambda one: one["updated_at"])
    start, end = people[200]["updated_at"], people[-100]["updated_at"]
    declared, python = by_both(mocks, "zendesk", "users", start=start, end=end)
    same(declared, python)
    assert any(row["_deleted"] for row in declared)


def test_the_same_window_by_search(mocks):
    times = sorted(one["updatedAt"] for one in mocks["hubspot"].rows("contacts"))
    start, end = times[100], times[900]
    declared, python = by_both(mocks, "hubspot", "contact_changes", "contacts", start=start, end=end)
    same(declared, [row for row in python if row["id"] in {one["id"] for one in declared}])
    assert len(declared) == sum(start <= one < end for one in times)


def test_the_other_way_to_sign_in(mocks):
    same(*by_both(mocks, "zendesk", "groups", way="client_credentials"))
