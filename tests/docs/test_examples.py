"""Every example of the pages runs: commands and Spark reads against the vendors on loopback, declarations loaded."""

import inspect
import os
import subprocess
import sys

import pytest

from tests.docs import language
from tests.docs.blocks import PAGES, ROOT, blocks
from tests.docs.stage import Stage
from tests.spark.old import needs_pipelines

DONE = set()


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with Stage(tmp_path_factory.mktemp("pages")) as made:
        yield made


class Secrets:
    def __init__(self, stage):
        self.secrets = self
        self.get = stage.secret


class Reader:
    """Spark's reader, which finds the vendors on loopback."""

    def __init__(self, reader, stage):
        self._reader, self._stage = reader, stage

    def format(self, name):
        return self._reader.format(name).options(**self._stage.hosts(name))


class Session:
    """Spark's session, whose readers find the vendors on loopback."""

    def __init__(self, spark, stage):
        self._spark, self._stage = spark, stage

    @property
    def read(self):
        return Reader(self._spark.read, self._stage)

    @property
    def readStream(self):  # noqa: N802 (Spark's name)
        return Reader(self._spark.readStream, self._stage)

    def __getattr__(self, name):
        return getattr(self._spark, name)


def page_of(page):
    """The page as a parameter; one that runs pipelines here needs a Spark that has them."""
    marks = [needs_pipelines] if "lakeflow-sources run-local" in page.read_text("utf-8") else []
    return pytest.param(page, marks=marks, id=str(page.relative_to(ROOT)))


@pytest.mark.spark
@pytest.mark.parametrize("page", [page_of(page) for page in PAGES])
def test_every_example_of_a_page_runs(page, stage, spark, lakeflow_mock, monkeypatch):
    monkeypatch.chdir(stage.home)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(stage.home))
    names = {"__name__": "page", "spark": Session(spark, stage), "dbutils": Secrets(stage)}
    for block in blocks(page):
        if block.reason:
            compile(block.text, block.place, "exec") if block.language == "python" else language.document(block)
        elif block.file:
            path = stage.home / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
            if block.language != "python":
                language.document(block)
        elif block.language == "bash":
            language.shell(stage, block, DONE, monkeypatch.setenv)
        elif block.language == "python":
            language.python(stage, block, names)
        else:
            language.document(block)
    fixtures = {"spark": spark, "lakeflow_mock": lakeflow_mock}
    for name, value in names.items():
        if name.startswith("test_"):
            value(**{wanted: fixtures[wanted] for wanted in inspect.signature(value).parameters})


def test_whatever_is_not_run_has_a_reason():
    excused = [block for page in PAGES for block in blocks(page) if block.reason]
    assert all(len(block.reason.split()) > 3 for block in excused)
    assert all(len(reason.split()) > 3 for reason in language.NOT_RUN.values())


@pytest.mark.proof
def test_the_demo(tmp_path):
    command = [
        sys.executable,
        "-m",
        "lakeflow_sources.cli",
        "demo",
        "--folder",
        str(tmp_path / "demo"),
        "--contacts",
        "500",
    ]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Only those 200 contacts moved." in done.stdout
