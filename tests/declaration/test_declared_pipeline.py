"""A declaration alone to a running pipeline: CSV, generated notebook, local Spark Declarative Pipelines."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.deploy.account_tables import account_facts, declared_facts
from lakeflow_sources.deploy.connector_config import ConnectorConfig
from lakeflow_sources.deploy.discovery import discovered_tables
from lakeflow_sources.deploy.metadata import write_metadata
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.deploy.preset_section import DiscoverSettings
from lakeflow_sources.local import LocalSettings, run_local
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from tests.declaration.shop import SECRET, SPEC, Shop, order
from tests.spark.old import needs_pipelines

TABLES = ("customers", "orders", "visits")


@pytest.fixture(scope="module")
def shop():
    made = Shop()
    yield made
    made.close()


def config(shop, **static):
    return ConnectorConfig(
        secrets_scope="shop",
        secret_mappings={"client_secret": ("key",)},
        static_options={"spec": str(SPEC), **shop.plain, "lookback_seconds": "0", **static},
    )


def test_facts_of_a_declaration_that_is_here_not_here_and_wrong(shop, tmp_path):
    facts = {one.name: one for one in declared_facts("http", {"spec": str(SPEC)})}
    assert (facts["orders"].ingestion_type, facts["orders"].primary_key) == ("cdc_with_deletes", ("id",))
    assert declared_facts("http", {}) == declared_facts("http", {"spec": "/Volumes/main/files/gone.yaml"}) == ()
    with pytest.raises(Exception, match="cannot be read"):
        declared_facts("http", {"spec": str(tmp_path / "gone.yaml")})


def test_facts_of_an_account(shop):
    settings = check_options(connector("http"), {"spec": str(SPEC), **shop.options})
    found = account_facts("http", settings, ("orders", "prices"))
    assert [(one.name, one.problem) for one in found] == [("orders", ""), ("prices", "")]


def test_generate_notebooks_takes_the_declaration_from_the_plain_options(shop, tmp_path):
    csv = tmp_path / "shop.csv"
    csv.write_text("source_table,pipeline_group\norders,all\n")
    settings = tmp_path / "config.json"
    secret = {"secrets_scope": "shop", "secret_mappings": {"client_secret": "key"}}
    settings.write_text(json.dumps({**secret, "static_options": {"spec": str(SPEC)}}))
    words = [
        "--connector-name",
        "http",
        "--input-csv",
        csv,
        "--output-dir",
        tmp_path / "out",
        "--connector-config",
        settings,
    ]
    done = subprocess.run(
        [sys.executable, "-m", "lakeflow_sources.cli", "generate-notebooks", *words, "--generate-all-groups"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "out").glob("*.py")
    text = path.read_text()
    assert "'spec': " in text
    assert "cdc(" in text
    assert SECRET not in text


@pytest.mark.spark
@needs_pipelines
def test_a_generated_notebook_of_a_declaration_runs_twice(shop, tmp_path):
    facts = [one for one in declared_facts("http", {"spec": str(SPEC)}) if one.name in TABLES]
    csv = tmp_path / "shop.csv"
    write_metadata(csv, discovered_tables(facts, DiscoverSettings(group_by="none"), dest_schema="shop"))
    generate_notebooks(
        connector_name="http",
        input_csv=csv,
        output_dir=tmp_path / "notebooks",
        connector_config=config(shop),
        all_groups=True,
        facts=facts,
    )
    secrets = tmp_path / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text(f'[shop]\nkey = "{SECRET}"\n')

    def run():
        queries = (
            "SELECT count(*) AS n FROM shop.customers",
            "SELECT id FROM shop.orders",
            "SELECT count(*) AS n FROM shop.visits",
        )
        settings = LocalSettings(queries=queries)
        report = run_local(
            tmp_path / "notebooks", state_dir=tmp_path / "state", secrets_file=secrets, settings=settings
        )
        assert report.ok, report
        customers, orders, visits = report.answers
        return customers[0]["n"], {row["id"] for row in orders}, visits[0]["n"]

    live = {n for n in range(1, 301) if n % 10}
    assert run() == (120, live, 250)
    now = datetime.now(UTC) - timedelta(milliseconds=10)
    shop.orders[6].update(state="deleted", updated_at=now.isoformat())
    shop.orders.append(order(900, now))
    assert run() == (120, live - {7} | {900}, 250)
