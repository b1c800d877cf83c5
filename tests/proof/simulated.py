"""The time of a history: it stands in a file, where the test, Spark's planner and its workers all read it."""

from functools import partial
from pathlib import Path

from lakeflow_sources.http.clock import Clock


def read_time(path):
    return float(Path(path).read_text())


class SimulatedTime:
    """Seconds since 1970 that pass only when a test says so; a reader's clock may go wrong by *skew* seconds."""

    def __init__(self, path, now):
        self.path, self.now, self.skew = path, now, 0.0
        self.show()

    def show(self):
        self.path.write_text(repr(self.now + self.skew))

    def advance(self, seconds):
        self.now = round(self.now + seconds, 3)
        self.show()

    def clock(self):
        """The clock of a stream's reader."""
        return Clock(now=partial(read_time, str(self.path)))
