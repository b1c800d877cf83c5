import json

import pytest

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local import RunReport, TableReport, last_report
from lakeflow_sources.local.report import report_from_json, report_to_json
from lakeflow_sources.local.state import open_state, save_report

REPORT = RunReport(
    tables=(TableReport("b.t", "n.py", "current rows", "completed", 2, 1, 0.5, sample=({"id": 1},)),),
    problems=("it broke.",),
    notes=("by the way",),
    seconds=1.5,
    answers=(({"n": 1},), ()),
)


def test_reports_travel_as_json():
    assert report_from_json(json.loads(json.dumps(report_to_json(REPORT)))) == REPORT


def test_a_report_is_ok_when_nothing_failed():
    done = TableReport("b.t", "n.py", "streaming table", "completed")
    assert RunReport((done,)).ok
    assert not RunReport((done, TableReport("b.u", "n.py", "streaming table", "skipped"))).ok
    assert not RunReport((done,), ("broken",)).ok


def test_the_last_report_is_kept(tmp_path):
    assert last_report(tmp_path / "state") is None
    with open_state(tmp_path / "state") as state:
        save_report(state, REPORT)
    assert last_report(tmp_path / "state") == REPORT


def test_one_run_at_a_time(tmp_path):
    with (
        open_state(tmp_path / "state"),
        pytest.raises(ConfigurationError, match="Another run is using"),
        open_state(tmp_path / "state"),
    ):
        pass
    with open_state(tmp_path / "state"):
        pass


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with (
        pytest.raises(ConfigurationError, match="not empty and not from a local run"),
        open_state(tmp_path, empty=True),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_state_that_is_not_there_cannot_be_queried(tmp_path):
    with (
        pytest.raises(ConfigurationError, match="run the notebooks first"),
        open_state(tmp_path / "none", create=False),
    ):
        pass
    assert not (tmp_path / "none").exists()


def test_a_full_refresh_forgets_what_local_runs_made_and_nothing_else(tmp_path):
    with open_state(tmp_path / "state") as state:
        for folder in (state.warehouse, state.metastore, state.checkpoints, state.root / "mine"):
            folder.mkdir()
            (folder / "file").touch()
        save_report(state, REPORT)
    with open_state(tmp_path / "state", empty=True) as state:
        assert sorted(path.name for path in state.root.iterdir()) == ["lakeflow-local.json", "lock", "mine"]
