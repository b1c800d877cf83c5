"""What hangs on records: notes, attachments, contact roles of deals, members of campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lakeflow_sources import Cursor, Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, Request, get, paging

from .answers import GONE, Row, attempt, rows, unless
from .columns import REGARDING, USER
from .metadata import Module, modules_of
from .paths import path
from .querying import query_ids
from .times import LATE, moment_of
from .ways import fetch, slices

__all__ = ["TABLES"]

_PAGE = 200
_OVERLAP = 300.0
_EACH = 50  # parents that a slice of its own is worth


@dataclass(frozen=True, slots=True)
class _List:
    """A related list: *name* of each record of *parent*."""

    parent: str
    name: str


_AUDIT = (
    f"Owner {USER} -> Owner",
    f"Created_By {USER} -> Created_By",
    f"Modified_By {USER} -> Modified_By",
    "Created_Time timestamp -> Created_Time",
    "Modified_Time timestamp -> Modified_Time",
)

NOTES = Table(
    name="Notes",
    columns=fields(
        "id",
        "Note_Title -> Note_Title",
        "Note_Content -> Note_Content",
        f"Parent_Id {REGARDING} -> Parent_Id",
        *_AUDIT,
    ),
    primary_key=("id",),
    cursor=Cursor("Modified_Time", lag=60.0, lookback=_OVERLAP),
    ingestion="cdc",
    slices=slices,
    fetch=fetch,
    category="crm",
    description="Notes on records; the API does not tell of deleted ones.",
    data=Module("Notes"),
)

_FILE = fields(
    "id",
    "File_Name -> File_Name",
    "Size long -> Size",
    f"Parent_Id {REGARDING} -> Parent_Id",
    *_AUDIT,
)


def _attachment_slices(read: Read, client: Client) -> list[Slice]:
    """The list of all attachments; where the account has none such, every record is asked for its own."""
    request = get(path(read.settings, "Attachments"), fields="File_Name", per_page=1)
    _, fault = attempt(read.settings, client, request)
    if fault is None:
        return [Slice({"way": "list"}, read.window)]
    names = read.settings.names("modules") or [one.name for one in modules_of(read.settings, client) if one.changes]
    client.note(f"Attachments are read record by record ({fault.code}): name the modules to look at in `modules`")
    return [Slice({"way": "parents", "module": name}, read.window) for name in names if Module(name).queried]


def _attachments(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    if piece["way"] == "list":
        yield from fetch(read, piece, client)
        return
    source = _List(piece["module"], "Attachments")
    names = [one.source for one in read.known if one.name != "id"]
    for some in query_ids(read, client, source.parent):
        for parent in some:
            found = _related(read, client, source, (parent, names))
            yield Page(records=[_of_module(one, source.parent) for one in found if _inside(piece, one)])


def _of_module(row: Row, module: str) -> Row:
    """The parent with its module, which the list of a single parent leaves out."""
    parent = row.get("Parent_Id")
    if isinstance(parent, dict) and not parent.get("module"):
        row["Parent_Id"] = {**parent, "module": {"api_name": module}}
    return row


def _inside(piece: Slice, row: Row) -> bool:
    return piece.window is None or piece.window.start <= moment_of(row.get("Modified_Time")) < piece.window.end


ATTACHMENTS = Table(
    name="Attachments",
    columns=_FILE,
    primary_key=("id",),
    cursor=Cursor("Modified_Time", lag=LATE),
    ingestion="append",
    slices=_attachment_slices,
    fetch=_attachments,
    category="crm",
    description="Names and sizes of attached files, not their contents.",
    data=Module("Attachments"),
)


def _related(read: Read, client: Client, source: _List, what: tuple[str, list[str]]) -> Iterator[Row]:
    """The rows of one parent; none when it was deleted meanwhile."""
    parent, names = what
    place = path(read.settings, source.parent, parent, source.name)
    request: Request | None = get(place, fields=",".join(names), page=1, per_page=_PAGE)
    follow = paging.page_number(size=_PAGE, more="info.more_records")
    while request is not None:
        response = unless(read.settings, client, request, GONE)
        if response is None:
            return
        yield from rows(response)
        request = follow(request, response)


def _shares(read: Read, client: Client) -> list[Slice]:
    """Every n-th parent each: a call a parent is too much for one after the other."""
    source: _List = read.table.data
    response, fault = attempt(read.settings, client, get(path(read.settings, source.parent, "actions", "count")))
    total = 0 if fault is not None else int(response.json()["count"])
    tasks = (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)
    count = max(1, min(tasks, total // _EACH))
    return [Slice({"share": number, "of": count}, weight=max(1.0, total / count)) for number in range(count)]


def _pairs(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    source: _List = read.table.data
    names = [one.source for one in read.known if one.name not in ("id", "parent_id")]
    place = 0
    for some in query_ids(read, client, source.parent):
        for parent in some:
            if place % piece["of"] == piece["share"]:
                found = _related(read, client, source, (parent, names))
                yield Page(records=[{**one, "parent_id": parent} for one in found])
            place += 1


def _pair_table(parent: str, name: str, *columns: str) -> Table:
    return Table(
        name=f"{parent}_{name}",
        columns=fields("parent_id", "id", *columns),
        primary_key=("parent_id", "id"),
        slices=_shares,
        fetch=_pairs,
        category="links",
        description=f"{name.replace('_', ' ')} of each of the {parent.lower()}: one call for each of these.",
        data=_List(parent, name),
    )


TABLES: tuple[Table, ...] = (
    NOTES,
    ATTACHMENTS,
    _pair_table("Deals", "Contact_Roles", "Contact_Role struct<id:string,name:string> -> Contact_Role"),
    _pair_table("Campaigns", "Leads", "Member_Status -> Member_Status"),
    _pair_table("Campaigns", "Contacts", "Member_Status -> Member_Status"),
)
