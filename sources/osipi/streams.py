"""Which streams are read: every point or attribute that the options name, never a sample in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lakeflow_sources import ConfigurationError, Read, Settings
from lakeflow_sources.http import Client, get

from .batch import children
from .lists import walk
from .owners import databases, servers
from .paths import path

__all__ = ["Group", "Stream", "attributes", "grouped", "listed_names", "points", "selected", "stream_of"]

_INTEGERS = frozenset({"Byte", "SByte", "Int16", "Int32", "Int64", "UInt16", "UInt32", "UInt64", "Boolean"})
_AF = ("paths", "element_template", "attribute_name", "database")
_ASKED = 50
_URL = 6_000  # characters of WebIDs in one address: servers and proxies refuse much longer ones
_MOST = 64


@dataclass(frozen=True, slots=True)
class Stream:
    """Something that has values: a point or an attribute."""

    webid: str
    name: str
    integer: bool = False
    """Whether its numbers are whole ones."""


@dataclass(frozen=True, slots=True)
class Group:
    """Streams that are asked for together."""

    streams: tuple[Stream, ...]

    def __str__(self) -> str:
        first = self.streams[0].name
        return first if len(self.streams) == 1 else f"{first} and {len(self.streams) - 1} more"


def grouped(streams: Iterable[Stream], most: int = _MOST) -> Iterator[Group]:
    """Streams in their order, as many together as fit into one address; whole numbers and others apart."""
    for integer in (False, True):
        waiting: list[Stream] = []
        size = 0
        for one in streams if isinstance(streams, Sequence) else tuple(streams):
            if one.integer is not integer:
                continue
            length = len(one.webid) + len("&webId=")
            if waiting and (len(waiting) >= most or size + length > _URL):
                yield Group(tuple(waiting))
                waiting, size = [], 0
            waiting.append(one)
            size += length
        if waiting:
            yield Group(tuple(waiting))


def selected(read: Read, client: Client) -> list[Stream]:
    """The streams of a table of values: by WebID, by path and template, else points by name."""
    settings = read.settings
    webids = listed_names(settings, "webids")
    if webids:
        found = [stream_of(one) for one in _by_webid(settings, client, webids)]
    elif any(settings.get(name) for name in _AF):
        found = [
            stream_of(one)
            for one in attributes(settings, client)
            if "PointType" in one or one.get("DataReferencePlugIn")
        ]
    else:
        found = [stream_of(one) for page in points(settings, client) for one in page]
    unique = list({one.webid: one for one in found}.values())
    return _limited(settings, client, unique)


def _limited(settings: Settings, client: Client, found: list[Stream]) -> list[Stream]:
    most = settings.integer("max_points")
    if most is not None and len(found) > most:
        client.note(f"max_points={most}: {len(found) - most} of {len(found)} streams are left out")
        return sorted(found, key=lambda one: one.webid)[:most]
    return found


def points(settings: Settings, client: Client) -> Iterator[list[dict[str, Any]]]:
    """Points by WebID, or those of the chosen data servers whose name matches one of the masks; each once."""
    if webids := listed_names(settings, "webids"):
        yield [one for one in _by_webid(settings, client, webids) if "PointType" in one]
        return
    masks = listed_names(settings, "points") or ("*",)
    seen: set[str] = set()
    for mask in masks:
        matched = False
        for server in servers(settings, client):
            request = get(path(settings, "dataservers", server["WebId"], "points"), nameFilter=mask)
            for page in walk(client, request, settings):
                fresh = [one for one in page if one["WebId"] not in seen]
                seen |= {one["WebId"] for one in fresh}
                matched = matched or bool(page)
                yield fresh
        if not matched and mask != "*":
            raise ConfigurationError(
                f"osipi: no point that these credentials may see matches {mask!r} (option points)",
                "check the name; * and ? stand for other letters, and a semicolon separates several masks",
            )


def attributes(settings: Settings, client: Client) -> Iterator[dict[str, Any]]:
    """Attributes by WebID, or by path, template and name, those below other attributes included."""
    if webids := listed_names(settings, "webids"):
        yield from (one for one in _by_webid(settings, client, webids) if "PointType" not in one)
        return
    wanted = [one for text in listed_names(settings, "paths") for one in _at_path(settings, client, text)]
    if wanted:
        yield from wanted
        return
    for database in databases(settings, client):
        yield from _below(settings, client, ("assetdatabases", database["WebId"]))


def _at_path(settings: Settings, client: Client, text: str) -> Iterator[dict[str, Any]]:
    """The attribute or point at a path, or all attributes of the element there and below it."""
    if "|" in text:
        yield client.send(get(path(settings, "attributes"), path=text)).json()
    elif text.removeprefix("\\\\").count("\\") == 1:
        yield client.send(get(path(settings, "points"), path=text)).json()
    else:
        element = client.send(get(path(settings, "elements"), path=text)).json()
        yield from _below(settings, client, ("elements", element["WebId"]))


def _below(settings: Settings, client: Client, owner: tuple[str, str]) -> Iterator[dict[str, Any]]:
    request = get(
        path(settings, *owner, "elementattributes"),
        searchFullHierarchy=True,
        elementTemplate=settings.get("element_template"),
        attributeNameFilter=settings.get("attribute_name"),
    )
    seen: set[str] = set()
    for page in walk(client, request, settings):
        level = page
        while level:
            fresh = [one for one in level if one["WebId"] not in seen]
            seen |= {one["WebId"] for one in fresh}
            yield from fresh
            parents = [one["WebId"] for one in fresh if one.get("HasChildren")]
            level = [
                one
                for _, rows in children(client, settings, parents, ("attributes", "attributes"), paged=True)
                for one in rows
            ]


def _by_webid(settings: Settings, client: Client, webids: Sequence[str]) -> list[dict[str, Any]]:
    """Points and attributes told apart by their kind of WebID, in the form in which answers will name them."""
    found: list[dict[str, Any]] = []
    for resource, mine in (
        ("attributes", [one for one in webids if one[2:4] == "Ab"]),
        ("points", [one for one in webids if one[2:4] != "Ab"]),
    ):
        for start in range(0, len(mine), _ASKED):
            request = get(path(settings, resource, "multiple"), webId=mine[start : start + _ASKED], includeMode="All")
            items = client.send(request).json()["Items"]
            missing = [str(one.get("Identifier")) for one in items if not one.get("Object")]
            if missing:
                raise ConfigurationError(
                    f"osipi: the option webids names {', '.join(missing[:3])}, which the server does not know",
                    "copy WebIDs from the tables points and attributes of this server",
                )
            found += [one["Object"] for one in items]
    return found


def stream_of(one: dict[str, Any]) -> Stream:
    """The stream of a point or an attribute as the server describes it."""
    return Stream(one["WebId"], one["Name"], (one.get("PointType") or one.get("Type")) in _INTEGERS)


def listed_names(settings: Settings, option: str) -> tuple[str, ...]:
    """A list with semicolons, or with commas where there is no semicolon: names in PI may hold commas."""
    text = settings.get(option) or ""
    separator = ";" if ";" in text else ","
    return tuple(part.strip() for part in text.split(separator) if part.strip())
