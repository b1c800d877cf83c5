"""YAML or JSON text as plain values, and the line that each of them stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lakeflow_sources.declaration.problems import Path, Problems
from lakeflow_sources.errors import ConfigurationError

__all__ = ["Document", "parse"]

_MOST_VALUES = 100_000  # aliases of aliases make a short text a large value
_DEEPEST = 40  # levels: an alias may hold itself
_MERGE = "<<"
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,99}")  # more digits than Python converts are a text
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Document:
    """A declaration as it was written."""

    name: str
    """What errors call it: its path, or the option that holds it."""
    value: Any
    lines: dict[Path, int]


def parse(text: str, name: str) -> Document:
    """The value of *text*; raises `ConfigurationError` where it is neither YAML nor JSON, or says something twice."""
    import yaml

    if text.lstrip().startswith("{"):
        text = text.replace("\t", "  ")  # JSON may be indented by them, YAML may not
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(
            f"{name}, line {line} is not YAML ({error.problem or error.context})",
            "correct it there: texts with `: `, `{` or `#` in them stand in quotes",
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"{name} is not YAML ({error})", "save it as UTF-8 text") from None
    reader = _Reader(name)
    value = {} if node is None else reader.value(node, ())
    reader.problems.refuse(name)
    return Document(name, value, reader.lines)


@dataclass
class _Reader:
    name: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: Problems = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.problems = Problems(self.lines)

    def value(self, node: Any, path: Path) -> Any:
        self.count += 1
        if self.count > _MOST_VALUES:
            raise ConfigurationError(
                f"{self.name} has more than {_MOST_VALUES} values", "use fewer aliases, or several declarations"
            )
        line = node.start_mark.line + 1
        if len(path) > _DEEPEST:
            raise ConfigurationError(
                f"{self.name}, line {line} is nested more than {_DEEPEST} levels deep", "write it flat, without aliases"
            )
        self.lines.setdefault(path, line)
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.id == "sequence":
            return [self.value(one, (*path, number)) for number, one in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, inner in node.value:
            name = key.value if key.id == "scalar" else ""
            if name == _MERGE:
                merged |= self._merged(inner, path)
                continue
            place = (*path, name)
            self.lines[place] = key.start_mark.line + 1
            if not name:
                self.problems.add(place, "a key is no text", "write a name before the colon")
            elif name in found:
                self.problems.add(place, "the key is there twice", "keep one of them")
            found[name] = self.value(inner, place)
        return {**merged, **found}

    def _merged(self, node: Any, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in reversed(node.value) if node.id == "sequence" else (node,):
            if one.id == "mapping":
                found |= self._mapping(one, path)
        return found


def _scalar(node: Any) -> Any:
    """By the rules of JSON and YAML 1.2, for which `no` is a country and `12:30` a text."""
    text: str = node.value
    if node.style is not None:  # in quotes
        return text
    if text in _NULL:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text
