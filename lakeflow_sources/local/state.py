"""What stays on disk between local runs: the tables, their catalogue, the streams' checkpoints."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.local.report import RunReport, report_from_json, report_to_json

try:
    import fcntl
except ImportError:  # Windows, where local Spark runs in WSL
    fcntl = None  # type: ignore[assignment]  # a module that is not there

__all__ = ["State", "last_report", "open_state", "save_report"]

_MARK = "lakeflow-local.json"
_FORMAT = {"format": 1}


@dataclass(frozen=True, slots=True)
class State:
    """The folders and files of one state directory."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """Tables: a folder for each schema, one in it for each table."""
        return self.root / "warehouse"

    @property
    def metastore(self) -> Path:
        """The Derby database with the catalogue."""
        return self.root / "metastore"

    @property
    def checkpoints(self) -> Path:
        """How far each stream has read."""
        return self.root / "checkpoints"

    @property
    def log(self) -> Path:
        """What Spark and the notebooks wrote in the last run."""
        return self.root / "run.log"

    @property
    def report(self) -> Path:
        """The report of the last run."""
        return self.root / "report.json"


@contextmanager
def open_state(root: Path, *, create: bool = True, empty: bool = False) -> Iterator[State]:
    """The state in *root*, for this process alone; *empty* forgets all tables first."""
    state = State(root.resolve())
    _claim(state, create=create)
    with (state.root / "lock").open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                cause = f"Another run is using {state.root}"
                raise ConfigurationError(cause, "wait for it to end, or name another state directory") from None
        if empty:
            _forget(state)
        yield state


def save_report(state: State, report: RunReport) -> None:
    """Keep *report* for `last_report`."""
    waiting = state.report.with_suffix(".new")
    waiting.write_text(json.dumps(report_to_json(report), ensure_ascii=False, indent=1), "utf-8")
    waiting.replace(state.report)


def last_report(state_dir: Path) -> RunReport | None:
    """The report of the last run with *state_dir*, without starting Spark."""
    path = State(state_dir).report
    return report_from_json(json.loads(path.read_text("utf-8"))) if path.is_file() else None


def _claim(state: State, *, create: bool) -> None:
    """Mark the folder as ours; one that holds other things is left alone."""
    mark = state.root / _MARK
    if mark.is_file():
        return
    if not create:
        raise ConfigurationError(f"{state.root} holds no tables of a local run", "run the notebooks first")
    try:
        state.root.mkdir(parents=True, exist_ok=True)
        if any(state.root.iterdir()):
            cause = f"{state.root} is not empty and not from a local run"
            raise ConfigurationError(cause, "name a new folder for the state")
        mark.write_text(json.dumps(_FORMAT), "utf-8")
    except OSError as error:
        cause = f"The state directory {state.root} cannot be used ({error.strerror or error})"
        raise ConfigurationError(cause, "name a folder that you may write to") from error


def _forget(state: State) -> None:
    for folder in (state.warehouse, state.metastore, state.checkpoints):
        shutil.rmtree(folder, ignore_errors=True)
        if os.path.lexists(folder):
            raise ConfigurationError(f"{folder} cannot be removed", "remove it by hand")
    state.report.unlink(missing_ok=True)
