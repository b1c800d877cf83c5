"""COQL, the vendor's query language."""

from __future__ import annotations

from collections.abc import Iterable

from lakeflow_sources import EPOCH, Settings, Window
from lakeflow_sources.http import Request, post

from .paths import path
from .times import FOREVER, stamp

__all__ = ["columns", "query", "where"]

_RESERVED = frozenset(
    (
        "all and any as asc between by case count create delete desc distinct drop else end exists external false from "
        "full function group having in index inner insert into is join key left like limit max min not null offset on "
        "option or order outer primary right rows select set sum system table then to true union unique update user "
        "using value values view when where with avg interval date time timestamp"
    ).split()
)


def query(settings: Settings, text: str) -> Request:
    """The call of a query."""
    return post(path(settings, "coql"), select_query=text)


def columns(names: Iterable[str]) -> str:
    """A list of columns; those named like words of the language are quoted."""
    return ", ".join(f"'{name}'" if name.lower() in _RESERVED else name for name in dict.fromkeys(names))


def where(field: str, window: Window, *others: str) -> str:
    """Criteria for a window, nested in pairs as the language wants it; a query without any is refused."""
    criteria = list(others)
    if window.end < FOREVER:
        criteria.insert(0, f"{field} < '{stamp(window.end)}'")
    if window.start > EPOCH:
        criteria.insert(0, f"{field} >= '{stamp(window.start)}'")
    text = criteria[0] if criteria else "id is not null"
    for one in criteria[1:]:
        text = f"({text}) and {one}"
    return text
