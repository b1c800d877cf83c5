"""COQL, the vendor's query language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lakeflow_sources import EPOCH, Settings, Window
from lakeflow_sources.http import Request, post

from .paths import path
from .times import FOREVER, stamp

__all__ = ["Order", "select", "where"]

_RESERVED = frozenset(
    {
        "all", "and", "any", "as", "asc", "avg", "between", "by", "case", "count", "create", "date", "delete", "desc",
        "distinct", "drop", "else", "end", "exists", "external", "false", "from", "full", "function", "group", "having",
        "in", "index", "inner", "insert", "interval", "into", "is", "join", "key", "left", "like", "limit", "max",
        "min", "not", "null", "offset", "on", "option", "or", "order", "outer", "primary", "right", "rows", "select",
        "set", "sum", "system", "table", "then", "time", "timestamp", "to", "true", "union", "unique", "update", "user",
        "using", "value", "values", "view", "when", "where", "with",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """By what rows are sorted, and which of them are wanted."""

    by: str = "id"
    limit: int = 2_000
    offset: int = 0


def select(settings: Settings, names: Iterable[str], module: str, criteria: str, order: Order = Order()) -> Request:
    """The call of a query; all names in it come from the account's own metadata."""
    by = f"{order.by} asc" if order.by == "id" else f"{order.by} asc, id asc"
    text = f"select {_columns(names)} from {module} where {criteria} order by {by} limit {order.limit}"  # noqa: S608 (no SQL database, no text of users)
    return post(path(settings, "coql"), select_query=f"{text} offset {order.offset}" if order.offset else text)


def _columns(names: Iterable[str]) -> str:
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
