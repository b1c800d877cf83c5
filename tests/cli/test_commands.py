"""Commands as a shell sees them: output, one sentence for an error, exit codes."""

import json
import os
import subprocess
import sys

import pytest

from lakeflow_sources.testing import mock_server

CSV = "source_table,pipeline_group,ingestion_type,primary_keys,cursor_field\n"


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 1_500}, seed=13) as server:
        yield server


def run(*arguments, mock=None, cwd=None, **environment):
    base = {name: value for name, value in os.environ.items() if not name.startswith("LAKEFLOW_")}
    if mock is not None:
        base |= {"LAKEFLOW_HUBSPOT_ACCESS_TOKEN": mock.token, "LAKEFLOW_HUBSPOT_BASE_URL": mock.url}
    base |= {"LAKEFLOW_HUBSPOT_REQUESTS_PER_SECOND": "1000", "COLUMNS": "200", **environment}
    return subprocess.run(
        [sys.executable, "-m", "lakeflow_sources.cli", *arguments],
        env=base,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        check=False,
    )


def failed(done, code=1):
    """The one sentence on standard error."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.strip().splitlines() if not line.lstrip()[:1].isdigit()]
    assert len(lines) == 1, done.stderr
    return lines[0]


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


def test_check_preview_and_plan(mock):
    assert "signed in" in run("check", "hubspot", mock=mock).stdout
    rows = json.loads(run("preview", "hubspot", "contacts", "-n", "7", "--json", mock=mock).stdout)
    assert len(rows) == 7
    assert {row["id"] for row in rows} <= {one["id"] for one in mock.rows("contacts")}
    shares = json.loads(run("plan", "hubspot", "contacts", "--json", mock=mock).stdout)
    assert sum(one["slices"] for one in shares) >= len(shares) > 1
    assert "a second" in run("plan", "hubspot", "contacts", mock=mock).stdout


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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tables", "hubspt"), "There is no connector 'hubspt': did you mean hubspot"),
        (("preview", "hubspot", "contcts"), "hubspot has no table 'contcts': did you mean contacts"),
        (("preview", "hubspot", "contacts", "--set", "pagesize=5"), "there is no option 'pagesize', write page_size"),
        (("preview", "hubspot", "contacts", "--set", "columns=id,emial"), "has no column 'emial': did you mean email"),
        (
            ("preview", "hubspot", "contacts", "--set", "base_url=http://127.0.0.1:9", "--set", "max_retries=0"),
            "127.0.0.1:9",
        ),
    ],
)
def test_a_mistake_is_one_sentence(mock, arguments, said):
    assert said in failed(run(*arguments, mock=mock))


def test_a_wrong_token_is_one_sentence_without_the_token(mock):
    said = failed(run("check", "hubspot", mock=mock, LAKEFLOW_HUBSPOT_ACCESS_TOKEN="pat-na1-very-wrong"))
    assert "401" in said
    assert "very-wrong" not in said


def test_a_secret_on_the_command_line_is_refused_as_wrong_usage(mock):
    said = failed(run("check", "hubspot", "--set", "access_token=pat-na1-seen-by-all"), code=2)
    assert "LAKEFLOW_HUBSPOT_ACCESS_TOKEN" in said
    assert "seen-by-all" not in said


def test_a_secrets_file_that_others_can_read_is_refused(mock, tmp_path):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f'access_token = "{mock.token}"\n')
    secrets.chmod(0o644)
    arguments = ("check", "hubspot", "--secrets-file", str(secrets), "--set", f"base_url={mock.url}")
    assert f"run chmod 600 {secrets}" in failed(run(*arguments))
    secrets.chmod(0o600)
    assert run(*arguments).returncode == 0


def test_unknown_commands_and_flags_are_wrong_usage():
    assert run("preveiw").returncode == 2
    assert run("tables", "hubspot", "--jsno").returncode == 2


def test_bad_csv_names_row_column_and_remedy_and_leaves_nothing(tmp_path):
    csv = tmp_path / "bad.csv"
    csv.write_text(CSV + "contacts,crm,cdc,,\ndeals,../../x,sometimes,id,hs_lastmodifieddate\n")
    done = run(
        "generate-notebooks",
        "--connector-name",
        "hubspot",
        "--input-csv",
        str(csv),
        "--output-dir",
        str(tmp_path / "nb"),
        "--generate-all-groups",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "row 3" in done.stderr
    assert "ingestion_type" in done.stderr
    assert "sometimes" in done.stderr
    assert not (tmp_path / "nb").exists()
