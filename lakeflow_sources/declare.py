"""The values a connector is made of: nothing to inherit, only fields and functions.

Connector ─┬─ Option       what users may set
           ├─ Rate         budgets of the vendor
           ├─ auth         settings -> Auth
           └─ tables ──┬── Column    name, type, where it lies in a record
                       ├── Cursor    the column that increments follow
                       └── slices, request, paging: functions over `Read` and `Slice`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from lakeflow_sources.http.pacing import Rate
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeflow_sources.http.auth import Auth
    from lakeflow_sources.http.client import Client
    from lakeflow_sources.http.faults import Fault
    from lakeflow_sources.http.quota import Quota
    from lakeflow_sources.options import Settings

__all__ = [
    "EPOCH",
    "Column",
    "Connector",
    "Cursor",
    "Ingestion",
    "Option",
    "Page",
    "Read",
    "Slice",
    "Table",
    "Window",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Ingestion = Literal["snapshot", "append", "cdc", "cdc_with_deletes"]


@dataclass(frozen=True, slots=True)
class Option:
    """An option beyond those that every connector has.

    A *secret* option's name must match what Spark redacts (see `redact.SECRET_NAME`).
    """

    name: str
    description: str
    default: str | None = None
    secret: bool = False
    kind: Literal["text", "integer", "number", "boolean"] = "text"
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column.

    *type*: `string boolean int long double decimal(p,s) date timestamp json array<T> struct<a:T,...>`.
    *path*: dotted way into the record, default the name; `@name` takes a value of the slice.
    *format* of a time: `iso`, `millis` or `seconds` since 1970.
    """

    name: str
    type: str = "string"
    path: str = ""
    format: Literal["iso", "millis", "seconds"] = "iso"
    comment: str = ""

    @property
    def source(self) -> str:
        """Where the value lies in a record."""
        return self.path or self.name


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time, UTC: *start* belongs to it, *end* does not."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """The column that increments follow.

    *lag*: seconds before now that the vendor may still fill in; no window reaches into them.
    *lookback*: seconds that a window reaches back behind its start, for rows that arrive late.
    *client_side*: the API cannot filter by it, so rows outside the window are dropped after decoding.
    """

    field: str
    lag: float = 60.0
    lookback: float = 0.0
    client_side: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a table that is read by one chain of pages.

    *values* are small JSON values that the request needs and that `@name` columns show; where a table can be read in
    several ways, `way` names the chosen one and `why` the reason, for `plan`;
    *weight* is the number of calls that it is expected to take, by which slices are dealt into even shares;
    *rate* names the budget of those calls, for the estimate of `plan`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    window: Window | None = None
    weight: float = 1.0
    rate: str = "default"

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one answer: those at *path* of *response*, or *records* or a *batch* that a connector made itself."""

    response: Response | None = None
    path: str = ""
    records: Sequence[Mapping[str, Any]] | None = field(default=None, repr=False)
    batch: pa.RecordBatch | None = field(default=None, repr=False)
    """Rows that are Arrow already, in columns named like the `source` of ours: of the declared type, or text."""


@dataclass(frozen=True)
class Read:
    """What is being read: handed to the functions of a table on the driver and in tasks."""

    connector: Connector
    table: Table
    settings: Settings
    columns: tuple[Column, ...]
    """Those that the caller gets, in this order."""
    known: tuple[Column, ...] = ()
    """All that the table has; a field that none of them reads is schema drift."""
    window: Window | None = None
    """`None` reads everything that is there now; a window reads its changes, deletes included."""


Paging = Callable[[Request, Response], "Request | None"]
Send = Callable[[Request], Response]


@dataclass(frozen=True)
class Table:
    """One table of a connector.

    A plain table gives *request*, *records* and *paging*; one whose calls have another shape gives *fetch*.
    """

    name: str
    columns: tuple[Column, ...] | Callable[[Settings, Client], tuple[Column, ...]]
    primary_key: tuple[str, ...] = ()
    cursor: Cursor | None = None
    ingestion: Ingestion = "snapshot"
    request: Callable[[Read, Slice], Request] | None = None
    records: str = ""
    """Dotted path to the array of records in an answer; empty when the answer is the array itself."""
    paging: Paging | None = None
    slices: Callable[[Read, Client], Iterable[Slice]] | None = None
    fetch: Callable[[Read, Slice, Client], Iterator[Page | Slice]] | None = None
    """The pages of a slice; a slice among them is a part of it that is given back, as it is larger than planned."""
    rows: Callable[[Read, Slice, Mapping[str, Any]], Iterable[Mapping[str, Any]]] | None = None
    """Reshapes one record into the rows it stands for."""
    more_columns: Callable[[Settings, Client], tuple[Column, ...]] | None = None
    """Columns that an option or the account adds to fixed ones; they stand before `_deleted`."""
    ignored: tuple[str, ...] = ()
    """Fields of a record that are known and deliberately not columns."""
    exact_numbers: bool = False
    """JSON numbers of this table may have more digits than a double holds."""
    page_size: int = 100
    category: str = ""
    description: str = ""
    data: Any = None
    """What the connector's own functions want to know about this table."""


@dataclass(frozen=True)
class Connector:
    """A vendor's API as a value; `lakeflow_sources.registry` finds it by *name*."""

    name: str
    title: str
    base_url: str | Callable[[Settings], str]
    """The vendor's host; a function where an option is part of it."""
    auth: Callable[[Settings], Auth]
    tables: tuple[Table, ...] | Callable[[Settings, Client], tuple[Table, ...]]
    options: tuple[Option, ...] = ()
    credentials: tuple[tuple[str, ...], ...] = ()
    """Accepted sets of credential options; the first complete one is used."""
    rates: Mapping[str, Rate] | Callable[[Settings], Mapping[str, Rate]] = field(default_factory=dict)
    """The vendor's limits by class of calls; a function where an option (an add-on, a plan) changes them."""
    headers: Callable[[Settings], Mapping[str, str]] | None = None
    faults: Callable[[Response], Fault | None] | None = None
    """Reads the vendor's way of saying that something is wrong; see `http.faults`."""
    quota: Callable[[Response, float], Quota | None] | None = None
    """Reads from an answer, and the time, how many calls are left; without it from the usual headers."""
    hosts: tuple[str, ...] = ()
    """Hosts beside that of base_url which may see the credentials."""
    base_fact: str = ""
    """What sign-in calls the host of the data; it takes the place of *base_url* where the user sets none."""
    preview: Mapping[str, str] = field(default_factory=dict)
    """Options by which the first rows come soonest, where a whole read would take another way."""
    check: Request | Callable[[Settings], Request] | None = None
    """The cheapest call that needs the credentials; a function where an option moves its path."""
    static_tables: tuple[Table, ...] = ()
    """Where *tables* asks the account: those that every account has, listed without one."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Older names of tables."""
    resolve: Callable[[Mapping[str, str]], Connector] | None = None
    """From options to the connector that is meant, where they declare it; asked on the driver only."""

    @property
    def fixed_tables(self) -> tuple[Table, ...]:
        """Tables that are known without an account."""
        return self.static_tables if callable(self.tables) else self.tables

    def with_tables(self, tables: tuple[Table, ...]) -> Connector:
        """The same connector with these tables."""
        return replace(self, tables=tables)
