"""Shapes of values that hold others.

ListOf Named OneOrMany     lists, mappings with free names, one value or several
Record Variants            mappings with known keys; those whose keys follow from `type`
Either                     by the kind of value: text, mapping or list
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.declaration.problems import Path, Problems, nearest, shown
from lakeflow_sources.declaration.shape import Choice, Shape

__all__ = ["Either", "Key", "ListOf", "Named", "OneOrMany", "Record", "Variants"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: what it holds, and what that means."""

    shape: Shape
    help: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with at least one value."""

    of: Shape

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, list) or not value:
            problems.add(path, f"{shown(value)} is not a list", "write its values between [ and ]")
            return
        for number, one in enumerate(value):
            self.of.check(one, (*path, number), problems)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "items": self.of.schema()}


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A value, or a list of such values."""

    of: Shape

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        (ListOf(self.of) if isinstance(value, list) else self.of).check(value, path, problems)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.of.schema(), ListOf(self.of).schema()]}


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping of free names, which match *pattern*, to values."""

    of: Shape
    pattern: str = ""
    example: str = "name"

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, f"{shown(value)} is not a mapping", f"write `{self.example}: ...` lines below it")
            return
        for name, one in value.items():
            if self.pattern and not re.search(self.pattern, name):
                problems.add((*path, name), f"{shown(name)} cannot be a name", f"write one such as {self.example}")
            self.of.check(one, (*path, name), problems)

    def schema(self) -> dict[str, Any]:
        names = {"propertyNames": {"pattern": self.pattern}} if self.pattern else {}
        return {"type": "object", **names, "additionalProperties": self.of.schema()}


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; *one_of* are keys of which exactly one is there."""

    keys: Mapping[str, Key]
    one_of: tuple[str, ...] = ()

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, f"{shown(value)} is not a mapping", f"write keys below it: {', '.join(self.keys)}")
            return
        for name, one in value.items():
            if name in self.keys:
                self.keys[name].shape.check(one, (*path, name), problems)
            else:
                problems.add((*path, name), "there is no such key here", nearest(name, self.keys))
        for name, key in self.keys.items():
            if key.required and name not in value:
                problems.add(path, f"{name} is missing", f"add `{name}:` ({key.help.rstrip('.')})")
        there = [name for name in self.one_of if name in value]
        if self.one_of and len(there) != 1:
            cause = (
                f"{' and '.join(there)} exclude each other" if there else f"none of {', '.join(self.one_of)} is there"
            )
            problems.add(path, cause, f"write one of {', '.join(self.one_of)}")

    def schema(self) -> dict[str, Any]:
        required = [name for name, key in self.keys.items() if key.required]
        one_of = {"oneOf": [{"required": [name]} for name in self.one_of]} if self.one_of else {}
        return {
            "type": "object",
            "properties": {name: {"description": key.help, **key.shape.schema()} for name, key in self.keys.items()},
            "additionalProperties": False,
            **({"required": required} if required else {}),
            **one_of,
        }


@dataclass(frozen=True, slots=True)
class Variants:
    """A mapping whose key `type` tells which other keys it has."""

    kinds: Mapping[str, Record]

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, f"{shown(value)} is not a mapping", "write `type: ...` and its keys below it")
        elif "type" not in value:
            problems.add(path, "type is missing", f"add `type:` with one of {', '.join(self.kinds)}")
        elif (kind := value["type"]) not in tuple(self.kinds):
            problems.add((*path, "type"), f"{shown(kind)} is not known here", nearest(str(kind), self.kinds))
        else:
            self._record(kind).check(value, path, problems)

    def schema(self) -> dict[str, Any]:
        branches = []
        for kind in self.kinds:
            branch = self._record(kind).schema()
            branch["properties"]["type"] = {"const": kind}
            branch["required"] = ["type", *branch.get("required", [])]
            branches.append(branch)
        return {"oneOf": branches}

    def _record(self, kind: str) -> Record:
        record = self.kinds[kind]
        return Record({"type": Key(Choice(tuple(self.kinds)), "The kind."), **record.keys}, record.one_of)


@dataclass(frozen=True, slots=True)
class Either:
    """Another shape for each kind of value."""

    text: Shape | None = None
    mapping: Shape | None = None
    many: Shape | None = None

    def check(self, value: Any, path: Path, problems: Problems) -> None:
        shape = self.mapping if isinstance(value, dict) else self.many if isinstance(value, list) else self.text
        if shape is not None:
            shape.check(value, path, problems)
            return
        allowed = {"a text": self.text, "a mapping": self.mapping, "a list": self.many}
        names = [name for name, one in allowed.items() if one is not None]
        problems.add(path, f"{shown(value)} is not allowed here", f"write {' or '.join(names)}")

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [one.schema() for one in (self.text, self.mapping, self.many) if one is not None]}
