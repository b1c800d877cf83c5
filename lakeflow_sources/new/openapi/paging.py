"""How a list pages and which times it can be asked by, guessed from the names of parameters and members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lakeflow_sources.new.draft import ColumnDraft, CursorDraft
from lakeflow_sources.new.openapi.document import Document, Operation

__all__ = ["cursor_of", "paging_of"]

_TOKENS = ("cursor", "pagetoken", "after", "nexttoken", "continuationtoken", "startcursor", "bookmark", "pageafter")
_KEYS = ("startingafter", "afterid", "sinceid", "idafter")
_PAGES = ("page", "pagenumber", "pageno", "pagenum")
_OFFSETS = ("offset", "skip", "start", "startindex", "startat")
_SIZES = (
    "perpage",
    "pagesize",
    "limit",
    "maxresults",
    "top",
    "maxcount",
    "count",
    "size",
    "pagelimit",
    "resultsperpage",
)
_STARTS = (
    "updatedsince", "updatedafter", "updatedfrom", "modifiedsince", "modifiedafter", "updatedatmin", "since",
    "changedsince", "lastmodifiedsince", "updatedatgte", "starttime", "createdsince", "createdafter", "from",
)  # fmt: skip
_ENDS = (
    "updatedbefore", "updateduntil", "updatedto", "modifiedbefore", "updatedatmax", "until", "before", "changedbefore",
    "lastmodifiedbefore", "updatedatlt", "endtime", "createdbefore", "to",
)  # fmt: skip
_CHANGED = (
    "updatedat",
    "updated",
    "modifiedat",
    "lastmodified",
    "lastmodifieddate",
    "modified",
    "updatedon",
    "changedat",
)
_USUAL_SIZE = 100
_DEPTH = 3


def paging_of(document: Document, operation: Operation, at: str) -> tuple[dict[str, Any], list[str]]:
    """The keys of a declaration's paging, and notes on what the document does not say."""
    query = operation.named("query")
    size, notes = _size(query)
    found, note = _way(document, operation, at)
    if note:
        notes.append(note)
    if not found:
        return {}, [*notes, "No paging could be seen: one answer is taken for the whole table."]
    if "size" not in size:
        size["size"] = _USUAL_SIZE
        notes.append(f"How many records a page has at most is not known: {_USUAL_SIZE} is a guess.")
    return {**found, **size}, notes


def _way(document: Document, operation: Operation, at: str) -> tuple[dict[str, Any], str]:
    query = operation.named("query")
    members = dict(_members(document, operation.schema, "", _DEPTH)) if at else {}
    token, key = _named(query, _TOKENS), _named(query, _KEYS)
    page, offset = _named(query, _PAGES), _named(query, _OFFSETS)
    field = next((path for path in members if _is_token(path)), "")
    link = next((path for path in members if _is_link(path, members[path])), "")
    if token and field:
        return {"type": "token", "field": field, "param": token}, ""
    if link:
        return {"type": "next_url", "field": link}, ""
    if "link" in operation.headers:
        return {"type": "link_header"}, ""
    if key:
        return {"type": "keyset", "key": "id", "param": key}, f"{key} is taken to follow the id of the last record."
    if page:
        return {"type": "page", "param": page, **_first(query[page])}, ""
    if offset:
        return {"type": "offset", "param": offset}, ""
    note = f"{token} looks like a token, but where answers have the next one is not known." if token else ""
    return {}, note


def _size(query: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    name = _named(query, _SIZES)
    if not name:
        return {}, []
    schema = query[name]["schema"]
    most = schema.get("maximum")
    if isinstance(most, int) and most > 0:
        return {"size_param": name, "size": most}, []
    usual = schema.get("default")
    if isinstance(usual, int) and usual > 0:
        return {"size_param": name, "size": usual}, [f"{name} may allow more than its default of {usual}."]
    return {"size_param": name}, []


def _first(parameter: Mapping[str, Any]) -> dict[str, int]:
    """Pages that are counted from 0."""
    schema = parameter["schema"]
    return {"first": 0} if schema.get("default", schema.get("minimum")) == 0 else {}


def cursor_of(operation: Operation, columns: Iterable[ColumnDraft]) -> tuple[CursorDraft | None, list[str]]:
    """The column that increments follow, where calls can ask by it; and notes."""
    times = {_plain(one.name): one.name for one in columns if one.type == "timestamp"}
    field = next((times[name] for name in _CHANGED if name in times), "")
    if not field:
        return None, []
    query = {name: one for name, one in operation.named("query").items() if _is_time(one)}
    start, end = _named(query, _STARTS), _named(query, _ENDS)
    if not start:
        return None, [
            f"{field} tells of changes, but no parameter asks by it: with a cursor, rows are dropped after reading."
        ]
    note = f"{start} is taken to mean {field}, with the start of a window in it"
    return CursorDraft(field, start, end), [f"{note} and the end ({end}) not." if end else f"{note}."]


def _is_time(parameter: Mapping[str, Any]) -> bool:
    """Not a number, and not a day: what is asked by them is known to nobody."""
    schema = parameter["schema"]
    return schema.get("type", "string") == "string" and schema.get("format") in (None, "date-time")


def _members(
    document: Document, schema: Mapping[str, Any], above: str, depth: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Members of an answer that are single values, by their paths."""
    for name, part in (schema.get("properties") or {}).items():
        found = document.resolved(part)
        if "." in str(name) or found.get("type") == "array":
            continue
        if found.get("properties") and depth > 1:
            yield from _members(document, found, f"{above}{name}.", depth - 1)
        elif not found.get("properties"):
            yield f"{above}{name}", found


def _is_token(path: str) -> bool:
    whole, last = _plain(path), _plain(path.rpartition(".")[2])
    return whole.endswith("nextafter") or last in (
        "nextcursor", "nextpagetoken", "nexttoken", "aftercursor", "endcursor", "nextpagecursor", "continuationtoken",
    )  # fmt: skip


def _is_link(path: str, schema: Mapping[str, Any]) -> bool:
    whole, last = _plain(path), _plain(path.rpartition(".")[2])
    known = whole.endswith(("nexthref", "nexturl", "nextlink", "nextpageurl")) or (
        last in ("next", "nextpage") and schema.get("type", "string") in ("string", ["string", "null"])
    )
    return known and "prev" not in whole


def _named(query: Mapping[str, Any], names: Iterable[str]) -> str:
    plain = {_plain(name): name for name in query}
    return next((plain[name] for name in names if name in plain), "")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
