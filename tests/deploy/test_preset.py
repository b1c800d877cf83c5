from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lakeflow_sources.deploy.connector_config import ConnectorConfig, TokenStore, read_connector_config
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.preset_section import (
    CsvSettings,
    DiscoverSettings,
    JobSettings,
    PipelineSettings,
    Preset,
    SharingSettings,
    StorageSettings,
)
from lakeflow_sources.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
PRESETS = sorted(ROOT.glob("sources/*/deployment/deploy_preset.json"))
LEAST: dict[str, Any] = {
    "connector_name": "hubspot",
    "generated_source_rel_path": "sources/hubspot/_generated_hubspot_python_source.py",
    "csv": {"mode": "discover"},
    "connector_config": {"secrets_scope": "hubspot", "secret_mappings": {"access_token": "token"}},
    "storage": {"uc_volume_name": "libs"},
}


def written(folder: Path, value: Any) -> Path:
    path = folder / "deploy_preset.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def failure(folder: Path, value: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_preset(written(folder, value))
    return str(caught.value)


def test_the_least(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST)
    assert load_preset(path) == Preset(
        connector_name="hubspot",
        generated_source_rel_path="sources/hubspot/_generated_hubspot_python_source.py",
        csv=CsvSettings("discover"),
        connector_config=ConnectorConfig("hubspot", {"access_token": ("token",)}),
        storage=StorageSettings("libs"),
        path=path,
    )


def test_everything(tmp_path: Path) -> None:
    value = {
        **LEAST,
        "dest_catalog": "main",
        "dest_schema": "hub",
        "csv": {"mode": "manual", "tables": "contacts, deals", "path": "tables.csv"},
        "connector_config": {
            "secrets_scope": "hubspot",
            "secret_mappings": {"refresh_token": ["a", "b", "c"], "client_id": "id"},
            "static_options": {"base_url": "https://x", "page_size": 50, "verify_ssl": False},
            "dynamic_options": {"workspace_host": "workspace_host", "x": "configuration:my.key"},
            "token_store": {"key": "refreshed"},
        },
        "discover": {"group_by": "none", "schedule_cdc": "0 * * * *", "weight_cdc": 2.5, "weight_append": 3, "max_tables_per_group": 5, "best_effort": True},
        "pipeline": {"serverless": False, "development": True, "continuous": True, "num_workers": 4, "channel": "PREVIEW"},
        "jobs": {"create": False, "pause": False, "timezone_id": "Europe/Berlin"},
        "sharing": {"permissions": [{"level": "CAN_RUN", "group_name": "g"}], "failure_emails": ["a@b.c"], "tags": {"team": "x"}},
    }  # fmt: skip
    preset = load_preset(written(tmp_path, value))
    assert preset.csv == CsvSettings("manual", "tables.csv", ("contacts", "deals"))
    assert preset.connector_config == ConnectorConfig(
        "hubspot",
        {"refresh_token": ("a", "b", "c"), "client_id": ("id",)},
        {"base_url": "https://x", "page_size": "50", "verify_ssl": "false"},
        {"workspace_host": "workspace_host", "x": "configuration:my.key"},
        TokenStore("hubspot", "refreshed"),
    )
    assert preset.discover == DiscoverSettings(
        "none", {"cdc": "0 * * * *"}, {"append": 3, "cdc": 2.5}, 5, best_effort=True
    )
    assert preset.pipeline == PipelineSettings(
        serverless=False, development=True, continuous=True, num_workers=4, channel="PREVIEW"
    )
    assert preset.jobs == JobSettings(create=False, pause=False, timezone_id="Europe/Berlin")
    assert preset.sharing == SharingSettings((("CAN_RUN", "group_name", "g"),), ("a@b.c",), {"team": "x"})


def test_all_problems_at_once(tmp_path: Path) -> None:
    message = failure(
        tmp_path,
        {
            "connector_name": "Hub Spot",
            "generated_source_rel_path": "../../etc/passwd",
            "dest_catalog": "a.b",
            "csv": {"mode": "disover"},
            "connector_config": {
                "secret_mappings": {"access_token": [], "bad name": "k", "client_id": "k/1"},
                "static_options": {"api_token": "hunter2", "x": None, "Client_Id": "y"},
                "dynamic_options": {"host": "workspace_hst", "n": 5},
                "token_store": {},
            },
            "discover": {"schedule_cdc": "61 * * * *", "weight_cdc": 0, "group_by": "x", "max_tables_per_group": 1.5},
            "pipeline": {"serverless": "yes", "num_workers": -1, "chanel": "PREVIEW"},
            "jobs": {"timezone_id": "Mars/Base", "create": 1},
            "sharing": {"permissions": [{"level": "CAN_VIEW"}, 5], "tags": {"t": 1}, "failure_emails": [""]},
            "storag": {},
        },
    )
    for part in (
        "connector_name: 'Hub Spot' is not allowed here",
        "generated_source_rel_path: '../../etc/passwd' leads out of the repository",
        "dest_catalog: 'a.b' cannot be a name in Unity Catalog",
        "csv.mode: 'disover' is not known: write discover",
        "connector_config.secrets_scope: it is missing beside secret_mappings",
        "connector_config.secret_mappings.access_token: it is not the key of a secret",
        "connector_config.secret_mappings: 'bad name' is not allowed here",
        "connector_config.secret_mappings.client_id: 'k/1' is not allowed here",
        "connector_config.static_options.api_token: option api_token is named like a secret",
        "connector_config.static_options.x: it is neither a text nor a number nor a boolean",
        "connector_config.static_options.Client_Id: the option is in secret_mappings too",
        "connector_config.dynamic_options.host: 'workspace_hst' is nothing a notebook can ask for: write workspace_host",
        "connector_config.dynamic_options.n: 5 is nothing a notebook can ask for",
        "connector_config.token_store.key: it is missing",
        "discover.schedule_cdc: the minute '61'",
        "discover.weight_cdc: 0 is not a number of at least 0.001",
        "discover.group_by: 'x' is not known: write one of ingestion_type, category, category_and_ingestion_type, none",
        "discover.max_tables_per_group: 1.5 is not a whole number",
        "pipeline.serverless: 'yes' is neither true nor false",
        "pipeline.num_workers: -1 is not a whole number",
        "pipeline.chanel: it is not a setting: write channel",
        "jobs.timezone_id: 'Mars/Base' is not a time zone",
        "jobs.create: 1 is neither true nor false",
        "sharing.permissions[0]: it names 0 principals",
        "sharing.permissions[1]: 5 is not an object",
        "sharing.tags.t: it is not a tag",
        "sharing.failure_emails: [''] is not a list of texts",
        "storag: it is not a setting: write storage",
        "storage.uc_volume_name: it is missing",
    ):
        assert part in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"connector_name": None}, "connector_name: it is missing"),
        ({"csv": None}, "csv.mode: it is missing"),
        ({"csv": {"mode": "static"}}, "csv.path: it is missing"),
        ({"csv": {"mode": "static", "path": "/etc/x.csv"}}, "csv.path: '/etc/x.csv' leads out of the repository"),
        ({"csv": {"mode": "manual"}}, "csv.tables: it is missing for mode manual"),
        ({"csv": []}, "csv: [] is not an object"),
        ({"connector_config": None}, "connector_config: it is missing"),
        ({"storage": None}, "storage.uc_volume_name: it is missing"),
        ({"pipeline": {"continuous": True}}, "jobs.create: a continuous pipeline cannot be started by a job"),
        ({"connector_config": {"secret_mappings": {}, "static_options": []}}, "connector_config.static_options: [] is not an object"),
        ({"sharing": {"permissions": {}}}, "sharing.permissions: {} is not a list"),
        ({"connector_name": 5}, "connector_name: 5 is not a text"),
    ],
)  # fmt: skip
def test_one_problem(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    value = {name: part for name, part in {**LEAST, **change}.items() if part is not None}
    assert expected in failure(tmp_path, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no JSON object"),
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ("[" * 20_000, "is not JSON"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in failure(tmp_path, text)


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_preset(tmp_path / "x.json")
    (tmp_path / "x.json").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="is not JSON"):
        load_preset(tmp_path / "x.json")


def test_connector_config_alone_or_in_a_preset(tmp_path: Path) -> None:
    alone = tmp_path / "config.json"
    alone.write_text(json.dumps(LEAST["connector_config"]))
    assert read_connector_config(alone) == read_connector_config(written(tmp_path, LEAST))
    alone.write_text(json.dumps({"secrets_scop": "x"}))
    with pytest.raises(ConfigurationError, match="secrets_scop: it is not a setting: write secrets_scope"):
        read_connector_config(alone)


def test_files_beside_the_preset_or_below_the_repository(tmp_path: Path) -> None:
    folder = tmp_path / "sources" / "hubspot" / "deployment"
    folder.mkdir(parents=True)
    preset = load_preset(written(folder, LEAST))
    assert preset.file("sources/hubspot/tables.csv") == tmp_path / "sources" / "hubspot" / "tables.csv"
    (folder / "tables.csv").touch()
    assert preset.file("tables.csv") == folder / "tables.csv"
    assert Preset("hubspot").file("x.csv") == Path("x.csv")


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.parts[-3])
def test_presets_of_the_repository(path: Path) -> None:
    preset = load_preset(path)
    assert preset.connector_name == path.parts[-3]
    assert (
        preset.generated_source_rel_path
        == f"sources/{preset.connector_name}/_generated_{preset.connector_name}_python_source.py"
    )
    assert preset.connector_config.secret_mappings
    if preset.csv.mode == "static":
        assert preset.file(preset.csv.path).is_file()


def test_there_are_presets() -> None:
    assert "hubspot" in {path.parts[-3] for path in PRESETS}
