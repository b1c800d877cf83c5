"""Event frames: open ones when they begin, closed ones when they end, with what belongs to them.

PI keeps no time of change, so the changes of a window are those frames that ended in it and those that began in it
and go on behind it: `changed_at` is the end of the former and the beginning of the latter, whose end may be known
already. An end that was entered late, an acknowledgement or an edit is found by reaching back: `lookback_seconds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lakeflow_sources import EPOCH, Cursor, Page, Read, Slice, Table, fields, moment
from lakeflow_sources.http import Client, get

from .assets import ATTRIBUTE, by_database
from .batch import children, contents
from .lists import walk
from .paths import path, sent
from .values import COLUMNS, batch_of

__all__ = ["TABLES"]

_NEVER = "9999-"  # the year in which frames end that are still open
_FAR = "9999-12-31T23:59:59Z"
_LOOKBACK = 86_400.0
_OBJECT = ("WebId -> webid", "Id", "Name", "Description", "Path")
_CURSOR = Cursor("changed_at", lag=60.0, lookback=_LOOKBACK, client_side=True)
_KNOWN = ("Links", "WebException", "Errors", "Security")
_VALUES = tuple(one for one in COLUMNS if one.name not in ("webid", "name", "path", "timestamp"))


def _frames(read: Read, piece: Slice, client: Client) -> Iterator[list[dict[str, Any]]]:
    """Frames of a database that began or ended in the window; all of them without one."""
    request = get(
        path(read.settings, "assetdatabases", piece["webid"], "eventframes"),
        searchFullHierarchy=True,
        sortOrder="Ascending",
    )
    window = read.window
    start, end = (EPOCH, None) if window is None else (window.start, window.end)
    until = sent(end) if end else _FAR
    began = request.with_params(
        searchMode="StartInclusive", sortField="StartTime", startTime=sent(start), endTime=until
    )
    for page in walk(client, began, read.settings):
        yield [_shaped(one, end) for one in page if window is None or _goes_on(one, window.end)]
    if window is not None:
        ended = began.with_params(searchMode="EndInclusive", sortField="EndTime")
        for page in walk(client, ended, read.settings):
            yield [_shaped(one, end) for one in page if not _goes_on(one, window.end)]


def _open(frame: Mapping[str, Any]) -> bool:
    return str(frame["EndTime"]).startswith(_NEVER)


def _goes_on(frame: Mapping[str, Any], until: datetime) -> bool:
    return _open(frame) or moment(frame["EndTime"]) >= until


def _shaped(frame: dict[str, Any], until: datetime | None) -> dict[str, Any]:
    end = None if _open(frame) else frame["EndTime"]
    changed = frame["StartTime"] if not end or (until and _goes_on(frame, until)) else end
    acknowledged = frame.get("AcknowledgedDate") if frame.get("IsAcknowledged") else None
    return {**frame, "EndTime": end, "AcknowledgedDate": acknowledged, "ChangedAt": changed}


def _pages(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for page in _frames(read, piece, client):
        yield Page(records=page)


def _below(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for page in _frames(read, piece, client):
        for rows in _children(read, page, client):
            yield Page(records=rows)


def _children(read: Read, page: list[dict[str, Any]], client: Client) -> Iterator[list[dict[str, Any]]]:
    """What belongs to each frame, by the resource that the table names."""
    changed = {one["WebId"]: one["ChangedAt"] for one in page}
    resource = str(read.table.data)
    below = children(client, read.settings, list(changed), ("eventframes", resource), paged=resource == "attributes")
    for owner, rows in below:
        yield [{**one, "Frame": owner, "ChangedAt": changed[owner]} for one in rows]


def _attributes(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Attributes with the values that they have in the frame."""
    for page in _frames(read, piece, client):
        values = _values(read, client, [one["WebId"] for one in page])
        for below in _children(read, page, client):
            yield Page(records=[{**one, **values.get((one["Frame"], one["WebId"]), {})} for one in below])


def _values(read: Read, client: Client, frames: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The values of each attribute of each frame."""
    requests = [get(path(read.settings, "streamsets", one, "value")) for one in frames]
    answers = zip(frames, contents(client, read.settings, requests), strict=True)
    pairs = [(frame, item) for frame, content in answers if content for item in content["Items"]]
    rows = batch_of((item, item["Value"]) for _, item in pairs).to_pylist()
    return {
        (frame, item["WebId"]): {**row, "value_time": item["Value"].get("Timestamp")}
        for (frame, item), row in zip(pairs, rows, strict=True)
    }


def _table(name: str, columns: tuple[str, ...], resource: str, description: str, key: tuple[str, ...]) -> Table:
    return Table(
        name=name,
        columns=(
            *fields("Frame -> event_frame_webid", "ChangedAt timestamp", *columns),
            *(_VALUES if resource == "attributes" else ()),
        ),
        primary_key=key,
        cursor=_CURSOR,
        ingestion="cdc",
        slices=by_database,
        fetch=_attributes if resource == "attributes" else _below,
        ignored=(*_KNOWN, "Paths", "DataReference", "webid", "name", "path", "timestamp", "_text"),
        category="event_frames",
        description=description,
        data=resource,
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="event_frames",
        columns=fields(
            *_OBJECT,
            "@database",
            "TemplateName",
            "CategoryNames array<string>",
            "StartTime timestamp",
            "EndTime timestamp",
            "ChangedAt timestamp",
            "Severity",
            "IsAcknowledged boolean",
            "AcknowledgedBy",
            "AcknowledgedDate timestamp",
            "CanBeAcknowledged boolean",
            "IsAnnotated boolean",
            "IsLocked boolean",
            "AreValuesCaptured boolean",
            "HasChildren boolean",
            "RefElementWebIds array<string> -> ref_element_webids",
            "ExtendedProperties json",
        ),
        primary_key=("webid",),
        cursor=_CURSOR,
        ingestion="cdc",
        slices=by_database,
        fetch=_pages,
        ignored=_KNOWN,
        category="event_frames",
        description="Event frames; the end of an open one is null.",
    ),
    _table(
        "event_frame_attributes",
        (*_OBJECT, *ATTRIBUTE, "value_time timestamp"),
        "attributes",
        "Attributes of event frames with their values.",
        ("event_frame_webid", "webid"),
    ),
    _table(
        "event_frame_annotations",
        (
            "Id",
            "Name",
            "Description",
            "Value json",
            "Creator",
            "CreationDate timestamp",
            "Modifier",
            "ModifyDate timestamp",
        ),
        "annotations",
        "What people wrote beside event frames.",
        ("event_frame_webid", "id"),
    ),
    _table(
        "event_frame_elements",
        (*_OBJECT, "TemplateName", "CategoryNames array<string>", "HasChildren boolean", "ExtendedProperties json"),
        "referencedelements",
        "Elements that event frames are about.",
        ("event_frame_webid", "webid"),
    ),
)
