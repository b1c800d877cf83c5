"""A driver in a process group of its own, and ways to kill it or its Python workers."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]


class Victim:
    """A running driver; `home` outlives it."""

    def __init__(self, home, kind, options, master="local[2]"):
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        self._tell(json.dumps({"home": str(home), "format": kind.format, "options": options, "master": master}))
        assert self.said() == "ready"

    def _tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def said(self):
        return self.process.stdout.readline().strip()

    def start_run(self):
        self._tell("run")

    def workers(self):
        """Processes that Spark's Python daemon has forked."""
        found = []
        for one in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # ended meanwhile
                if _is_python_of_spark(one) and _is_python_of_spark(one.parent()):
                    found.append(one)
        return found

    def kill(self):
        """Driver, JVM and workers at once, as a machine that goes down."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            threading.Thread(target=_close, args=(pipe,), daemon=True).start()

    def uncommitted(self):
        """Whether a batch is in the offset log and not in the commit log."""
        logs = [
            {one.name for one in (self.home / "checkpoint" / name).glob("[0-9]*")} for name in ("offsets", "commits")
        ]
        return bool(logs[0] - logs[1])

    def batches(self):
        """Rows of each batch, in order."""
        found = []
        for path in sorted((self.home / "rows").glob("*.arrow")):
            with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file) as reader:
                found.append(reader.read_all().to_pylist())
        return found


def _close(pipe):
    try:
        pipe.close()
    except OSError:
        return


def _is_python_of_spark(process):
    return any("pyspark.daemon" in part for part in process.cmdline())
