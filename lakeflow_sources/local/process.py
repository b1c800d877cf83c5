"""The child process of a local run: its start, its words, its end."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import lakeflow_sources
from lakeflow_sources.local.cause import cause_of_text
from lakeflow_sources.local.job import Job, job_to_json
from lakeflow_sources.local.narrator import Narrator
from lakeflow_sources.local.report import RunReport, report_from_json
from lakeflow_sources.local.state import State
from lakeflow_sources.redact import Redactor
from lakeflow_sources.summary import Summary, added, heard

__all__ = ["work"]

_CHILD = "lakeflow_sources.local.child"
_ANOTHER_SPARK = frozenset({
    "MASTER", "PYSPARK_SUBMIT_ARGS", "SPARK_API_MODE", "SPARK_CONF_DIR", "SPARK_CONNECT_MODE_ENABLED", "SPARK_HOME",
    "SPARK_LOCAL_CONNECT_REUSE", "SPARK_LOCAL_REMOTE", "SPARK_REMOTE", "SPARK_TESTING",
})  # fmt: skip
_SILENCE = 15.0
_FAREWELL = 10.0
_TAIL = 20_000


def work(job: Job, state: State, redact: Redactor, narrator: Narrator) -> RunReport:
    """Have a child process do *job*; what it writes beside its events goes to the log, without secrets."""
    answer = None
    reads: list[Summary] = []
    with _child(state, redact, reads) as child:
        for event in _events(child, job, narrator.wait):
            if event["event"] == "report":
                answer = report_from_json(_clean(event["report"], redact))
                break
            narrator.hear(_clean(event, redact))
    if answer is None:
        return RunReport(problems=(_death(child.returncode, state.log),))
    return replace(answer, reads=added(reads))


@contextmanager
def _child(state: State, redact: Redactor, reads: list[Summary]) -> Iterator[subprocess.Popen[str]]:
    """A running child, which does not outlive the context for long; its log is whole then, and *reads* are known."""
    command = [sys.executable, "-P", "-m", _CHILD]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, cwd=state.root, env=_environment(), encoding="utf-8", errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    log = threading.Thread(target=_write_log, args=(child.stderr, state.log, redact, reads), daemon=True)
    log.start()
    with child:
        try:
            yield child
        except BaseException:
            child.terminate()
            raise
        finally:
            _end(child)
            log.join(_FAREWELL)


def _end(child: subprocess.Popen[str]) -> None:
    """Let *child* finish, but not for ever."""
    for insist in (child.poll, child.terminate, child.kill):
        insist()
        try:
            child.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            continue
        return


def _events(child: subprocess.Popen[str], job: Job, idle: Callable[[], None]) -> Iterator[dict[str, Any]]:
    """The child's events until it closes its output; *idle* is called when it is silent for long."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with child.stdin as pipe:
            pipe.write(job_to_json(job))
    except BrokenPipeError:
        return
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_collect, args=(child.stdout, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_SILENCE)
        except queue.Empty:
            idle()
            continue
        if not line:
            return
        yield json.loads(line)


def _collect(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def _write_log(stream: IO[str], path: Path, redact: Redactor, reads: list[Summary]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as log:
        for line in stream:
            clean = redact(line)
            log.write(clean)
            log.flush()
            if summary := heard(clean):
                reads.append(summary)


def _environment() -> dict[str, str]:
    """Ours, with this interpreter for workers and nothing that points at another Spark."""
    kept = {name: value for name, value in os.environ.items() if name not in _ANOTHER_SPARK}
    root = Path(lakeflow_sources.__file__).parents[1]
    if (root / "pyproject.toml").is_file():
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), kept.get("PYTHONPATH", ""))))
    return {
        **kept,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _clean(value: Any, redact: Redactor) -> Any:
    """*value* with every text in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _clean(part, redact) for name, part in value.items()}
    return [_clean(part, redact) for part in value] if isinstance(value, list) else value


def _death(code: int | None, log: Path) -> str:
    """What can be said of a child that went without a report."""
    written = log.read_text("utf-8", "replace")[-_TAIL:] if log.is_file() else ""
    last = f": {cause_of_text(written)}" if "Traceback (most recent call last):" in written else ". "
    return f"Local Spark ended without a report (exit code {code}){last}".rstrip(". ") + f"; its log is {log}."
