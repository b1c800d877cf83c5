"""Long work, told on a terminal as it goes; nothing where there is none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from lakeflow_sources.cli.console import ERRORS

__all__ = ["Progress"]


class Progress:
    """A bar with the latest step; *told* ones leave a line for each step, on a terminal or not.

    Outside of its `with` block it tells nothing.
    """

    def __init__(self, *, told: bool = False) -> None:
        self._told = told
        self._bars: Bars | None = None
        self._done, self._total = 0, 0
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        if ERRORS.is_terminal:
            self._bars = Bars(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[count]}"),
                TimeElapsedColumn(),
                console=ERRORS,
                transient=True,
            )
            self._bars.add_task("starting", total=None, count="")
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
        self._bars = None

    def say(self, text: str) -> None:
        """The next step, with a line of its own."""
        if self._bars is not None or self._told:
            ERRORS.print(f"{time.monotonic() - self._since:6.1f} s  {text}", markup=False, style="dim")
        self.now(text)

    def now(self, text: str) -> None:
        """What goes on at this moment."""
        self._update(text)

    def expect(self, total: int) -> None:
        """So many steps are to come."""
        self._done, self._total = 0, total
        self._update(None)

    def step(self, text: str) -> None:
        """The next of the steps that are expected."""
        self._update(text)
        self._done += 1

    def count(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._done, self._total = done, total
        self._update(None)

    def _update(self, text: str | None) -> None:
        if self._bars is None:
            return
        task = self._bars.tasks[0]
        total = float(self._total) if self._total else None
        count = f"{self._done}/{self._total}" if self._total else ""
        self._bars.update(task.id, description=text or task.description, completed=self._done, total=total, count=count)
