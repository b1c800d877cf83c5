"""Data servers, points and the settings of points."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client

from .batch import children
from .owners import servers
from .streams import points

__all__ = ["TABLES"]


def _servers(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=servers(read.settings, client))


def _points(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    most = read.settings.integer("max_points")
    came = 0
    for page in points(read.settings, client):
        some = page if most is None else page[: most - came]
        came += len(some)
        yield Page(records=some)
        if most is not None and came >= most:
            client.note(f"max_points={most}: the points behind these are left out")
            return


def _settings(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for page in _points(read, piece, client):
        owners = [one["WebId"] for one in page.records or ()]
        for owner, rows in children(client, read.settings, owners, ("points", "attributes")):
            yield Page(records=[{**one, "Point": owner} for one in rows])


TABLES: tuple[Table, ...] = (
    Table(
        name="data_servers",
        columns=fields(
            "WebId -> webid",
            "Id",
            "Name",
            "Path",
            "IsConnected boolean",
            "ServerVersion",
            "ServerTime timestamp",
        ),
        primary_key=("webid",),
        fetch=_servers,
        ignored=("Links", "WebException", "Description"),
        category="points",
        description="PI Data Archives that the Web API knows.",
    ),
    Table(
        name="points",
        columns=fields(
            "WebId -> webid",
            "Id long",
            "Name",
            "Path",
            "Descriptor",
            "PointClass",
            "PointType",
            "DigitalSetName",
            "EngineeringUnits",
            "Span double",
            "Zero double",
            "Step boolean",
            "Future boolean",
            "DisplayDigits int",
        ),
        primary_key=("webid",),
        fetch=_points,
        ignored=("Links", "WebException"),
        category="points",
        description="Points (tags) that match the option points, all of them.",
    ),
    Table(
        name="point_attributes",
        columns=fields("Point -> point_webid", "Name", "Value json"),
        primary_key=("point_webid", "name"),
        fetch=_settings,
        ignored=("Links", "WebException"),
        category="points",
        description="Every setting of a point, a row each.",
    ),
)
