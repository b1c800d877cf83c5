"""The notebooks of every connector, generated from its own preset, run unchanged on local Spark, twice."""

import csv
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lakeflow_sources.cli.generate import facts_of
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.local import LocalSettings, run_local
from lakeflow_sources.redact import SECRET_NAME
from lakeflow_sources.registry import connector_names

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1200)]

SOURCES = Path(__file__).resolve().parents[2] / "sources"


@dataclass(frozen=True)
class Account:
    """A mock with *records*, of which *tables* are read: name -> column of the key, name of the key in the mock."""

    tables: dict[str, tuple[str, str]]
    records: dict[str, int]
    write: dict[str, Any]
    options: dict[str, str] = field(default_factory=dict)
    mock: dict[str, Any] = field(default_factory=dict)


ACCOUNTS = {
    "github": Account(
        {"issues": ("id", "id"), "issue_events": ("id", "id"), "labels": ("id", "id")},
        {"issues": 12},
        {"action": "create", "kind": "issues", "repo": "hello-world"},
        {"lag_seconds": "0"},
    ),
    "hubspot": Account(
        {"contacts": ("id", "id"), "owners": ("id", "id")},
        {"contacts": 30},
        {"action": "archive", "object_type": "contacts", "count": 3},
        {"search_requests_per_second": "2000", "lag_seconds": "0"},
    ),
    "osipi": Account(
        {"recorded_values": ("webid", "WebId"), "points": ("webid", "WebId"), "event_frames": ("webid", "WebId")},
        {"points": 4, "burst": 20},
        {"action": "add", "tag": 2, "values": [1, 2, 3]},
        {"lag_seconds": "0"},
        {"days": 1},
    ),
    "salesforce": Account(
        {"Account": ("Id", "Id"), "Contact": ("Id", "Id")},
        {"Account": 20},
        {"action": "delete", "object": "Account", "count": 2},
        {"lag_seconds": "0"},
    ),
    "zendesk": Account(
        {"tickets": ("id", "id"), "ticket_comments": ("id", "id"), "groups": ("id", "id")},
        {"tickets": 20},
        {"action": "delete", "table": "tickets", "ids": [3]},
        {"exports_per_minute": "6000"},
    ),
    "zoho_crm": Account(
        {"Leads": ("id", "id"), "Contacts": ("id", "id")},
        {"Leads": 20},
        {"action": "delete", "module": "Leads", "count": 2},
        {"lag_seconds": "0"},
    ),
}

WITH_ARCHIVED = {"hubspot.owners"}  # reference data shows deactivated users too


def test_every_connector_with_a_preset_is_here():
    assert set(ACCOUNTS) == {name for name in connector_names() if (SOURCES / name / "deployment").is_dir()}


def chosen(name, folder):
    """The rows of the preset's own CSV that are about the tables of the test, in a schema of the connector's own."""
    preset = load_preset(SOURCES / name / "deployment" / "deploy_preset.json")
    if preset.csv.path:
        with preset.file(preset.csv.path).open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["source_table"] in ACCOUNTS[name].tables]
    else:
        rows = [{"source_table": table, "pipeline_group": name} for table in ACCOUNTS[name].tables]
    assert len(rows) == len(ACCOUNTS[name].tables)
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        rows = [{**row, "pipeline_group": name, "schedule": "", "destination_schema": name} for row in rows]
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path, preset


def generate(name, mock, folder):
    path, preset = chosen(name, folder)
    signs = mock.sign_in(mock.ways[0])
    secret = {key: value for key, value in signs.items() if SECRET_NAME.search(key)}
    plain = {key: value for key, value in signs.items() if key not in secret}
    config = replace(
        preset.connector_config,
        secrets_scope=name,
        secret_mappings={key: (f"{name}_{key}",) for key in secret},
        static_options={"requests_per_second": "2000", **plain, **ACCOUNTS[name].options},
    )
    generate_notebooks(
        connector_name=name,
        input_csv=path,
        output_dir=folder / "notebooks",
        connector_config=config,
        all_groups=True,
        facts=facts_of(name),
    )
    return [f"[{name}]", *(f"{name}_{key} = {json.dumps(value)}" for key, value in secret.items())]


def hidden(folder, mocks):
    """No notebook, log, checkpoint or table shows what signs in."""
    planted = {
        line
        for mock in mocks.values()
        for name, value in mock.sign_in(mock.ways[0]).items()
        if SECRET_NAME.search(name)
        for line in value.splitlines()
        if len(line) > len("-----END")
    }
    assert len(planted) > len(mocks)
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "secrets.toml":
            data = path.read_bytes()
            assert not [one for one in planted if one.encode() in data], path


def check(report, mocks):
    assert report.ok, report.problems
    told = {f"{one.connector}.{one.table}": one for one in report.reads}
    assert told.keys() <= {f"{name}.{table}" for name, account in ACCOUNTS.items() for table in account.tables}
    assert {one.connector for one in report.reads} == set(ACCOUNTS)
    assert all(one.requests and one.seconds and one.outcome != "failed" for one in told.values())
    answers, wrong = iter(report.answers), {}
    for name, account in ACCOUNTS.items():
        for table, (column, key) in account.tables.items():
            got = sorted(str(row[column]) for row in next(answers))
            rows = mocks[name].rows(table, archived=None if f"{name}.{table}" in WITH_ARCHIVED else False)
            if got != sorted(str(row[key]) for row in rows):
                wrong[f"{name}.{table}"] = (len(got), len(rows))
    assert not wrong


def test_notebooks_of_all_connectors_hold_what_the_vendors_hold(lakeflow_mock, tmp_path):
    mocks = {name: lakeflow_mock(name, records=one.records, seed=7, **one.mock) for name, one in ACCOUNTS.items()}
    secrets = tmp_path / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text("\n".join(line for name, mock in mocks.items() for line in generate(name, mock, tmp_path)))
    queries = [
        f"SELECT {column} FROM spark_catalog.{name}.{table}"
        for name, account in ACCOUNTS.items()
        for table, (column, _) in account.tables.items()
    ]

    def run():
        return run_local(
            tmp_path / "notebooks",
            state_dir=tmp_path / "state",
            secrets_file=secrets,
            settings=LocalSettings(queries=queries),
        )

    check(run(), mocks)
    # Zendesk's exports end two minutes before now: what is written lies behind the end of the first run.
    just_read = datetime.now(UTC) - timedelta(seconds=119)
    for name, account in ACCOUNTS.items():
        time = {"time": just_read.isoformat()} if name == "zendesk" else {}
        before = {table: len(mocks[name].rows(table)) for table in account.tables}
        mocks[name].write(**account.write, **time)
        assert {table: len(mocks[name].rows(table)) for table in account.tables} != before, name
    check(run(), mocks)
    hidden(tmp_path, mocks)
