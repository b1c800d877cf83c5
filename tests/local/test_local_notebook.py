import warnings

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.notebook import find_notebooks, run_notebook

MARK = "# Databricks notebook source\n"


def test_notebooks_are_found_by_their_first_line_in_order(tmp_path):
    for name, text in {
        "b.py": MARK,
        "a.py": "\ufeff# Databricks notebook source\r\n",
        "c.py": "import os\n",
        "d.txt": MARK,
    }.items():
        (tmp_path / name).write_text(text, "utf-8", newline="")
    assert [path.name for path in find_notebooks(tmp_path)] == ["a.py", "b.py"]
    assert [path.name for path in find_notebooks(tmp_path / "c.py")] == ["c.py"]


def test_a_folder_without_notebooks_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="holds no notebook"):
        find_notebooks(tmp_path)
    with pytest.raises(ConfigurationError, match="There is no folder"):
        find_notebooks(tmp_path / "none")


@pytest.fixture
def run(tmp_path):
    def run(text, spark=None):
        path = tmp_path / "acme.py"
        path.write_text(MARK + text, "utf-8")
        return run_notebook(path, spark)

    return run


def test_a_notebook_has_the_session_and_its_warnings_are_kept(run):
    seen = []
    notes = run(
        "import warnings\nspark.append(__name__)\nwarnings.warn('no history')\nwarnings.warn('old', DeprecationWarning)\n",
        seen,
    )
    assert seen == ["acme"]
    assert notes == ("acme.py: no history",)
    assert warnings.filters


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def (:\n", "acme.py, line 2, is not valid Python (invalid syntax): correct it or generate it again."),
        ("\x00", "acme.py"),
        ("\n1 / 0\n", "acme.py, line 3: ZeroDivisionError: division by zero."),
        ("def f():\n    return {}['id']\nf()\n", "acme.py, line 4: KeyError: 'id'."),
        ("dp.expect()\n", "acme.py, line 2: NameError: name 'dp' is not defined."),
        (
            "from lakeflow_sources import AccessError\nraise AccessError('no scope', 'add it')\n",
            "acme.py: no scope: add it.",
        ),
    ],
)
def test_what_goes_wrong_is_told_with_its_line(run, text, sentence):
    with pytest.raises(Exception, match="acme") as caught:
        run(text)
    assert str(caught.value).startswith(sentence)
