"""What is wrong with a declaration: all of it in one error, each with its line and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lakeflow_sources.errors import ConfigurationError, LakeflowError

__all__ = ["Path", "Problem", "Problems", "nearest", "shown"]

Path = tuple[str | int, ...]
"""Keys and numbers from the top of a document to a place in it."""
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change."""

    line: int
    place: str
    cause: str
    remedy: str


@dataclass
class Problems:
    """The problems of one document, whose places lie on *lines*."""

    lines: Mapping[Path, int]
    _found: list[tuple[Path, Problem]] = field(default_factory=list)

    def add(self, path: Path, cause: str, remedy: str) -> None:
        """Note what is wrong at *path*."""
        self._found.append((path, Problem(self._line(path), _place(path), cause.rstrip("."), remedy.rstrip("."))))

    def take(self, path: Path, error: LakeflowError) -> None:
        """Note an *error* that says what is wrong at *path*."""
        self.add(path, error.cause, error.remedy)

    def below(self, path: Path) -> bool:
        """Whether something is wrong at *path* or inside of it."""
        return any(found[: len(path)] == path for found, _ in self._found)

    def refuse(self, name: str) -> None:
        """Raise one `ConfigurationError` that lists everything, in the order of the lines; nothing when all is well."""
        found = sorted(dict.fromkeys(problem for _, problem in self._found), key=lambda one: one.line)
        if len(found) == 1:
            (only,) = found
            raise ConfigurationError(f"{name}, line {only.line}, {only.place}: {only.cause}", only.remedy)
        if found:
            lines = "".join(f"\n  line {one.line}, {one.place}: {one.cause}: {one.remedy}." for one in found)
            raise ConfigurationError(f"{name} has {len(found)} problems:{lines}")

    def _line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def shown(value: object) -> str:
    """*value* as a literal that is short enough for a message."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def nearest(word: str, words: Iterable[str], *, what: str = "write") -> str:
    """The remedy for a misspelt *word*: the one that was probably meant, or all there are."""
    known = {one.lower(): one for one in words}
    close = difflib.get_close_matches(word.lower(), known, 1, 0.6)
    if close:
        return f"{what} {known[close[0]]}"
    return f"{what} one of {', '.join(known.values())}" if known else f"{what} another name"


def _place(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "the top"
