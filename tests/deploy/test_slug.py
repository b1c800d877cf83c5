import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.deploy.slug import notebook_slug, slug
from lakeflow_sources.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales EU", "sales_eu"),
        ("Größe/2", "groe_2"),
        ("__a--b__", "a_b"),
        ("../../x", "x"),
        ("ﬁne", "fine"),
        ("1abc", "1abc"),
    ],
)
def test_known(text: str, expected: str) -> None:
    assert slug(text) == expected


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_safe(text: str) -> None:
    try:
        name = slug(text)
    except ConfigurationError:
        return
    assert re.fullmatch(r"[a-z0-9]([a-z0-9_]{0,98}[a-z0-9])?", name)
    assert slug(name) == name


def test_the_connector_comes_first_once() -> None:
    assert notebook_slug("hubspot", "CRM") == "hubspot_crm"
    assert notebook_slug("hubspot", "hubspot crm") == "hubspot_crm"
    assert notebook_slug("hubspot", "HubSpot") == "hubspot"
    assert notebook_slug("hubspot", "hubspots") == "hubspot_hubspots"
