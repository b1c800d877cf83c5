"""What tests of local runs share."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.local.journal_lab import HEAD, Journals

if find_spec("pyspark.pipelines") is None:  # before Spark 4.1
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="module")
def journals(tmp_path_factory):
    return Journals(tmp_path_factory.mktemp("journals"))


@pytest.fixture(scope="module")
def write_notebook(tmp_path_factory, journals):
    """Writes a notebook whose cells are *calls* into *folder*."""

    def write(folder, name, *calls, key="token"):
        folder.mkdir(exist_ok=True)
        source = Path(__file__).with_name("journal_source.py").read_text("utf-8")
        (folder / "journal_source.txt").write_text(source, "utf-8")
        text = HEAD % {"folder": str(journals.folder), "key": key} + "\n\n".join(calls) + "\n"
        (folder / name).write_text(text, "utf-8")
        return folder / name

    return write


@pytest.fixture(scope="module")
def secrets_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    path.touch(0o600)
    path.write_text('[acme]\ntoken = "s3cret/of acme"\n')
    return path
