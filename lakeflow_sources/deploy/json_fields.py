"""Objects of a JSON file, taken field by field so that everything wrong is told with its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lakeflow_sources.deploy.problems import Problem, nearest, shown
from lakeflow_sources.errors import ConfigurationError

__all__ = ["Fields", "read_object"]


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in the file at *path*."""
    try:
        value = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_unique)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror or error})", "name a JSON file") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not JSON ({error})", "correct it there") from error
    if not isinstance(value, dict):
        raise ConfigurationError(f"{path} holds no JSON object", "put the settings between { and }")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{shown(twice)} is there twice")
    return dict(pairs)


class Fields:
    """Fields of one object; each is taken once, `close` tells those that nobody asked for.

    What is wrong goes to *problems*, and the default is taken instead, so that the rest is checked too.
    """

    def __init__(self, value: Any, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._known: list[str] = []
        self._values: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.problem("", f"{shown(value)} is not an object", "write it between { and }")

    def problem(self, name: str, cause: str, remedy: str) -> None:
        """Note what is wrong with the field called *name*, or with the object itself."""
        self.problems.append(Problem(self.place(name), cause, remedy))

    def place(self, name: str) -> str:
        """Path of the field called *name* from the top of the file."""
        return ".".join(part for part in (self.path, name) if part) or "the file"

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def value(self, name: str) -> Any:
        """The field as it is."""
        self._known.append(name)
        return self._values.get(name)

    def text(self, name: str, default: str = "", *, pattern: str = "", example: str = "") -> str:
        """A text that matches *pattern* as a whole."""
        value = self.value(name)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.problem(name, f"{shown(value)} is not a text", f"write one such as {example or name!r}")
        elif pattern and not re.fullmatch(pattern, value):
            self.problem(name, f"{shown(value)} is not allowed here", f"write one such as {example or default!r}")
        else:
            return value
        return default

    def needed(self, name: str, *, pattern: str = "", example: str = "") -> str:
        """A text that has to be there."""
        if not self.has(name):
            self._known.append(name)
            self.problem(name, "it is missing", f"write one such as {example or name!r}")
            return ""
        return self.text(name, pattern=pattern, example=example)

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of *choices*."""
        value = self.value(name)
        if value is None or value in choices:
            return default if value is None else str(value)
        self.problem(name, f"{shown(value)} is not known", nearest(str(value), choices))
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.value(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.problem(name, f"{shown(value)} is neither true nor false", "write true or false without quotes")
        return default

    def number(self, name: str, default: float, *, lowest: float = 0) -> float:
        """A number of at least *lowest*; whole where the default is."""
        value = self.value(name)
        if value is None:
            return default
        kinds = (int,) if isinstance(default, int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not lowest <= value < float("inf"):
            whole = "whole " if isinstance(default, int) else ""
            self.problem(name, f"{shown(value)} is not a {whole}number of at least {lowest}", f"write {default}")
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text alone, or several between commas, will do."""
        value = self.value(name)
        parts = value.split(",") if isinstance(value, str) else value
        if parts is None:
            return ()
        if not isinstance(parts, list) or not all(isinstance(part, str) and part.strip() for part in parts):
            self.problem(name, f"{shown(value)} is not a list of texts", 'write ["one", "two"]')
            return ()
        return tuple(part.strip() for part in parts)

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """Names and values of the object in this field, whatever the names are."""
        value = self.value(name)
        if value is not None and not isinstance(value, dict):
            self.problem(name, f"{shown(value)} is not an object", "write it between { and }")
            return
        yield from (value or {}).items()

    def objects(self, name: str) -> Iterator[Fields]:
        """The objects of the list in this field."""
        value = self.value(name)
        if value is not None and not isinstance(value, list):
            self.problem(name, f"{shown(value)} is not a list", "write its objects between [ and ]")
            return
        for number, entry in enumerate(value or ()):
            yield Fields(entry, f"{self.place(name)}[{number}]", self.problems)

    def fields(self, name: str) -> Fields:
        """The object in this field; an empty one where it is missing."""
        value = self.value(name)
        return Fields({} if value is None else value, self.place(name), self.problems)

    def close(self) -> None:
        """Tell the fields that nobody asked for."""
        for name in self._values:
            if name not in self._known:
                self.problem(name, "it is not a setting", f"{nearest(name, self._known)}, or leave it out")
