"""Whatever is wrong with the input: one sentence with its remedy, no traceback, nothing half-written."""

import os
import subprocess
import sys

import pytest

from lakeflow_sources.testing import mock_server
from tests.cli.shell import failed, run

CSV = "source_table,pipeline_group,ingestion_type,primary_keys,cursor_field\n"


@pytest.fixture(scope="module")
def mock():
    with mock_server("hubspot", records={"contacts": 50}, seed=13) as server:
        yield server


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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("preveiw",), "Did you mean 'preview'"),
        (("tables", "hubspot", "--jsno"), "--json"),
        (("preview", "hubspot"), "Missing argument 'TABLE'"),
        (("preview", "hubspot", "owners", "-n", "0"), "'-n'"),
        (("generate-notebooks", "--connector-name", "hubspot"), "Missing option '--input-csv'"),
        (("check", "hubspot", "--set", "base_url"), "--set takes KEY=VALUE"),
        (("mock-server", "--records", "contacts=many"), "contacts=many is not a number"),
        (("mock-server", "hubspot", "zendesk", "--records", "contacts=5"), "hubspot.contacts=1000"),
        (("mock-server", "hubspot", "--option", "latency"), "is not understood"),
    ],
)
def test_wrong_usage_is_one_sentence_with_exit_code_2(arguments, said):
    assert said in failed(run(*arguments), code=2)


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


def test_missing_credentials_name_the_sets_that_would_do():
    assert "give access_token or client_id+client_secret+refresh_token" in failed(run("check", "hubspot"))


def test_a_missing_scope_is_named(lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 5}, seed=1)
    mock.write("deny", area="deals", scope="crm.objects.deals.read")
    assert "crm.objects.deals.read" in failed(run("preview", "hubspot", "deals", mock=mock))


@pytest.mark.parametrize("command", [("check", "hubspot"), ("preview", "hubspot", "owners")])
def test_a_login_page_in_the_vendor_s_place_is_no_sign_in(mock, lakeflow_mock, command):
    page = lakeflow_mock("hubspot", records={"contacts": 5}, access_token=mock.token)
    page.faults("html")
    assert "not JSON" in failed(run(*command, "--set", f"base_url={page.url}", mock=mock))


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), ("access_token", "is not TOML"), ('acess_token = "x"', "write access_token")],
)
def test_a_secrets_file_that_is_wrong_is_one_sentence(mock, tmp_path, content, said):
    secrets = tmp_path / "secrets.toml"
    if content is not None:
        secrets.touch(0o600)
        secrets.write_text(content)
    assert said in failed(run("check", "hubspot", "--secrets-file", str(secrets), "--set", f"base_url={mock.url}"))


def test_what_the_system_refuses_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    csv = tmp_path / "crm.csv"
    csv.write_text(CSV + "owners,crm,snapshot,id,\n")
    command = ("generate-notebooks", "--connector-name", "hubspot", "--input-csv", str(csv))
    assert "file" in failed(run(*command, "--output-dir", str(tmp_path / "file" / "nb")))


def test_a_mistake_of_ours_is_one_sentence_and_its_traceback_is_for_those_who_ask(tmp_path):
    code = (
        "import sys; from lakeflow_sources.cli import catalogue; from lakeflow_sources.cli import main\n"
        "catalogue.connector_names = lambda: 1 / 0\n"
        "sys.argv = ['lakeflow-sources', 'connectors']; main()"
    )
    quiet = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert failed(quiet).startswith("Unexpected ZeroDivisionError at <string>:2")
    loud = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LAKEFLOW_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in loud.stderr


def test_a_reader_that_goes_away_leaves_no_traceback():
    shell = f"{sys.executable} -m lakeflow_sources.cli tables github | head -1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "GitHub"
    assert "Traceback" not in done.stderr
