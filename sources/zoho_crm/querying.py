"""Records by COQL, by ascending id: each page is a query of its own for the ids behind the last one seen.

No position that could shift when records change, no cap to meet, and up to 500 columns in 2,000 rows of a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import EPOCH, Page, Read, Slice, VendorError, Window
from lakeflow_sources.http import Client, Request

from .answers import Row, attempt, behind, goes_on, rows, send
from .completing import Completion, is_exact, shaped
from .coql import Order, select, where
from .demand import QUERIED, demand_of
from .faults import details
from .listing import list_pages
from .people import names_of_users, with_users
from .times import FOREVER

__all__ = ["query_ids", "query_pages"]

_PAGE = 2_000


@dataclass
class _Course:
    """Where the queries stand: the columns that they still ask for, and the last id."""

    names: list[str]
    last: str = "0"


def query_pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The records of a slice; a column that COQL does not know is fetched by record id."""
    demand = demand_of(read)
    users = names_of_users(read.settings, client) if demand.users else {}
    course = _Course([name for name in demand.queried if users is not None or name not in demand.users])
    completion, going = Completion(read, client), True
    while going:
        page = _page(read, piece, client, course)
        if page is None:
            yield from list_pages(read, piece, client)
            return
        found, course.last, going = page
        kept = [with_users(one, demand.users, users) if users else one for one in found]
        carried = set(course.names)
        missing = [one.source for one in demand.plain if one.source not in carried]
        yield Page(records=[shaped(read, one) for one in completion.complete(kept, missing)])


def query_ids(read: Read, client: Client, module: str) -> Iterator[list[str]]:
    """All record ids of *module*, a page at a time; raises what COQL says where it does not know the module."""
    last, going = "0", True
    while going:
        response = send(
            read.settings, client, select(read.settings, ("id",), module, f"id > {last}", Order(limit=_PAGE))
        )
        found = rows(response)
        going = goes_on(module, response, found)
        yield [str(one["id"]) for one in found]
        last = behind(module, last, found)


def _page(read: Read, piece: Slice, client: Client, course: _Course) -> tuple[list[Row], str, bool] | None:
    """The rows behind the last id, the new last id, and whether there are more; `None` where COQL knows no module."""
    while True:
        parts = _parts(course.names)
        response, fault = attempt(read.settings, client, _query(read, piece, parts[0], course.last))
        if fault is None:
            break
        code, told = details(response)
        column = str(told.get("column_name") or "")
        if code == "INVALID_QUERY" and column in course.names:
            client.note(f"{read.table.name}.{column} is fetched by record id, because COQL does not know it")
            course.names.remove(column)
        elif course.last == "0" and piece["by"] != "Created_Time":
            client.note(f"{read.table.name} is read as a list: COQL said {fault.code} {fault.message}")
            return None
        else:
            raise VendorError(
                f"COQL refused to read {read.table.name}: {fault.code} {fault.message}",
                fault.remedy or "read again; if it stays, choose other columns",
            )
    answer = list(rows(response, exact=is_exact(read)))
    last, going = behind(read.table.name, course.last, answer), goes_on(read.table.name, response, answer)
    found = answer
    for part in parts[1:]:
        found = _joined(read, piece, client, found, (part, course.last))
    return found, last, going  # even where all of these rows have left the slice meanwhile


def _parts(names: Sequence[str]) -> list[Sequence[str]]:
    """*names* in parts that one query can ask for, beside the id."""
    return [names[start : start + QUERIED - 1] for start in range(0, len(names), QUERIED - 1)] or [()]


def _query(read: Read, piece: Slice, names: Sequence[str], last: str) -> Request:
    criteria = where(piece["by"] or "Modified_Time", piece.window or Window(EPOCH, FOREVER), f"id > {last}")
    size = min(read.settings.integer("page_size") or _PAGE, _PAGE)
    return select(read.settings, ("id", *names), read.table.data.name, criteria, Order(limit=size))


def _joined(read: Read, piece: Slice, client: Client, found: list[Row], what: tuple[Sequence[str], str]) -> list[Row]:
    """Further columns of the same records; those that have left the slice meanwhile are left out."""
    names, after = what
    others: dict[str, Mapping[str, Any]] = {}
    end = int(found[-1]["id"]) if found else 0
    while found and int(after) < end:
        answer = rows(send(read.settings, client, _query(read, piece, names, after)), exact=is_exact(read))
        others |= {str(one["id"]): one for one in answer}
        if not answer:
            break
        after = behind(read.table.name, after, answer)
    return [{**one, **others[str(one["id"])]} for one in found if str(one["id"]) in others]
