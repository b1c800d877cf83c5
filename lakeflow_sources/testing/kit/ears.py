"""Everything that is said while something runs: on both outputs, in logs of any level, in warnings and errors."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["Heard", "listening"]


@dataclass
class Heard:
    """What was said, and where: pairs of a place and a text."""

    texts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, text: str) -> None:
        """One more text."""
        self.texts.append((place, text))

    def attempt(self, place: str, action: Callable[[], object]) -> Exception | None:
        """Run *action*; the error that it ends with is heard with its traceback."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 (any of them is a text that users see)
            self.add(place, "".join(traceback.format_exception(error)))
            return error
        return None


class _Collector(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.add("the log", self.format(record))


@contextlib.contextmanager
def listening() -> Iterator[Heard]:
    """Hear everything that this process says."""
    heard, root = Heard(), logging.getLogger()
    collector, level = _Collector(heard), root.level
    out, err = io.StringIO(), io.StringIO()
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            yield heard
        heard.texts += [("a warning", str(one.message)) for one in warned]
        heard.texts += [("the standard output", out.getvalue()), ("the error output", err.getvalue())]
    finally:
        root.removeHandler(collector)
        root.setLevel(level)
