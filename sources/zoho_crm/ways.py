"""How the records of a module are read: the planner chooses by number of records and credits, tasks obey.

everything there is    one walk of the list, or slices of Created_Time, which no change ever moves
changes of a window    slices of Modified_Time, and the deleted records
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from lakeflow_sources import EPOCH, ConfigurationError, Page, Read, Slice, Window
from lakeflow_sources.http import Client, get

from .answers import attempt
from .bulk import bulk_pages
from .cuts import cut, reaches
from .deletes import deleted_pages
from .demand import BULK_PAGE, Demand, demand_of
from .listing import list_pages, row_pages
from .paths import path
from .people import SIMULTANEOUS
from .querying import query_pages
from .times import FOREVER, whole_second

__all__ = ["fetch", "slices"]

_FEW = 2_000  # records that are not worth to be cut
_PROBED = (20_000, 90_000)  # how far behind the beginning of a window it is looked for more
_SHORT = timedelta(minutes=10)
_LEADS = "Leads"


def slices(read: Read, client: Client) -> list[Slice]:
    """Slices of a module's table."""
    if not read.table.data.changes:
        return [Slice({"way": "rows"})]
    if read.window is None:
        return _everything(read, client, demand_of(read))
    window = Window(whole_second(read.window.start), whole_second(read.window.end))
    found = list(_changes(read, client, demand_of(read), window)) if window.start < window.end else []
    deletes = read.table.ingestion == "cdc_with_deletes" and read.settings.flag("deletes")
    return [*found, *([Slice({"way": "deleted"}, read.window)] if deletes else [])]


def fetch(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """The pages of one slice; where an API refuses a module or a column, the next one in line reads it."""
    way = piece["way"]
    if way == "deleted":
        yield from deleted_pages(read, piece, client)
    elif way == "rows":
        yield from row_pages(read, client)
    elif way == "bulk":
        yield from bulk_pages(read, piece, client)
    elif way == "query":
        yield from query_pages(read, piece, client)
    else:
        yield from list_pages(read, piece, client)


def _everything(read: Read, client: Client, demand: Demand) -> list[Slice]:
    total = _count(read, client) if read.table.data.queried else None
    if total is None:
        return [Slice({"way": "list"})]
    way = _way(read, demand, total, apart=True)
    if way != "list" and not _hides_converted(read, client, total):
        step = BULK_PAGE if way == "bulk" else max(_FEW, ceil(total / _most(read)))
        windows = cut(read, client, "Created_Time", Window(EPOCH, FOREVER), step)
        if windows is not None:
            calls = demand.calls(way, min(step, total))
            values = {"way": way, "why": demand.why(total), "by": "Created_Time"}
            return [Slice(values, window, calls) for window in windows]
    return [Slice({"way": "list", "why": demand.why(total)}, weight=demand.calls("list", total))]


def _changes(read: Read, client: Client, demand: Demand, window: Window) -> Iterator[Slice]:
    count = _estimate(read, client, window)
    way = _way(read, demand, count, apart=False)
    if way != "list" and _hides_converted(read, client, None):
        way = "list"
    windows = None
    if way != "list" or count > _FEW:
        step = BULK_PAGE if way == "bulk" else max(_FEW, ceil(count / _most(read)))
        windows = cut(read, client, "Modified_Time", window, step)
    if windows is None:
        windows, way = [window], "list"
    calls = demand.calls(way, ceil(count / len(windows)))
    for part in windows:
        yield Slice({"way": way, "why": demand.why(count), "by": "Modified_Time"}, part, calls)


def _way(read: Read, demand: Demand, count: int, *, apart: bool) -> str:
    """What the user wants, or the cheapest."""
    wanted = read.settings.get("read_by") or "auto"
    if wanted == "bulk" and not demand.fits_bulk:
        others = ", ".join((*(one.name for one in demand.nested), *demand.unqueried))
        raise ConfigurationError(
            f"zoho_crm: read_by=bulk cannot read these columns of {read.table.name}: {others}",
            "name other ones by `columns`, or leave read_by out",
        )
    if wanted != "auto" and read.table.data.queried:
        return wanted
    return demand.way(count, apart=apart) if count > _FEW else "list"


def _estimate(read: Read, client: Client, window: Window) -> int:
    """About how many records a window holds; a short one is not worth a credit to find out."""
    short = window.end - window.start <= _SHORT or not read.table.data.queried
    if short or not reaches(read, client, "Modified_Time", window, _FEW):
        return _FEW
    for most in _PROBED:
        if not reaches(read, client, "Modified_Time", window, most):
            return most
    return _count(read, client) or BULK_PAGE


def _count(read: Read, client: Client, converted: str = "both") -> int | None:
    """How many records there are; `None` where the module does not tell."""
    request = get(path(read.settings, read.table.data.name, "actions", "count"))
    if read.table.data.name == _LEADS:
        request = request.with_params(converted=converted)
    response, fault = attempt(read.settings, client, request)
    if fault is not None:
        client.note(f"{read.table.name} is read as a list, because it cannot be counted: {fault.code} {fault.message}")
        return None
    return int(response.json()["count"])


def _hides_converted(read: Read, client: Client, total: int | None) -> bool:
    """Whether there are converted leads: only lists are documented to show them."""
    if read.table.data.name != _LEADS:
        return False
    every = _count(read, client) if total is None else total
    if every == _count(read, client, "false"):
        return False
    client.note("Leads are read as a list: some are converted, and no other API is documented to show these")
    return True


def _most(read: Read) -> int:
    """Slices that may be read at the same time: the edition's limit counts all calls of the account together."""
    tasks = (read.settings.integer("parallelism") or 1) * (read.settings.integer("concurrency") or 1)
    return max(1, min(tasks, SIMULTANEOUS[read.settings.get("edition") or "standard"]))
