"""`deploy` and `build-source` as commands, in processes that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

TABLES = "source_table,pipeline_group,schedule\ncontacts,crm,0 * * * *\nowners,reference,0 4 * * *\n"
PRESET = {
    "connector_name": "hubspot",
    "generated_source_rel_path": "sources/hubspot/_generated_hubspot_python_source.py",
    "dest_catalog": "main",
    "dest_schema": "raw",
    "csv": {"mode": "static", "path": "tables.csv"},
    "connector_config": {"secrets_scope": "hubspot", "secret_mappings": {"access_token": ["access_token"]}},
    "storage": {"uc_volume_name": "code"},
}


@pytest.fixture
def preset(tmp_path):
    (tmp_path / "tables.csv").write_text(TABLES)
    path = tmp_path / "deploy_preset.json"
    path.write_text(json.dumps(PRESET))
    return path


def start(loopback, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "lakeflow_sources.cli", *map(str, arguments)],
        env={**os.environ, **(loopback.environment if loopback else {}), "HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(loopback, *arguments):
    process = start(loopback, *arguments)
    out, errors = process.communicate(timeout=120)
    return process.returncode, out, errors


def test_the_plan_for_programs_has_the_diff_of_each_thing(loopback, preset):
    code, out, errors = command(loopback, "deploy", "--preset", preset, "--dry-run", "--json")
    assert (code, errors) == (0, "")
    plan = json.loads(out)
    assert (plan["applied"], plan["unchanged"], plan["removals"], plan["urls"]) == (False, 0, [], [])
    assert {(one["action"], one["kind"]) for one in plan["changes"]} >= {("create", "pipeline"), ("create", "job")}
    assert all(one["name"] for one in plan["changes"])


def test_dry_run_deploy_and_prune(loopback, preset):
    code, out, _ = command(loopback, "deploy", "--preset", preset, "--dry-run")
    assert (code, "+ pipeline hubspot_crm" in out, "9 to change, 0 unchanged" in out) == (0, True, True), out
    assert not loopback.state()["schemas"]
    wheel = preset.parent / "lakeflow_sources-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    code, out, errors = command(loopback, "deploy", "--preset", preset, "--wheel", wheel)
    assert code == 0, errors
    assert f"{loopback.url}/jobs/" in out
    (preset.parent / "tables.csv").write_text("\n".join(TABLES.splitlines()[:2]) + "\n")
    code, out, errors = command(loopback, "deploy", "--preset", preset, "--wheel", wheel, "--prune")
    assert (code, "- pipeline hubspot_reference" in out, "add --yes" in errors) == (0, True, True)
    assert len(loopback.state()["pipelines"]) == 2
    code, _, _ = command(loopback, "deploy", "--preset", preset, "--wheel", wheel, "--prune", "--yes")
    assert (code, len(loopback.state()["pipelines"]), len(loopback.state()["jobs"])) == (0, 1, 1)


def test_a_killed_process_is_completed_by_the_next(loopback, preset):
    loopback.trouble("hang", at=14)
    process = start(loopback, "deploy", "--preset", preset)
    deadline = time.monotonic() + 90
    while len(loopback.journal()) < 14 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    loopback.heal()
    before = loopback.state()
    assert before["volumes"]
    assert len(before["jobs"]) < 2
    code, _, errors = command(loopback, "deploy", "--preset", preset)
    assert code == 0, errors
    state = loopback.state()
    assert (len(state["pipelines"]), len(state["jobs"])) == (2, 2)
    assert set(before["pipelines"]) <= set(state["pipelines"])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--recreate"], 2, "--recreate drops the tables of the pipelines: add --yes"),
        (["--wheel", "missing-0.1.0-py3-none-any.whl"], 1, "cannot be read"),
        (["--notebooks-dir", "relative"], 1, "'relative' is no folder of a workspace"),
        (["--input-csv", "nowhere.csv"], 1, "nowhere.csv cannot be read"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_changes_nothing(loopback, preset, arguments, code, told):
    done, _, errors = command(loopback, "deploy", "--preset", preset, *arguments)
    assert done == code
    assert told in errors.splitlines()[-1]
    assert "Traceback" not in errors
    assert not loopback.state()["schemas"]


def test_without_a_way_to_sign_in_it_says_how(preset):
    code, _, errors = command(None, "deploy", "--preset", preset)
    assert code == 1
    assert "set DATABRICKS_HOST and DATABRICKS_TOKEN" in errors
    assert "Traceback" not in errors


def test_build_source_writes_where_it_is_told(tmp_path):
    path = tmp_path / "deep" / "hubspot.py"
    code, out, errors = command(None, "build-source", "hubspot", "-o", path)
    assert (code, out.strip()) == (0, str(path)), errors
    assert "def register_lakeflow_source(spark):" in path.read_text()
    assert command(None, "build-source", "hubspto")[0] == 1
