"""COQL as a syntax tree: the part of the language that reads rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .refusals import Refused, bad

__all__ = ["Both", "Condition", "Query", "Where", "parse"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<word>(?:[\w.$#-]|->)+)|(?P<sign><=|>=|!=|[<>=(),]))"""
)
_RESERVED = {"external", "order", "group", "where", "from", "select", "limit", "and", "or", "in", "by", "desc", "asc"}
_SIGNS = {"=", "!=", ">", "<", ">=", "<="}
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; *values* are texts as they stand in the query."""

    name: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Both:
    """Two criteria joined by *word*: `and`, `or`."""

    word: str
    left: Where
    right: Where


Where = Condition | Both


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    columns: tuple[str, ...]
    module: str
    where: Where
    order: tuple[tuple[str, bool], ...]
    limit: int
    offset: int


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        text = text.strip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise syntax(text[place : place + 20])
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind]))
            place = match.end()
        self.place = 0

    def peek(self) -> str:
        """The next token in lower case, empty at the end."""
        return self.tokens[self.place][1].lower() if self.place < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        """The next token, which must be one of *expected* where some are."""
        if self.place >= len(self.tokens) or (expected and self.peek() not in expected):
            raise syntax(self.peek() or "the end")
        self.place += 1
        return self.tokens[self.place - 1][1]

    def name(self) -> str:
        """A column; a reserved word has to be quoted."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        self.take()
        if kind == "text":
            return text[1:-1]
        if kind != "word" or text.lower() in _RESERVED:
            raise syntax(text)
        return text

    def value(self) -> str:
        """A value, with or without quotes."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        self.take()
        if kind == "sign":
            raise syntax(text)
        return text[1:-1].replace("''", "'") if kind == "text" else text

    def number(self) -> int:
        """A whole number."""
        text = self.take()
        if not text.isdigit():
            raise syntax(text)
        return int(text)


def syntax(near: str) -> Refused:
    """The error of a query that cannot be read."""
    return bad("SYNTAX_ERROR", "error occurred while parsing the query", near=near)


def parse(text: str) -> Query:
    """The query that *text* is; raises `Refused`."""
    reader = _Reader(text)
    reader.take("select")
    columns = [reader.name()]
    while reader.peek() == ",":
        reader.take()
        columns.append(reader.name())
    reader.take("from")
    module = reader.name()
    if reader.peek() != "where":
        raise bad("SYNTAX_ERROR", "missing clause", clause="where")
    reader.take("where")
    where = _criteria(reader)
    order: list[tuple[str, bool]] = []
    if reader.peek() == "order":
        order = _order(reader)
    limit, offset = 200, 0
    if reader.peek() == "limit":
        reader.take()
        limit = reader.number()
        if reader.peek() == "offset":
            reader.take()
            offset = reader.number()
    if reader.peek():
        raise syntax(reader.peek())
    return Query(tuple(columns), module, where, tuple(order), limit, offset)


def _order(reader: _Reader) -> list[tuple[str, bool]]:
    reader.take("order")
    reader.take("by")
    order: list[tuple[str, bool]] = []
    while True:
        name = reader.name()
        order.append((name, reader.peek() == "desc"))
        if reader.peek() in {"asc", "desc"}:
            reader.take()
        if reader.peek() != ",":
            return order
        reader.take()


def _criteria(reader: _Reader) -> Where:
    """One criterion, or a pair of them: more have to be nested."""
    left = _criterion(reader)
    if reader.peek() not in {"and", "or"}:
        return left
    word = reader.take().lower()
    found = Both(word, left, _criterion(reader))
    if reader.peek() in {"and", "or"}:
        raise bad("SYNTAX_ERROR", "criteria have to be nested in pairs", near=reader.peek())
    return found


def _criterion(reader: _Reader) -> Where:
    if reader.peek() == "(":
        reader.take()
        inner = _criteria(reader)
        reader.take(")")
        return inner
    name = reader.name()
    word = reader.take().lower()
    if word in _SIGNS:
        return Condition(name, word, (reader.value(),))
    if word == "is":
        negated = reader.peek() == "not"
        if negated:
            reader.take()
        reader.take("null")
        return Condition(name, "is not null" if negated else "is null")
    if word == "between":
        low = reader.value()
        reader.take("and")
        return Condition(name, "between", (low, reader.value()))
    if word != "in":
        raise syntax(word)
    reader.take("(")
    values = [reader.value()]
    while reader.peek() == ",":
        reader.take()
        values.append(reader.value())
    reader.take(")")
    return Condition(name, "in", tuple(values))
