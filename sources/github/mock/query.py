"""A GraphQL service that is just large enough: selections, arguments, variables, fragments, type conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Field", "Fragment", "QueryError", "execute", "parse"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|\$?[_A-Za-z]\w*|-?\d+|[{}()\[\]:!,=@]')


class QueryError(Exception):
    """The query does not fit the schema, or asks for something that is not there; *kind* as in `errors[].type`."""

    def __init__(self, message: str, kind: str = "") -> None:
        self.kind = kind
        super().__init__(message)


@dataclass(frozen=True)
class Field:
    """A field with its arguments and what is asked for inside of it."""

    name: str
    label: str
    arguments: Mapping[str, Any]
    inner: tuple[Field | Fragment, ...]


@dataclass(frozen=True)
class Fragment:
    """What is asked for where the type is, or implements, *condition*; by name where it is defined elsewhere."""

    condition: str
    inner: tuple[Field | Fragment, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class _Variable:
    name: str


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = [word for word in _TOKEN.findall(text) if word != ","]
        self.place = 0

    def look(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        found = self.look()
        if wanted and found != wanted:
            raise QueryError(f"Parse error on {found!r}: expected {wanted!r}")
        self.place += 1
        return found

    def selections(self) -> tuple[Field | Fragment, ...]:
        found: list[Field | Fragment] = []
        self.take("{")
        while self.look() != "}":
            found.append(self._spread() if self.look() == "..." else self._field())
        self.take("}")
        return tuple(found)

    def _spread(self) -> Fragment:
        self.take("...")
        if self.look() == "on":
            self.take()
            condition = self.take()
            return Fragment(condition, self.selections())
        return Fragment("", name=self.take())

    def _field(self) -> Field:
        label = name = self.take()
        if self.look() == ":":
            self.take()
            name = self.take()
        arguments = self._pairs() if self.look() == "(" else {}
        return Field(name, label, arguments, self.selections() if self.look() == "{" else ())

    def _pairs(self) -> dict[str, Any]:
        self.take("(")
        found = {}
        while self.look() != ")":
            name = self.take()
            self.take(":")
            found[name] = self._value()
        self.take(")")
        return found

    def _value(self) -> Any:
        word = self.take()
        if word == "{":
            found = {}
            while self.look() != "}":
                name = self.take()
                self.take(":")
                found[name] = self._value()
            self.take("}")
            return found
        if word.startswith("$"):
            return _Variable(word[1:])
        if word.startswith('"'):
            return word[1:-1]
        return int(word) if word.lstrip("-").isdigit() else {"true": True, "false": False, "null": None}.get(word, word)

    def skip_variables(self) -> dict[str, str]:
        found = {}
        if self.look() == "(":
            self.take()
            while self.look() != ")":
                name = self.take()[1:]
                self.take(":")
                kind = self.take()
                if self.look() == "!":
                    kind += self.take()
                found[name] = kind
            self.take()
        return found


@dataclass(frozen=True)
class _Document:
    inner: tuple[Field | Fragment, ...]
    variables: Mapping[str, str]
    fragments: Mapping[str, Fragment]


def parse(text: str) -> _Document:
    """The one query of *text* with its fragments."""
    reader = _Reader(text)
    fragments: dict[str, Fragment] = {}
    inner: tuple[Field | Fragment, ...] = ()
    variables: dict[str, str] = {}
    while reader.look():
        if reader.look() == "fragment":
            reader.take()
            name = reader.take()
            reader.take("on")
            condition = reader.take()
            fragments[name] = Fragment(condition, reader.selections(), name)
        else:
            if reader.look() == "query":
                reader.take()
            variables = reader.skip_variables()
            inner = reader.selections()
    return _Document(inner, variables, fragments)


def execute(text: str, variables: Mapping[str, Any], root: Mapping[str, Any], types: Mapping[str, set[str]]) -> Any:
    """The data that *text* asks for; members of *root* that are functions are called with the arguments.

    *types*: what each type implements.
    """
    document = parse(text)
    for name, kind in document.variables.items():
        if kind.endswith("!") and variables.get(name) is None:
            raise QueryError(f"Variable ${name} of type {kind} was provided invalid value")
    return _Run(document, variables, types).select(document.inner, root)


@dataclass(frozen=True)
class _Run:
    document: _Document
    variables: Mapping[str, Any]
    types: Mapping[str, set[str]]

    def select(self, inner: tuple[Field | Fragment, ...], source: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in inner:
            if isinstance(one, Field):
                found[one.label] = self._field(one, source)
                continue
            named = self.document.fragments[one.name] if one.name else one
            kind = str(source.get("__typename", ""))
            if named.condition in {kind, *self.types.get(kind, set())}:
                found |= self.select(named.inner, source)
        return found

    def _field(self, one: Field, source: Mapping[str, Any]) -> Any:
        if one.name not in source:
            kind = source.get("__typename", "Query")
            raise QueryError(f"Field '{one.name}' doesn't exist on type '{kind}'", "undefinedField")
        value = source[one.name]
        if callable(value):
            value = value({name: self._argument(argument) for name, argument in one.arguments.items()})
        return self._inside(one, value)

    def _inside(self, one: Field, value: Any) -> Any:
        if isinstance(value, list):
            return [self._inside(one, member) for member in value]
        if isinstance(value, Mapping) and not one.inner:
            raise QueryError(f"Field must have selections (field '{one.name}' returns an object)")
        return self.select(one.inner, value) if isinstance(value, Mapping) else value

    def _argument(self, value: Any) -> Any:
        if isinstance(value, _Variable):
            return self.variables.get(value.name)
        if isinstance(value, dict):
            return {name: self._argument(member) for name, member in value.items()}
        return value
