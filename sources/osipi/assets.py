"""Asset servers and databases, elements and attributes: the tree of the plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, get

from .lists import walk
from .owners import asset_servers, databases
from .paths import path
from .streams import attributes

__all__ = ["ATTRIBUTE", "TABLES", "by_database"]

ATTRIBUTE = (
    "Type",
    "TypeQualifier",
    "DefaultUnitsName",
    "DefaultUnitsNameAbbreviation",
    "DataReferencePlugIn -> data_reference_plugin",
    "ConfigString",
    "DisplayDigits int",
    "Span double",
    "Zero double",
    "Step boolean",
    "TraitName",
    "CategoryNames array<string>",
    "HasChildren boolean",
    "IsConfigurationItem boolean",
    "IsExcluded boolean",
    "IsHidden boolean",
    "IsManualDataEntry boolean",
)
"""Columns that attributes of elements and of event frames share."""

_OBJECT = ("WebId -> webid", "Id", "Name", "Description", "Path")
_COMMON = ("Links", "WebException", "Errors", "Paths", "Security")


def by_database(read: Read, client: Client) -> Iterator[Slice]:
    """A slice an asset database."""
    return (Slice({"webid": one["WebId"], "database": one["Name"]}) for one in databases(read.settings, client))


def _servers(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=asset_servers(read.settings, client))


def _databases(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=databases(read.settings, client))


def _elements(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    request = get(
        path(read.settings, "assetdatabases", piece["webid"], "elements"),
        searchFullHierarchy=True,
        templateName=read.settings.get("element_template"),
        associations="Paths",
    )
    for page in walk(client, request, read.settings):
        yield Page(records=page)


def _element(read: Read, piece: Slice, one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**one, "ParentPath": one["Path"].rpartition("\\")[0]}


def _attributes(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    waiting: list[dict[str, Any]] = []
    for one in attributes(read.settings, client):
        waiting.append(one)
        if len(waiting) >= read.table.page_size:
            yield Page(records=waiting)
            waiting = []
    yield Page(records=waiting)


def _attribute(read: Read, piece: Slice, one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """With the element that it belongs to, which its path and its link name."""
    link = str((one.get("Links") or {}).get("Element") or "")
    element = link.rstrip("/").rpartition("/")[2] or None
    yield {**one, "ElementPath": one["Path"].partition("|")[0], "ElementWebId": element}


TABLES: tuple[Table, ...] = (
    Table(
        name="asset_servers",
        columns=fields(
            *_OBJECT, "IsConnected boolean", "ServerVersion", "ServerTime timestamp", "ExtendedProperties json"
        ),
        primary_key=("webid",),
        fetch=_servers,
        ignored=_COMMON,
        category="assets",
        description="AF servers.",
    ),
    Table(
        name="asset_databases",
        columns=fields(*_OBJECT, "Server -> asset_server", "ExtendedProperties json"),
        primary_key=("webid",),
        fetch=_databases,
        ignored=_COMMON,
        category="assets",
        description="AF databases.",
    ),
    Table(
        name="elements",
        columns=fields(
            *_OBJECT,
            "@database",
            "ParentPath",
            "Paths array<string> -> paths",
            "TemplateName",
            "CategoryNames array<string>",
            "HasChildren boolean",
            "ExtendedProperties json",
        ),
        primary_key=("webid",),
        slices=by_database,
        fetch=_elements,
        rows=_element,
        ignored=_COMMON,
        category="assets",
        description="Elements at every depth, with the paths that lead to them.",
    ),
    Table(
        name="attributes",
        columns=fields(*_OBJECT, "ElementWebId -> element_webid", "ElementPath", *ATTRIBUTE),
        primary_key=("webid",),
        fetch=_attributes,
        rows=_attribute,
        ignored=(*_COMMON, "DataReference"),
        page_size=1000,
        category="assets",
        description="Attributes of elements, those below other attributes included.",
    ),
)
