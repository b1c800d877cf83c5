"""One value of each stream: that at its end, that of now or of another time, and those of attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from lakeflow_sources import ConfigurationError, Page, Read, Settings, Slice, Table
from lakeflow_sources.http import Client, Request, get

from .asking import ask, check_absent, ids
from .paths import path, sent
from .streams import Stream, attributes, grouped, selected, stream_of
from .values import COLUMNS, batch_of

__all__ = ["TABLES"]

Slices = Callable[[Read, Client], Iterator[Slice]]


def _slices(read: Read, client: Client) -> Iterator[Slice]:
    return (Slice({"group": one}) for one in grouped(selected(read, client)))


def _at_time(read: Read, client: Client) -> Iterator[Slice]:
    """All at the same time, whichever task reads them; the server's newest value where none is named."""
    time = _time(read.settings, None)
    return (Slice({"group": one, "time": time}) for one in grouped(selected(read, client)))


def _at_some_time(read: Read, client: Client) -> Iterator[Slice]:
    time = _time(read.settings, datetime.now(UTC))
    return (Slice({"group": one, "time": time}) for one in grouped(selected(read, client)))


def _of_attributes(read: Read, client: Client) -> Iterator[Slice]:
    found = [stream_of(one) for one in attributes(read.settings, client)]
    return (Slice({"group": one}) for one in grouped(found))


def _time(settings: Settings, otherwise: datetime | None) -> str | None:
    """The option `time` as it is sent: an expression such as `*-1h` would mean another time in each task."""
    try:
        chosen = settings.moment("time") or otherwise
        return sent(chosen) if chosen else None
    except ValueError:
        raise ConfigurationError(
            f"osipi: time={settings.get('time')!r} is no time", "write for example 2026-01-31T00:00:00Z"
        ) from None


def _pages(shape: str, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    def request(streams: Sequence[Stream]) -> Request:
        return get(path(read.settings, "streamsets", shape), webId=ids(streams), time=piece["time"])

    for asked, response in ask(client, piece["group"].streams, request):
        items = response.json()["Items"]
        check_absent(client, asked, (one["WebId"] for one in items), path(read.settings, "streams") + f"/{{}}/{shape}")
        yield Page(batch=batch_of(((one, one["Value"]) for one in items), integer=asked[0].integer))


def _table(name: str, shape: str, description: str, slices: Slices = _slices) -> Table:
    return Table(
        name=name,
        columns=COLUMNS,
        primary_key=("webid",),
        slices=slices,
        fetch=partial(_pages, shape),
        category="current_values",
        description=description,
    )


TABLES: tuple[Table, ...] = (
    _table("end_values", "end", "The last archived value of each stream."),
    _table("current_values", "value", "The value of each stream now, or at the option time.", _at_time),
    _table("recorded_at_time", "recordedattime", "The archived event of each stream at that time.", _at_some_time),
    _table("attribute_values", "value", "The current value of each attribute of the asset databases.", _of_attributes),
)
