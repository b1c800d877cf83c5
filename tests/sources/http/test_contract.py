"""What every connector promises, of one that is a page of YAML, against its samples."""

import json

from lakeflow_sources.registry import connector
from lakeflow_sources.sources import folder_of
from lakeflow_sources.testing import contract, fake_api
from tests.cli.shell import run

SHOP = folder_of("http") / "samples" / "shop.yaml"

TestContract = contract(
    connector("http"),
    fake_api.of("http"),
    tables=("customers", "addresses", "orders", "visits"),
    options={"spec": str(SHOP)},
)


def test_the_samples_are_a_mock_by_the_name_of_the_connector(lakeflow_mock):
    mock = lakeflow_mock("http")
    done = run("preview", "http", "prices", "--json", "--set", f"spec={SHOP}", mock=mock)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == 2 * len(mock.rows("prices"))
    assert {row["currency"] for row in rows} == {"EUR", "NOK"}
