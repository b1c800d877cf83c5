"""Shapes of single values: one description checks a declaration and makes its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lakeflow_sources.declaration.problems import Path, Problems, nearest, shown

__all__ = ["Anything", "Choice", "Duration", "Flag", "Number", "Shape", "Text", "Whole", "seconds_of"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


class Shape(Protocol):
    """What a value must look like."""

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        """Add to *problems* what is wrong with *value*."""
        ...

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text that matches *pattern*; *private* ones are never shown."""

    pattern: str = ""
    example: str = "text"
    private: bool = False

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, str) or not value.strip():
            shows = "it" if self.private else shown(value)
            problems.add(path, f"{shows} is not a text", f"write one such as {self.example}")
        elif self.pattern and not re.search(self.pattern, value):
            problems.add(path, f"{shown(value)} is not allowed here", f"write one such as {self.example}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", **({"pattern": self.pattern} if self.pattern else {"minLength": 1})}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int | None = 0

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add(path, f"{shown(value)} is not a whole number", f"write one such as {max(self.least or 1, 1)}")
        elif self.least is not None and value < self.least:
            problems.add(path, f"{value} is too small", f"write at least {self.least}")

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", **({} if self.least is None else {"minimum": self.least})}


@dataclass(frozen=True, slots=True)
class Number:
    """A number above zero."""

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            problems.add(path, f"{shown(value)} is not a number above 0", "write one such as 10")

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "exclusiveMinimum": 0}


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, bool):
            problems.add(path, f"{shown(value)} is neither true nor false", "write true or false, without quotes")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of *words*."""

    words: Sequence[str]

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if value not in self.words:
            problems.add(path, f"{shown(value)} is not known here", nearest(str(value), self.words))

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `90s`, `15m`, `12h`, `30d`, or a number of seconds."""

    zero: bool = True

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        match = None if isinstance(value, bool) else _DURATION.fullmatch(str(value).strip())
        if match is None or not isinstance(value, str | int | float):
            problems.add(path, f"{shown(value)} is no length of time", "write one such as 90s, 15m, 12h or 30d")
        elif not self.zero and match[1].startswith("0"):
            problems.add(path, f"{shown(value)} is too short", "write one such as 15m, 12h or 30d")

    def schema(self) -> dict[str, Any]:
        pattern = rf"^\s*{'' if self.zero else '(?!0)'}{_DURATION.pattern}\s*$"
        return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "number", "minimum": 0 if self.zero else 1}]}


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value, with templates in its texts; *plain* ones are neither lists nor mappings."""

    plain: bool = False

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if self.plain and isinstance(value, dict | list):
            problems.add(path, f"{shown(value)} is not a single value", "write a text, a number, true or false")

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean", "null"]} if self.plain else {}


def seconds_of(value: Any) -> float:
    """A checked `Duration` in seconds."""
    match = _DURATION.fullmatch(str(value).strip())
    assert match is not None
    return float(match[1]) * _UNITS[match[2]]
