from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeflow_sources.deploy.bundle import generate_bundle
from lakeflow_sources.deploy.bundle_check import bundle_problems, check_bundle
from lakeflow_sources.deploy.connector_config import ConnectorConfig
from lakeflow_sources.deploy.notebooks import generate_notebooks
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.deploy.preset_section import JobSettings, PipelineSettings, Preset, SharingSettings
from lakeflow_sources.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT.parent / "shared" / "databricks" / "bundle_schema.json"
PRESETS = sorted(ROOT.glob("sources/*/deployment/deploy_preset.json"))
TABLES = (
    "source_table,pipeline_group,schedule\n"
    "contacts,crm,*/30 * * * *\ndeals,crm,\nowners,Nightly,0 4 1 * mon\nforms,idle,\n"
)
SHARING = SharingSettings(
    (("CAN_RUN", "group_name", "analysts"), ("CAN_MANAGE", "service_principal_name", "ci")),
    ("ops@example.org",),
    {"team": "data"},
)
PRESET = Preset(
    "hubspot",
    connector_config=ConnectorConfig("hubspot"),
    jobs=JobSettings(timezone_id="Europe/Berlin"),
    sharing=SHARING,
)
ARGUMENTS: dict[str, Any] = {
    "connector_name": "hubspot", "notebook_base_path": "/Workspace/Shared/nb", "dest_catalog": "main", "dest_schema": "hub",
}  # fmt: skip


def generated(folder: Path, text: str = TABLES, **arguments: Any) -> dict[str, Any]:
    """Contents of the bundle's files by path."""
    path = folder / "tables.csv"
    path.write_text(text)
    paths = generate_bundle(**{**ARGUMENTS, "input_csv": path, "output_dir": folder / "out", **arguments})
    return {entry.relative_to(folder / "out").as_posix(): yaml.safe_load(entry.read_text()) for entry in paths}


def resources(files: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        key: value for content in files.values() for key, value in content.get("resources", {}).get(kind, {}).items()
    }


def whole(files: dict[str, Any]) -> dict[str, Any]:
    """The bundle as the CLI puts it together."""
    kinds = ("pipelines", "jobs", "schemas", "volumes", "secret_scopes")
    found = {kind: resources(files, kind) for kind in kinds}
    return {**files["databricks.yml"], "resources": {kind: members for kind, members in found.items() if members}}


def official() -> Callable[[Any], list[str]]:
    """Errors by the official schema; skips where that is not at hand."""
    jsonschema = pytest.importorskip("jsonschema")
    if not SCHEMA.exists():
        pytest.skip("the official schema is not here")
    text = SCHEMA.read_text().replace("[\\\\p{L}\\\\p{N}]", "[^\\\\W_]").replace("\\\\p{L}", "[^\\\\W\\\\d_]")
    validator = jsonschema.Draft202012Validator(json.loads(text))

    def errors(content: Any) -> list[str]:
        return [f"{error.json_path}: {deepest(error)}" for error in validator.iter_errors(content)]

    def deepest(error: Any) -> str:
        found = [inner for inner in error.context or () if inner.validator not in {"pattern", "type"}]
        return (
            deepest(max(found, key=lambda inner: len(inner.absolute_path)))
            if found
            else f"{list(error.absolute_path)} {error.message[:200]}"
        )

    return errors


def test_everything(tmp_path: Path) -> None:
    files = generated(tmp_path, preset=PRESET, emit_jobs=True, unpause_jobs=True)
    assert list(files) == [
        "databricks.yml",
        "resources/hubspot_storage.yml",
        "resources/hubspot_pipelines.yml",
        "resources/hubspot_jobs.yml",
    ]
    top = files["databricks.yml"]
    assert set(top["targets"]) == {"dev", "prod"}
    assert top["targets"]["dev"] == {"mode": "development", "default": True}
    assert top["targets"]["prod"]["mode"] == "production"
    assert top["targets"]["prod"]["variables"] == {"pause_status": "UNPAUSED"}
    assert top["variables"]["catalog"]["default"] == "main"
    assert top["include"] == ["resources/*.yml"]
    tags = {"team": "data", "managed_by": "lakeflow-sources", "connector": "hubspot"}
    assert resources(files, "pipelines")["hubspot_nightly"] == {
        "name": "hubspot_nightly",
        "catalog": "${var.catalog}",
        "schema": "${resources.schemas.hubspot.name}",
        "channel": "CURRENT",
        "continuous": False,
        "serverless": True,
        "environment": {"dependencies": ["/Volumes/${var.catalog}/${resources.schemas.hubspot.name}/${resources.volumes.hubspot.name}/${var.wheel}"]},
        "libraries": [{"notebook": {"path": "/Workspace/Shared/nb/hubspot_nightly"}}],
        "tags": {**tags, "pipeline_group": "nightly"},
        "notifications": [{"email_recipients": ["ops@example.org"], "alerts": ["on-update-failure", "on-update-fatal-failure", "on-flow-failure"]}],
        "permissions": [{"level": "CAN_RUN", "group_name": "analysts"}, {"level": "CAN_MANAGE", "service_principal_name": "ci"}],
    }  # fmt: skip
    jobs = resources(files, "jobs")
    assert {key: job["schedule"]["quartz_cron_expression"] for key, job in jobs.items()} == {
        "hubspot_crm": "0 0,30 * * * ?",
        "hubspot_nightly": "0 0 4 1 * ?",
        "hubspot_nightly_2": "0 0 4 ? * MON",
    }
    assert jobs["hubspot_nightly_2"]["tasks"] == [{
        "task_key": "refresh",
        "pipeline_task": {"pipeline_id": "${resources.pipelines.hubspot_nightly.id}", "full_refresh": False},
        "max_retries": 3,
        "min_retry_interval_millis": 300_000,
    }]  # fmt: skip
    assert jobs["hubspot_crm"]["permissions"][0] == {"level": "CAN_MANAGE_RUN", "group_name": "analysts"}
    assert jobs["hubspot_crm"]["schedule"]["timezone_id"] == "Europe/Berlin"
    assert resources(files, "secret_scopes") == {"hubspot": {"name": "hubspot", "lifecycle": {"prevent_destroy": True}}}


def test_quartz_is_quoted(tmp_path: Path) -> None:
    generated(tmp_path, emit_jobs=True)
    text = (tmp_path / "out" / "resources" / "hubspot_jobs.yml").read_text()
    assert 'quartz_cron_expression: "0 0,30 * * * ?"' in text
    assert "&id" not in text


def test_classic_clusters(tmp_path: Path) -> None:
    files = generated(tmp_path, cluster_workers=3)
    pipeline = resources(files, "pipelines")["hubspot_crm"]
    assert pipeline["clusters"] == [{"label": "default", "num_workers": 3}]
    assert pipeline["serverless"] is False
    assert "environment" not in pipeline
    assert "wheel" not in files["databricks.yml"]["variables"]


def test_flags_win_over_the_preset(tmp_path: Path) -> None:
    preset = Preset(
        "hubspot", dest_catalog="c", dest_schema="s", pipeline=PipelineSettings(serverless=False, num_workers=7)
    )
    files = generated(tmp_path, preset=preset, emit_jobs=False, dest_schema=None)
    assert resources(files, "pipelines")["hubspot_crm"]["clusters"][0]["num_workers"] == 7
    assert {name: entry["default"] for name, entry in files["databricks.yml"]["variables"].items()} == {
        "catalog": "main",
        "schema": "s",
    }
    assert resources(files, "jobs") == {}
    assert (
        resources(generated(tmp_path, preset=preset, serverless=True), "pipelines")["hubspot_crm"]["serverless"] is True
    )


def test_notebooks_inside_the_bundle(tmp_path: Path) -> None:
    """Relative paths are those of local files with a suffix, seen from the file that names them."""
    files = generated(tmp_path, notebook_base_path="notebooks")
    paths = generate_notebooks(
        connector_name="hubspot",
        input_csv=tmp_path / "tables.csv",
        output_dir=tmp_path / "out" / "notebooks",
        all_groups=True,
    )
    named = {
        (tmp_path / "out" / "resources" / entry["libraries"][0]["notebook"]["path"]).resolve()
        for entry in resources(files, "pipelines").values()
    }
    assert named == {path.resolve() for path in paths}
    path = resources(generated(tmp_path, notebook_base_path="${workspace.file_path}/nb/"), "pipelines")["hubspot_crm"][
        "libraries"
    ][0]["notebook"]["path"]
    assert path == "${workspace.file_path}/nb/hubspot_crm"


def test_generated_again_byte_by_byte(tmp_path: Path) -> None:
    generated(tmp_path, preset=PRESET)
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.yml")}
    generated(tmp_path, preset=PRESET)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.yml")} == first


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("source_table,pipeline_group,schedule\na,g,0 1 * * *\nb,g,\nc,g,0 2 * * *\n", {}, "row 4, column schedule: the group 'g' has 2 schedules ('0 1 * * *' in row 2, '0 2 * * *' in row 4)"),
        (TABLES, {"dest_catalog": None}, "dest_catalog: it is empty"),
        (TABLES, {"dest_schema": "a.b"}, "cannot be a name in Unity Catalog"),
        (TABLES, {"dest_schema": "${x}"}, "cannot stand in a bundle"),
        (TABLES, {"notebook_base_path": "../elsewhere"}, "notebook_base_path: '../elsewhere' is not allowed here"),
        (TABLES, {"notebook_base_path": "/x\n"}, "notebook_base_path"),
        (TABLES, {"notebook_base_path": ""}, "notebook_base_path"),
        (TABLES, {"cluster_workers": -1}, "cluster_workers: it is negative"),
        (TABLES, {"preset": Preset("hubspot", pipeline=PipelineSettings(continuous=True))}, "a continuous pipeline cannot be started by a job"),
        (TABLES, {"connector_name": "Hub Spot"}, "cannot be the name of a connector"),
        (TABLES, {"preset": Preset("hubspot", sharing=SharingSettings(tags={str(n): "x" for n in range(30)}))}, "there are more than 25"),
    ],
)  # fmt: skip
def test_wrong_requests(tmp_path: Path, text: str, arguments: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(expected)):
        generated(tmp_path, text, **arguments)
    assert not (tmp_path / "out").exists()


def test_other_bundles_are_left_alone(tmp_path: Path) -> None:
    generated(tmp_path)
    with pytest.raises(ConfigurationError, match="is the bundle of hubspot: choose another output folder"):
        generated(tmp_path, connector_name="zendesk")
    (tmp_path / "out" / "databricks.yml").write_text("bundle: {name: mine}\n")
    with pytest.raises(ConfigurationError, match="was not generated here"):
        generated(tmp_path)
    assert (tmp_path / "out" / "databricks.yml").read_text() == "bundle: {name: mine}\n"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.parts[-3])
def test_presets_give_bundles_that_the_official_schema_takes(tmp_path: Path, preset: Path) -> None:
    loaded = load_preset(preset)
    files = generated(tmp_path, preset=loaded, connector_name=loaded.connector_name)
    check_bundle(files)
    errors = official()
    assert errors(whole(files)) == []
    assert [errors(content) for content in files.values()] == [[]] * len(files)


@pytest.mark.parametrize(
    "arguments",
    [
        {"preset": PRESET},
        {"cluster_workers": 2, "emit_jobs": False},
        {"preset": Preset("hubspot", pipeline=PipelineSettings(continuous=True)), "emit_jobs": False},
    ],
)
def test_the_official_schema_takes_every_variant(tmp_path: Path, arguments: dict[str, Any]) -> None:
    assert official()(whole(generated(tmp_path, **arguments))) == []


def test_the_official_schema_is_really_asked(tmp_path: Path) -> None:
    errors = official()
    files = generated(tmp_path)
    broken = whole(files)
    broken["resources"]["pipelines"]["hubspot_crm"]["serverles"] = True
    assert errors(broken) != []


def at(content: Any, path: str, value: Any) -> None:
    *way, last = path.split("/")
    for part in way:
        content = content[int(part) if part.isdigit() else part]
    if value is None:
        del content[last]
    else:
        content[last] = value


PIPELINE = "resources/hubspot_pipelines.yml|resources/pipelines/hubspot_crm/"
JOB = "resources/hubspot_jobs.yml|resources/jobs/hubspot_crm/"


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("databricks.yml|nonsense", {}, "it is not a field here"),
        ("databricks.yml|targets/dev/mode", "xyz", "'xyz' is not known: write one of development, production"),
        ("databricks.yml|variables/wheel", None, "${var.wheel} leads nowhere"),
        (PIPELINE + "channel", "CURENT", "'CURENT' is not known"),
        (PIPELINE + "serverless", "yes", "'yes' is of the wrong kind: write bool"),
        (PIPELINE + "libraries", [], "the list is empty"),
        (PIPELINE + "libraries", "x", "write a list"),
        (PIPELINE + "environment", [], "write fields"),
        (PIPELINE + "clusters", [{"label": "default", "num_workers": 1}], "a serverless pipeline has none"),
        (PIPELINE + "serverless", False, "only serverless pipelines have one"),
        (PIPELINE + "name", None, "hubspot_crm.name: it is missing"),
        (PIPELINE + "name", "", "the text is empty"),
        (PIPELINE + "name", "HUBSPOT_IDLE", "hubspot_crm has the same name"),
        (PIPELINE + "tags/x", 5, "5 is of the wrong kind"),
        (PIPELINE + "schema", "${resources.schemas.other.name}", "leads nowhere"),
        (PIPELINE + "schema", "${nothing}", "leads nowhere"),
        (PIPELINE + "permissions", [{"level": "CAN_VIEW", "user_name": "a", "group_name": "b"}], "it does not say who may do what"),
        (PIPELINE + "permissions", [{"level": "CAN_FLY", "user_name": "a"}], "'CAN_FLY' is not known"),
        (PIPELINE + "continuous", True, "the pipeline hubspot_crm is continuous"),
        (JOB + "schedule/quartz_cron_expression", "0 0 0 * * *", "is not Quartz"),
        (JOB + "schedule/quartz_cron_expression", "0 0 * * ?", "is not Quartz"),
        (JOB + "schedule/pause_status", "STOPPED", "'STOPPED' is not known"),
    ],
)  # fmt: skip
def test_own_rules(tmp_path: Path, place: str, value: Any, expected: str) -> None:
    files = generated(tmp_path)
    assert list(bundle_problems(files)) == []
    broken = copy.deepcopy(files)
    file, _, path = place.partition("|")
    at(broken[file], path, value)
    assert expected in "\n".join(str(problem) for problem in bundle_problems(broken))
    with pytest.raises(ConfigurationError):
        check_bundle(broken)


TEXTS = st.one_of(
    st.sampled_from(
        [
            "a: b",
            "- x",
            "${var.x}",
            "*a",
            "&a",
            "!!python/object",
            "yes",
            "null",
            "#",
            "'",
            '"',
            "\n",
            "{",
            "1e3",
            "../x",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


@settings(deadline=None, max_examples=120)
@given(
    catalog=st.one_of(st.just("main"), TEXTS),
    base=st.one_of(st.just("/x"), TEXTS),
    group=st.one_of(st.just("g"), TEXTS),
    tag=TEXTS,
    mail=TEXTS,
)
def test_any_text_is_refused_or_gives_a_bundle_that_loads(
    catalog: str, base: str, group: str, tag: str, mail: str
) -> None:
    quoted = group.replace('"', '""')
    sharing = SharingSettings(failure_emails=(mail,), tags={"t": tag})
    preset = Preset("hubspot", dest_catalog=catalog, dest_schema="s", sharing=sharing)
    text = f'source_table,pipeline_group\na,"{quoted}"\n'
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "deep" / "down"
        folder.mkdir(parents=True)
        try:
            files = generated(folder, text, preset=preset, notebook_base_path=base, dest_catalog=None)
        except ConfigurationError:
            return
        assert {path.parent for path in Path(name).rglob("*.yml")} == {folder / "out", folder / "out" / "resources"}
    (pipeline,) = resources(files, "pipelines").values()
    assert pipeline["tags"]["t"] == tag
    assert pipeline["notifications"][0]["email_recipients"] == [mail]
    assert files["databricks.yml"]["variables"]["catalog"]["default"] == catalog
