"""Requests of a micro-batch in which nothing happened, for every table of every connector that can stream."""

from __future__ import annotations

import time

from benchmarks.measure import AtMost, Figure, Result, Scale
from lakeflow_sources.connect import connect
from lakeflow_sources.discover import list_tables
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.options import check_options
from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from lakeflow_sources.testing import mock_server

__all__ = ["run"]

_MOCKS = {
    "hubspot": {},
    "zendesk": {},
    "zoho_crm": {},
    "salesforce": {},
    "github": {},
    "osipi": {"records": {"points": 20}, "days": 1},
}
_OPTIONS = {"github": {"repositories": "octo-labs/hello-world"}}
"""Tables of GitHub are asked repository by repository: this is what one of them costs."""
MOST = 2


def run(scale: Scale) -> Result:
    """The second of two increments of each table; one connector alone for a quick look."""
    names = ("osipi",) if scale.tiny else _MOCKS
    found: dict[str, int] = {}
    left: list[str] = []
    for name in names:
        some, failed = _requests(name)
        found |= some
        left += failed
    above = {name: count for name, count in found.items() if count > MOST}
    most = f"most requests of a quiet increment, of {len(found)} tables"
    return Result(
        "increment",
        __doc__,
        "requests",
        dict(sorted(above.items(), key=lambda one: -one[1])),
        (
            Figure(most, max(found.values()), "", AtMost(MOST)),
            Figure(f"tables within {MOST} requests", 100 * (1 - len(above) / len(found)), "%"),
        ),
        tuple(left),
        {name: [count] for name, count in found.items()},
    )


def _requests(name: str) -> tuple[dict[str, int], list[str]]:
    with mock_server(name, **_MOCKS[name]) as mock:
        options = {**mock.options, **_OPTIONS.get(name, {}), "requests_per_second": "100000", "parallelism": "1"}
        begun, found, left = {}, {}, []
        for table in _streamed(name, options):
            try:
                begun[table] = _begin(name, {**options, "tableName": table})
            except LakeflowError as error:
                left.append(f"{name}.{table}: {error.cause}")
        time.sleep(1.1)  # shorter windows are not asked for
        for table, (reader, start) in begun.items():
            mock.reset_counters()
            _read(reader, start, reader.latestOffset(start))
            reader.stop()
            found[f"{name}.{table}"] = len(mock.requests())
        return found, left


def _streamed(name: str, options: dict[str, str]) -> list[str]:
    one = connector(name)
    settings = check_options(one, {**options, "tableName": "-"})
    with connect(one, settings) as client:
        tables = list_tables(one, settings, lambda: client)
    return [table.name for table in tables if table.cursor and table.ingestion != "snapshot"]


def _begin(name: str, options: dict[str, str]):
    """A reader that has read everything so far, and its offset."""
    source = data_source(connector(name))(options)
    reader = source.streamReader(source.schema())
    start = reader.latestOffset()
    _read(reader, reader.initialOffset(), start)
    return reader, start


def _read(reader, start, end) -> None:
    for share in reader.partitions(start, end):
        for _ in reader.read(share):
            pass
