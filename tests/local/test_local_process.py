"""The child process: what it inherits, how it dies."""

import json
import os
import sys

import pytest

from lakeflow_sources.local import process
from lakeflow_sources.local.job import Job, job_from_json, job_to_json
from lakeflow_sources.local.narrator import Narrator
from lakeflow_sources.local.state import open_state
from lakeflow_sources.redact import Redactor

CHILD = """\
import json, os, sys, time
job = json.loads(sys.stdin.read())
print("to the log: s3cret-value", file=sys.stderr)
print(json.dumps({"event": "flow", "table": "b.t", "state": "failed", "seconds": 2, "error": "no s3cret-value"}), flush=True)
"""
REPORT = """\
names = sorted(name for name in os.environ if name.startswith(("PYSPARK", "SPARK", "LAKEFLOW")))
report = {"tables": [], "problems": ["s3cret-value", sys.executable], "notes": names, "seconds": 1, "answers": [[job]]}
print(json.dumps({"event": "report", "report": report}), flush=True)
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Does a job with a child of the given code."""
    monkeypatch.setattr(process, "_CHILD", "child_of_a_test")
    for name in [name for name in os.environ if name.startswith("SPARK_")]:
        monkeypatch.delenv(name)  # a session of an earlier test leaves some behind
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SPARK_HOME", "/elsewhere")
    monkeypatch.setattr(process, "_FAREWELL", 1.0)

    def work(code, tell=lambda _: None):
        (tmp_path / "child_of_a_test.py").write_text(code)
        with open_state(tmp_path / "state") as state:
            return process.work(Job(str(state.root), run=7), state, Redactor(["s3cret-value"]), Narrator(tell))

    return work


def test_events_and_the_report_come_back_without_secrets(work, tmp_path):
    said = []
    report = work(CHILD + REPORT, said.append)
    assert said == ["b.t: failed after 2.0 s: no ***"]
    assert report.problems == ("***", sys.executable)
    assert report.notes == ("PYSPARK_DRIVER_PYTHON", "PYSPARK_PYTHON", "SPARK_LOCAL_IP")
    assert report.answers[0][0]["run"] == 7
    log = tmp_path / "state" / "run.log"
    assert log.read_text() == "to the log: ***\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_child_that_stays_after_its_report_is_ended(work):
    assert work(CHILD + REPORT + "time.sleep(600)\n").seconds == 1


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import os\nos._exit(3)\n", "Local Spark ended without a report (exit code 3); its log is "),
        (
            "raise ImportError('grpcio is missing, s3cret-value')\n",
            "Local Spark ended without a report (exit code 1): ImportError: grpcio is missing, ***; its log is ",
        ),
        (CHILD + "os.kill(os.getpid(), 9)\n", "Local Spark ended without a report (exit code -9); its log is "),
    ],
)
def test_a_child_that_dies_is_told_with_its_log(work, code, problem):
    (told,) = work(code).problems
    assert told.startswith(problem)
    assert told.endswith("run.log.")


def test_an_interrupted_run_leaves_no_child_behind(work, tmp_path):
    def interrupt(_):
        raise KeyboardInterrupt

    beside = "open('pid', 'w').write(str(os.getpid()))\n"
    with pytest.raises(KeyboardInterrupt):
        work(CHILD.replace("print(json", beside + "print(json") + "time.sleep(600)\n", interrupt)
    with pytest.raises(ProcessLookupError):
        process.os.kill(int((tmp_path / "state" / "pid").read_text()), 0)


def test_jobs_travel_as_json():
    job = Job("/s", ("/n/a.py",), "/x.toml", ("SELECT 1",), "bronze", {"k": "v"}, 3, 4, "1g", 5)
    assert job_from_json(job_to_json(job)) == job
    assert json.loads(job_to_json(job))["secrets_file"] == "/x.toml"


def test_the_narrator_tells_what_still_runs():
    said, now = [], [100.0]
    narrator = Narrator(said.append, clock=lambda: now[0])
    narrator.wait()
    narrator.hear({"event": "ready", "seconds": 8.06})
    narrator.hear({"event": "pipeline", "notebook": "a.py", "tables": 1})
    narrator.hear({"event": "flow", "table": "b.t", "state": "running", "seconds": 0, "error": ""})
    narrator.hear({"event": "flow", "table": "b.u", "state": "running", "seconds": 0, "error": ""})
    narrator.hear({"event": "flow", "table": "b.u", "state": "skipped", "seconds": 0, "error": ""})
    now[0] += 30
    narrator.wait()
    narrator.hear({"event": "flow", "table": "b.t", "state": "completed", "seconds": 31.2, "error": ""})
    narrator.hear({"event": "counting"})
    narrator.hear({"event": "something new"})
    narrator.wait()
    assert said == [
        "Spark is ready after 8.1 s",
        "a.py: 1 table",
        "b.t: started",
        "b.u: started",
        "b.u: skipped",
        "still running after 30 s: b.t",
        "b.t: completed after 31.2 s",
        "counting rows",
    ]
