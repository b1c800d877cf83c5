"""A draft as a connector in Python: plain functions and values, in which texts of the draft are literals only."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lakeflow_sources.deploy.template import Word, render_python
from lakeflow_sources.new.draft import Draft, TableDraft
from lakeflow_sources.new.yaml_text import column_line

__all__ = ["connector_text"]

_BRACES = re.compile(r"(\{\{ options\.\w+ \}\}|\{\w+\})")


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    text: str
    secret: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a path or parameter: a `text`, or the name of an `option`, or of a value of the `slice`."""

    kind: Word
    text: str


@dataclass(frozen=True, slots=True)
class _Param:
    name: str
    value: _Piece


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as its template shows it; *function* makes its request, *kind* is how it pages."""

    name: str
    function: Word
    constant: Word
    description: str
    path: tuple[_Piece, ...]
    parent: Word | None
    parent_name: str
    parent_path: str
    columns: tuple[str, ...]
    at: str
    primary_key: tuple[str, ...]
    cursor: str
    start_param: str
    end_param: str
    ingestion: str
    kind: Word
    param: str
    token: str
    size: int
    size_param: str
    first: int
    rel: str
    params: tuple[_Param, ...]
    streams: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    kind: Word
    token_url: str
    header: str
    query: str
    scope: str


@dataclass(frozen=True, slots=True)
class _Context:
    name: str
    title: str
    base_url: str
    auth: Word
    sign: _Sign
    options: tuple[_Option, ...]
    credentials: tuple[str, ...]
    tables: tuple[_Table, ...]
    kinds: tuple[Word, ...]
    imports: tuple[Word, ...]
    uses_windows: bool
    uses_parents: bool
    uses_values: bool


_AUTH = {
    "none": "NoAuth",
    "bearer": "Bearer",
    "basic": "Basic",
    "api_key": "ApiKey",
    "client_credentials": "ClientCredentials",
}
_OPTIONS = {
    "none": (),
    "bearer": (("access_token", "Token of the API.", True),),
    "basic": (("username", "User to sign in as.", False), ("password", "Password of the user.", True)),
    "api_key": (("api_token", "Key of the API.", True),),
    "client_credentials": (("client_id", "OAuth client.", False), ("client_secret", "Secret of the client.", True)),
}


def connector_text(draft: Draft) -> str:
    """The text of `connector.py`."""
    kind = draft.auth.get("type", "none")
    own = tuple(_Option(name, text, secret=False) for name, text in draft.options.items())
    options = tuple(_Option(*one) for one in _OPTIONS[kind])
    by_name = {table.name: _word(table.name) for table in draft.tables}
    tables = tuple(_table(table, by_name) for table in draft.tables)
    kinds = {table.kind for table in tables}
    context = _Context(
        name=draft.name,
        title=draft.title,
        base_url=draft.base_url,
        auth=Word(_AUTH[kind]),
        sign=_Sign(
            Word(kind),
            urljoin(draft.base_url, draft.auth.get("token_url", "")),
            draft.auth.get("header", ""),
            draft.auth.get("query", ""),
            draft.auth.get("scope", ""),
        ),
        options=(*options, *own),
        credentials=tuple(one.name for one in options),
        tables=tables,
        kinds=tuple(Word(one) for one in sorted(kinds)),
        imports=tuple(Word(one) for one in sorted({"Auth", "Request", "Response", _AUTH[kind]})),
        uses_windows=any(table.streams for table in tables),
        uses_parents=any(table.parent for table in tables),
        uses_values=any(piece.kind != "text" for table in tables for piece in table.path),
    )
    return render_python("new/connector.py.j2", {"it": context})


def _table(table: TableDraft, words: dict[str, Word]) -> _Table:
    cursor, parent, paging = table.cursor, table.parent, table.paging
    kind = paging.get("type", "none")
    return _Table(
        name=table.name,
        function=words[table.name],
        constant=Word(words[table.name].upper()),
        description=table.description or f"Rows of {table.name}.",
        path=tuple(_pieces(table.path)),
        parent=Word(words[parent.table].upper()) if parent else None,
        parent_name=parent.name if parent else "",
        parent_path=parent.path if parent else "",
        columns=tuple(column_line(one) for one in table.columns),
        at=table.at,
        primary_key=table.primary_key,
        cursor=cursor.field if cursor else "",
        start_param=cursor.start_param if cursor else "",
        end_param=cursor.end_param if cursor else "",
        ingestion=table.ingestion,
        kind=Word(kind if kind != "next_url" else "link"),
        param=paging.get("param", kind if kind in ("page", "offset") else ""),
        token=paging.get("field", "") or paging.get("key", ""),
        size=paging.get("size", 0),
        size_param=paging.get("size_param", ""),
        first=paging.get("first", 1) if kind == "page" else 0,
        rel=paging.get("rel", "next"),
        params=tuple(_Param(name, next(_pieces(str(value)))) for name, value in table.params.items()),
        streams=cursor is not None,
    )


def _pieces(text: str) -> Iterator[_Piece]:
    for part in _BRACES.split(text):
        if part.startswith("{{"):
            yield _Piece(Word("option"), part[len("{{ options.") : -len(" }}")])
        elif part.startswith("{"):
            yield _Piece(Word("slice"), part[1:-1])
        elif part:
            yield _Piece(Word("text"), part)


def _word(name: str) -> Word:
    """A function's name for a table."""
    text = re.sub(r"\W", "_", name).lower().strip("_") or "table"
    taken = keyword.iskeyword(text) or text in _TAKEN or text[0].isdigit()
    return Word(f"table_{text}" if taken else text)


_TAKEN = frozenset(
    {"auth", "get", "paging", "fields", "size", "within", "parents", "connector", "records", "iso", "at"}
)
