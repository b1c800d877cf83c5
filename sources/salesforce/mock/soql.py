"""The part of SOQL that programs which copy data need, parsed into a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .refusals import Refused, bad_query

__all__ = ["Condition", "Query", "parse"]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<op><=|>=|!=|<>|=|<|>)|(?P<mark>[(),])|(?P<word>[\w.:+-]+))",
)
_ESCAPE = re.compile(r"\\(.)")
_LONGEST = 100_000
_LONGEST_LITERAL = 4_000


@dataclass(frozen=True, slots=True)
class Condition:
    """*path* compared with *value*, a text in quotes, a bare word, or a tuple of them for IN."""

    path: str
    operator: str
    value: Any
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT; *paths* is empty for `COUNT()`."""

    text: str
    object: str
    paths: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    """Paths with whether they descend."""
    limit: int | None = None
    count: bool = False


class _Tokens:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found = self._split(text)
        self.place = 0

    def _split(self, text: str) -> Sequence[tuple[str, str]]:
        tokens, place = [], 0
        while place < len(text.rstrip()):
            match = _TOKEN.match(text, place)
            if match is None:
                raise bad_query(text, f"unexpected token: {text[place : place + 1]!r}")
            tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            place = match.end()
        return tokens

    def peek(self) -> tuple[str, str]:
        return self.found[self.place] if self.place < len(self.found) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.place += 1
        return token

    def is_word(self, word: str) -> bool:
        kind, text = self.peek()
        return kind == "word" and text.upper() == word

    def skip(self, text: str) -> bool:
        if self.peek()[1].upper() == text:
            self.place += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.skip(text):
            raise self.wrong()

    def word(self) -> str:
        kind, text = self.take()
        if kind != "word":
            raise self.wrong(text)
        return text

    def wrong(self, text: str = "") -> Refused:
        return bad_query(self.text, f"unexpected token: '{text or self.peek()[1] or '<EOF>'}'")


def parse(text: str) -> Query:
    """The query in *text*; raises `Refused` for what is none."""
    if len(text) > _LONGEST:
        raise bad_query(text, f"SOQL statements cannot be longer than {_LONGEST} characters")
    tokens = _Tokens(text)
    tokens.need("SELECT")
    count, paths = _selected(tokens)
    tokens.need("FROM")
    name = tokens.word()
    conditions = _conditions(tokens) if tokens.skip("WHERE") else ()
    order = _order(tokens) if tokens.skip("ORDER") else ()
    limit = int(tokens.word()) if tokens.skip("LIMIT") else None
    if tokens.peek()[0] != "end":
        raise tokens.wrong()
    return Query(text, name, paths, conditions, order, limit, count)


def _selected(tokens: _Tokens) -> tuple[bool, tuple[str, ...]]:
    first = tokens.word()
    if first.upper() == "COUNT" and tokens.skip("("):
        tokens.need(")")
        return True, ()
    paths = [first]
    while tokens.skip(","):
        paths.append(tokens.word())
    if len({path.lower() for path in paths}) < len(paths):
        raise bad_query(tokens.text, "duplicate field selected")
    return False, tuple(paths)


def _conditions(tokens: _Tokens) -> tuple[Condition, ...]:
    found = [_condition(tokens)]
    while tokens.skip("AND"):
        found.append(_condition(tokens))
    return tuple(found)


def _condition(tokens: _Tokens) -> Condition:
    path = tokens.word()
    if tokens.skip("IN"):
        tokens.need("(")
        values = [_literal(tokens)]
        while tokens.skip(","):
            values.append(_literal(tokens))
        tokens.need(")")
        return Condition(path, "IN", tuple(value for value, _ in values), quoted=values[0][1])
    kind, operator = tokens.take()
    if kind != "op":
        raise tokens.wrong(operator)
    value, quoted = _literal(tokens)
    return Condition(path, "!=" if operator == "<>" else operator, value, quoted)


def _literal(tokens: _Tokens) -> tuple[str, bool]:
    kind, text = tokens.take()
    if kind == "text":
        if len(text) > _LONGEST_LITERAL:
            raise bad_query(tokens.text, f"string literals cannot be longer than {_LONGEST_LITERAL} characters")
        return _ESCAPE.sub(r"\1", text[1:-1]), True
    if kind != "word":
        raise tokens.wrong(text)
    return text, False


def _order(tokens: _Tokens) -> tuple[tuple[str, bool], ...]:
    tokens.need("BY")
    found = []
    while True:
        path = tokens.word()
        down = tokens.skip("DESC")
        if not down:
            tokens.skip("ASC")
        found.append((path, down))
        if not tokens.skip(","):
            return tuple(found)
