"""Commands as a shell sees them: output, one sentence for an error, exit codes."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lakeflow_sources.testing import mock_server
from tests.cli.shell import failed, run


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 1_500}, seed=13) as server:
        yield server


def test_connectors_and_tables_need_no_account():
    names = [one["name"] for one in json.loads(run("connectors", "--json").stdout)]
    assert "hubspot" in names
    tables = {one["name"]: one for one in json.loads(run("tables", "hubspot", "--json").stdout)}
    assert {"name", "primary_key", "cursor_field", "ingestion_type"} <= set(tables["contacts"])
    assert tables["contacts"]["primary_key"] == ["id"]
    assert tables["contacts"]["cursor_field"] == "lastmodifieddate"
    assert tables["deals"]["ingestion_type"] == "cdc_with_deletes"
    assert tables["owners"]["cursor_field"] is None


def test_tables_of_an_account_include_its_custom_objects(mock):
    names = {one["name"] for one in json.loads(run("tables", "hubspot", "--json", mock=mock).stdout)}
    assert {"contacts", "cars", "projects"} <= names


def test_schema_of_a_fixed_table_needs_no_account_and_that_of_an_object_does(mock):
    fixed = {one["name"]: one["type"] for one in json.loads(run("schema", "hubspot", "owners", "--json").stdout)}
    assert fixed["user_id"] == "long"
    own = [one["name"] for one in json.loads(run("schema", "hubspot", "contacts", "--json", mock=mock).stdout)]
    assert own[0] == "id"
    assert own[-1] == "_deleted"
    assert "lastmodifieddate" in own
    assert "credentials are missing" in failed(run("schema", "hubspot", "contacts"))


def test_check_says_where_and_with_what_it_signed_in(mock):
    assert f"signed in at {mock.url} with access_token" in run("check", "hubspot", mock=mock).stdout
    facts = json.loads(run("check", "hubspot", "--json", mock=mock).stdout)
    assert facts["credentials"] == ["access_token"]
    assert facts["called"].startswith("/account-info/")


def test_preview_gives_the_first_rows(mock):
    rows = json.loads(run("preview", "hubspot", "contacts", "-n", "7", "--json", mock=mock).stdout)
    assert len(rows) == 7
    assert {row["id"] for row in rows} <= {one["id"] for one in mock.rows("contacts")}
    assert rows[0]["created_at"].endswith("Z")
    shown = run("preview", "hubspot", "contacts", "-n", "2", mock=mock)
    assert rows[0]["id"] in shown.stdout
    assert "more columns" in shown.stdout
    assert re.search(r"\d+ requests, \d\.\d MB, \d+\.\d s", shown.stdout)
    assert shown.stderr == ""


def test_discover_then_notebooks_then_bundle(mock, tmp_path):
    csv = tmp_path / "crm.csv"
    done = run(
        "discover",
        "--connector-name",
        "hubspot",
        "--output-csv",
        str(csv),
        "--tables",
        "contacts,owners,deals",
        mock=mock,
    )
    assert done.returncode == 0, done.stderr
    made = run(
        "generate-notebooks",
        "--connector-name",
        "hubspot",
        "--input-csv",
        str(csv),
        "--output-dir",
        str(tmp_path / "nb"),
        "--generate-all-groups",
    )
    assert made.returncode == 0, made.stderr
    notebooks = sorted((tmp_path / "nb").glob("*.py"))
    assert len(notebooks) == 2
    first = {path.name: path.read_bytes() for path in notebooks}
    run(
        "generate-notebooks",
        "--connector-name",
        "hubspot",
        "--input-csv",
        str(csv),
        "--output-dir",
        str(tmp_path / "nb"),
        "--generate-all-groups",
    )
    assert first == {path.name: path.read_bytes() for path in notebooks}
    bundled = run(
        "generate-bundle",
        "--connector-name",
        "hubspot",
        "--input-csv",
        str(csv),
        "--output-dir",
        str(tmp_path / "bundle"),
        "--notebook-base-path",
        "/Workspace/nb",
        "--dest-catalog",
        "main",
        "--dest-schema",
        "crm",
        "--emit-jobs",
        "--serverless",
    )
    assert bundled.returncode == 0, bundled.stderr
    assert (tmp_path / "bundle" / "databricks.yml").exists()


def test_what_cannot_be_read_fails_discovery_or_is_marked_when_asked(lakeflow_mock, tmp_path):
    mock = lakeflow_mock("hubspot", records={"contacts": 50}, seed=1)
    mock.write("deny", area="deals", scope="crm.objects.deals.read")
    arguments = (
        "discover",
        "--connector-name",
        "hubspot",
        "--output-csv",
        str(tmp_path / "a.csv"),
        "--tables",
        "contacts,deals",
    )
    assert "crm.objects.deals.read" in run(*arguments, mock=mock).stderr
    assert not (tmp_path / "a.csv").exists()
    assert run(*arguments, "--best-effort", mock=mock).returncode == 0
    assert "crm.objects.deals.read" in (tmp_path / "a.csv").read_text()


def test_mock_server_says_what_another_shell_sets_and_ends_when_told():
    command = [sys.executable, "-m", "lakeflow_sources.cli", "mock-server", "hubspot", "--records", "contacts=5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        head, *exports = (process.stdout.readline().strip() for _ in range(3))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    url = head.removeprefix("# hubspot at ")
    assert exports[0] == f"export LAKEFLOW_HUBSPOT_BASE_URL={url}"
    assert exports[1].startswith("export LAKEFLOW_HUBSPOT_ACCESS_TOKEN=")


def test_discover_and_generators_tell_programs_what_they_wrote(mock, tmp_path):
    csv = str(tmp_path / "crm.csv")
    source = ("--connector-name", "hubspot")
    found = run("discover", *source, "--output-csv", csv, "--tables", "contacts,owners", "--json", mock=mock)
    rows = json.loads(found.stdout)["tables"]
    assert {(one["source_table"], one["pipeline_group"]) for one in rows} == {
        ("contacts", "cdc"),
        ("owners", "snapshot"),
    }
    assert found.stderr == ""
    made = run(
        "generate-notebooks",
        *source,
        "--input-csv",
        csv,
        "--output-dir",
        str(tmp_path),
        "--generate-all-groups",
        "--json",
    )
    assert all(Path(one["file"]).is_file() for one in json.loads(made.stdout))
    place = ("--notebook-base-path", "/Workspace/nb", "--dest-catalog", "main", "--dest-schema", "crm")
    bundle = run("generate-bundle", *source, "--input-csv", csv, "--output-dir", str(tmp_path / "b"), *place, "--json")
    assert {Path(one["file"]).name for one in json.loads(bundle.stdout)} >= {"databricks.yml"}


def test_preview_of_a_large_table_makes_no_bulk_job():
    with mock_server("salesforce", records={"Account": 2_500}, seed=3) as large:
        rows = json.loads(run("preview", "salesforce", "Account", "-n", "3", "--json", mock=large).stdout)
        paths = [one["path"] for one in large.requests()]
        assert len(rows) == 3
        assert not [path for path in paths if "/jobs/" in path]
        assert run("preview", "salesforce", "Account", "--set", "api=bulk", mock=large).returncode == 0
        assert [one for one in large.requests() if "/jobs/" in one["path"]]
