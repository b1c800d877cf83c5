"""The two workspace notebooks, executed as they are with a fake dbutils and the workspace on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakeflow_sources.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parents[2] / "shim_templates"
TABLES = "source_table,pipeline_group,schedule\ncontacts,crm,0 * * * *\nowners,reference,0 4 * * *\n"


class Widgets:
    def __init__(self, chosen):
        self.chosen, self.shown = chosen, {}

    def text(self, name, default, label=None):
        self.shown[name] = self.chosen.get(name, default)

    def dropdown(self, name, default, choices, label=None):
        assert default in choices
        assert self.chosen.get(name, default) in choices
        self.shown[name] = self.chosen.get(name, default)

    def get(self, name):
        return self.shown[name]


class Secrets:
    def __init__(self, values):
        self.values, self.asked = values, []

    def get(self, scope, key):
        self.asked.append((scope, key))
        if (scope, key) not in self.values:
            raise RuntimeError(f"Secret does not exist with scope: {scope} and key: {key}\n  at java")
        return self.values[scope, key]


class Dbutils:
    def __init__(self, chosen, secrets=()):
        self.widgets, self.secrets = Widgets(chosen), Secrets(dict(secrets))


@pytest.fixture
def notebook(loopback, monkeypatch, capsys):
    for name, value in loopback.environment.items():
        monkeypatch.setenv(name, value)

    def run(name, secrets=(), **chosen):
        path = FOLDER / f"{name}.py"
        dbutils = Dbutils({"connector": "hubspot", "dest_catalog": "main", "dest_schema": "raw", **chosen}, secrets)
        exec(compile(path.read_text("utf-8"), path, "exec"), {"dbutils": dbutils})
        return capsys.readouterr().out, dbutils

    return run


PRESET = "deploy_dlt_pipelines_from_preset"
BY_HAND = "deploy_notebook_based_dlt_pipelines"


def test_a_preset_with_named_tables_is_shown_then_deployed(notebook, loopback):
    chosen = {"csv_mode": "manual", "manual_tables": "contacts, owners"}
    out, _ = notebook(PRESET, **chosen)
    assert "+ pipeline hubspot_cdc" in out
    assert "nothing was changed" in out
    assert not loopback.state()["pipelines"]
    out, dbutils = notebook(PRESET, dry_run="no", **chosen)
    state = loopback.state()
    assert {one["name"] for one in state["pipelines"].values()} == {"hubspot_cdc", "hubspot_snapshot"}
    assert "/Volumes/main/raw/lakeflow_sources/hubspot_tables.csv" in state["files"]
    assert f"{loopback.url}/pipelines/" in out
    assert dbutils.secrets.asked == []
    out, _ = notebook(PRESET, dry_run="no", **chosen)
    assert "create" not in out
    assert "update" not in out


def test_discovery_reads_the_secrets_on_the_driver(notebook, loopback, lakeflow_mock, monkeypatch):
    from dataclasses import replace

    from lakeflow_sources.deploy import widgets

    mock = lakeflow_mock("hubspot", records={"contacts": 3}, seed=1)
    known = widgets.load_preset

    def pointed(path):
        preset = known(path)
        config = replace(preset.connector_config, static_options={"base_url": mock.options["base_url"]})
        return replace(preset, connector_config=config)

    monkeypatch.setattr(widgets, "load_preset", pointed)
    token = mock.options["access_token"]
    out, dbutils = notebook(PRESET, {("hubspot", "service_key"): token}, csv_mode="discover", dry_run="no")
    assert dbutils.secrets.asked == [("hubspot", "access_token"), ("hubspot", "service_key")]
    assert "looking at contacts" in out
    assert token not in out
    assert token not in str(loopback.state())
    assert len(loopback.state()["pipelines"]) >= 2


def test_a_secret_that_is_missing_is_named_with_its_scope(notebook, loopback):
    with pytest.raises(ConfigurationError, match="option access_token could not be read from the secret scope hubspot"):
        notebook(PRESET, csv_mode="discover", dry_run="no")
    assert loopback.state()["pipelines"] == {}


def test_a_csv_by_hand_with_recreate_prune_and_purge(notebook, loopback, tmp_path):
    csv = tmp_path / "tables.csv"
    csv.write_text(TABLES)
    chosen = {
        "input_csv": str(csv),
        "dry_run": "no",
        "secrets_scope": "vault",
        "secret_mappings_json": '{"access_token": ["a", "b"]}',
        "notebooks_dir": "/Workspace/Shared/by_hand",
        "uc_volume_name": "code",
        "pause_jobs": "no",
    }
    notebook(BY_HAND, **chosen)
    state = loopback.state()
    assert {one["settings"]["schedule"]["pause_status"] for one in state["jobs"].values()} == {"UNPAUSED"}
    assert "secret('access_token', ['a', 'b'])" in loopback.notebook("/Workspace/Shared/by_hand/hubspot_crm")
    assert "/Volumes/main/raw/code/_generated_hubspot_python_source.py" in state["files"]
    with pytest.raises(ConfigurationError, match="recreate drops the tables .*: write hubspot into confirm"):
        notebook(BY_HAND, **{**chosen, "recreate": "yes"})
    assert loopback.state() == state
    notebook(BY_HAND, **{**chosen, "recreate": "yes", "confirm": "hubspot"})
    assert not set(loopback.state()["pipelines"]) & set(state["pipelines"])
    csv.write_text("\n".join(TABLES.splitlines()[:2]) + "\n")
    out, _ = notebook(BY_HAND, **{**chosen, "prune": "yes"})
    assert "- pipeline hubspot_reference" in out
    assert "write hubspot into confirm" in out
    assert len(loopback.state()["pipelines"]) == 2
    notebook(BY_HAND, **{**chosen, "prune": "yes", "confirm": "hubspot"})
    assert len(loopback.state()["pipelines"]) == 1
    with pytest.raises(ConfigurationError, match="purge removes"):
        notebook(BY_HAND, **{**chosen, "purge": "yes"})
    notebook(BY_HAND, **{**chosen, "purge": "yes", "confirm": "hubspot"})
    assert not loopback.state()["pipelines"]
    assert not loopback.state()["jobs"]


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({}, "input_csv is empty"),
        ({"input_csv": "x.csv", "static_options_json": "{"}, "static_options_json is not JSON"),
        ({"input_csv": "x.csv", "num_workers": "two"}, "num_workers is 'two': write a whole number"),
        ({"input_csv": "x.csv", "timezone_id": "Mars"}, "'Mars' is not a time zone"),
        ({"input_csv": "x.csv", "static_options_json": '{"api_token": "x"}'}, "api_token"),
    ],
)
def test_wrong_widgets_are_told_before_any_call(notebook, loopback, chosen, told):
    with pytest.raises(ConfigurationError, match=told):
        notebook(BY_HAND, **chosen)
    assert loopback.journal() == []
