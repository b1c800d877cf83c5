"""Long work, told on a terminal as it goes; lines where there is none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.status import Status

from lakeflow_sources.cli.console import ERRORS

__all__ = ["Progress"]


class Progress:
    """A spinner with the latest step, and a line for every step that is over."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        if ERRORS.is_terminal:
            self._status = ERRORS.status("starting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def say(self, text: str) -> None:
        """The next step."""
        elapsed = time.monotonic() - self._since
        ERRORS.print(f"{elapsed:6.1f} s  {text}", markup=False, style="dim")
        if self._status is not None:
            self._status.update(text)
