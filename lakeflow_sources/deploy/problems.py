"""What is wrong with a file that a user wrote, all of it in one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lakeflow_sources.errors import ConfigurationError

__all__ = ["Problem", "nearest", "refuse", "shown"]

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change: where it stands, what is wrong there, what to write instead."""

    place: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.cause}: {self.remedy}."


def refuse(file: object, problems: Sequence[Problem]) -> None:
    """Raise one ConfigurationError that lists *problems* of *file*, a line each; nothing when there are none."""
    if len(problems) == 1:
        (only,) = problems
        raise ConfigurationError(f"{file}: {only.place}: {only.cause}", only.remedy)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise ConfigurationError(f"{file} has {len(problems)} problems:{lines}")


def shown(value: object) -> str:
    """*value* as a literal that is short enough for a message."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def nearest(word: str, words: Sequence[str]) -> str:
    """The beginning of a remedy: the word that was probably meant, or all there are."""
    close = get_close_matches(word.lower(), words, n=1)
    return f"write {close[0]}" if close else f"write one of {', '.join(words)}"
