"""Events of the process that holds Spark, told in sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Narrator"]


class Narrator:
    """Tells *progress* what happens, and what still goes on when nothing does; *count* how many tables are done."""

    def __init__(
        self,
        progress: Callable[[str], None],
        count: Callable[[int, int], None] = lambda _done, _all: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._count = count
        self._clock = clock
        self._done, self._all = 0, 0
        self._running: dict[str, float] = {}

    def hear(self, event: Mapping[str, Any]) -> None:
        """Tell of *event*; kinds that it does not know are passed over."""
        match event:
            case {"event": "ready", "seconds": seconds}:
                self._progress(f"Spark is ready after {seconds:.1f} s")
            case {"event": "pipeline", "notebook": notebook, "tables": tables}:
                self._all += tables
                self._count(self._done, self._all)
                self._progress(f"{notebook}: {tables} table{'s' * (tables != 1)}")
            case {"event": "flow", "table": table, "state": "running"}:
                self._running[table] = self._clock()
                self._progress(f"{table}: started")
            case {"event": "flow", "table": table, "state": state, "seconds": seconds, "error": error}:
                self._running.pop(table, None)
                self._done = min(self._done + 1, self._all)
                self._count(self._done, self._all)
                span = f" after {seconds:.1f} s" if seconds else ""
                self._progress(f"{table}: {state}{span}{': ' * bool(error)}{error}")
            case {"event": "counting"}:
                self._progress("counting rows")

    def wait(self) -> None:
        """Tell what has been going on since when."""
        if self._running:
            longest = self._clock() - min(self._running.values())
            self._progress(f"still running after {longest:.0f} s: {', '.join(self._running)}")
