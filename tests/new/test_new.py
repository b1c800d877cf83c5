"""`lakeflow-sources new`: a folder that passes its tests untouched, or one sentence and nothing written."""

import errno
import json
from pathlib import Path

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.deploy.preset import load_preset
from lakeflow_sources.new import check_name, project_files, starter, write_folder
from tests.new.folders import command, environment, made, run_tests


@pytest.mark.parametrize("style", ["yaml", "python"])
def test_a_new_connector_passes_its_tests_untouched(tmp_path, style):
    done = command("new", "acme", "--style", style, "--output-dir", tmp_path, env=environment())
    assert done.returncode == 0, done.stderr
    assert "2 tables, and a test that passes" in done.stdout
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ran = run_tests(tmp_path / "acme")
    assert ran.returncode == 0, ran.stdout
    assert "10 passed" in ran.stdout
    assert {path: path.read_bytes() for path in before} == before


def test_what_is_in_the_folder(tmp_path):
    folder = made(tmp_path, "acme_crm", "yaml")
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "README.md",
        "pyproject.toml",
        "deployment/deploy_preset.json",
        "lakeflow_acme_crm/__init__.py",
        "lakeflow_acme_crm/acme_crm.yaml",
        "lakeflow_acme_crm/samples/api.yaml",
        "lakeflow_acme_crm/samples/projects.json",
        "lakeflow_acme_crm/samples/tasks.json",
        "pyspark_acme_crm/__init__.py",
        "tests/test_acme_crm.py",
    }
    preset = load_preset(folder / "deployment" / "deploy_preset.json")
    assert (preset.connector_name, preset.csv.tables) == ("acme_crm", ("projects", "tasks"))
    assert dict(preset.connector_config.secret_mappings) == {"access_token": ("access_token",)}


def test_a_broken_connector_fails_the_test_that_came_with_it(tmp_path):
    folder = made(tmp_path, "acme", "yaml")
    spec = folder / "lakeflow_acme" / "acme.yaml"
    spec.write_text(spec.read_text().replace("field: next.cursor", "field: next.token"))
    ran = run_tests(folder)
    assert ran.returncode == 1
    assert "acme.tasks gives 10 rows of the 15 that there are" in ran.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Acme CRM", "'Acme CRM' cannot be the name of a connector: write lower-case letters, digits and underscores, a letter first, such as acme_crm."),
        ("2b", "a letter first, such as acme_crm."),
        ("class", "'class' cannot be the name of a connector"),
        ("../up", "'../up' cannot be the name of a connector"),
        ("", "'' cannot be the name of a connector"),
        ("hubspot", "There is a connector called hubspot already: give the new one another name."),
    ],
)  # fmt: skip
def test_a_bad_name_is_one_sentence(tmp_path, name, said):
    with pytest.raises(ConfigurationError) as raised:
        check_name(name)
    assert said in str(raised.value)


def test_a_bad_name_writes_nothing(tmp_path):
    done = command("new", "Acme CRM", "--output-dir", tmp_path, env=environment())
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_written_over(tmp_path, kind):
    place = tmp_path / "acme"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path / "nowhere")
    done = command("new", "acme", "--output-dir", tmp_path, env=environment())
    assert done.returncode == 1
    assert "is there already, and nothing is written over it" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]
    assert kind != "file" or place.read_text() == "mine"


def test_nothing_is_half_written(tmp_path, monkeypatch):
    texts = project_files(starter("acme"), "yaml")
    write, count = Path.write_text, iter(range(100))

    def full(self, *arguments):
        if next(count) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, *arguments)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ConfigurationError, match="cannot be written .No space left on device.: name another"):
        write_folder(tmp_path / "acme", texts)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = command("new", "acme", "--output-dir", tmp_path / "file" / "below", env=environment())
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_declaration_is_read_by_commands_before_anything_is_installed(tmp_path, lakeflow_mock):
    folder = made(tmp_path, "acme", "yaml")
    mock = lakeflow_mock("acme", source=folder / "lakeflow_acme")
    token = mock.options["access_token"]
    done = command(
        *("preview", "http", "tasks", "-n", "100", "--json", "--set", f"spec={folder}/lakeflow_acme/acme.yaml"),
        *("--set", f"base_url={mock.url}/v1"),
        env=environment(LAKEFLOW_HTTP_ACCESS_TOKEN=token),
    )
    assert done.returncode == 0, done.stderr
    assert sorted(row["id"] for row in json.loads(done.stdout)) == list(range(1, 16))
