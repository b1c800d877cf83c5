from pathlib import Path

import pytest

from lakeflow_sources.deploy.files import write_file, write_files
from lakeflow_sources.errors import ConfigurationError


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x", "", ".", "..", "a/.."])
def test_nothing_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    with pytest.raises(ConfigurationError, match="lies outside"):
        write_files(folder, {"good": "x", name: "x"})
    assert list(tmp_path.iterdir()) == []


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "resources").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="lies outside"):
        write_files(tmp_path / "out", {"resources/x.yml": "x"})
    (tmp_path / "victim").write_text("old")
    (tmp_path / "out" / "a.py").symlink_to(tmp_path / "victim")
    write_files(tmp_path / "out", {"a.py": "new"})
    assert (tmp_path / "victim").read_text() == "old"
    assert (tmp_path / "out" / "a.py").read_text() == "new"


def test_all_or_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"a": "old", "b": "old"})
    (tmp_path / "c").mkdir()
    (tmp_path / "d").write_text("a file where a folder is wanted")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_files(tmp_path, {"a": "new", "b": "new", "d/e": "new"})
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() == "old"
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_files(tmp_path, {"a": "new", "c": "new"})
    assert (tmp_path / "a").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c", "d"]


def test_rights_are_those_of_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    path = write_file(tmp_path / "deep" / "written", "x")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
