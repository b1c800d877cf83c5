"""Servers, tags and the tree of assets: what exists, apart from values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.testing.samples import NAMES, TEXTS, scatter
from lakeflow_sources.testing.vendor import Setup

from .archive import Archive
from .tags import STATES, SYSTEM, Tag, make_tag
from .times import DAY, SECOND, text

__all__ = ["Attribute", "Plant"]

_BUSY = 2 * SECOND
_TEMPLATES = ("Pump", "Tank", "Area")
_ATTRIBUTES = ("Speed", "Temperature", "State", "Maker")
_KINDS = {
    "Float32": "Single",
    "Float16": "Single",
    "Float64": "Double",
    "Digital": "EnumerationValue",
    "Timestamp": "DateTime",
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element; a *tag* holds its values, or it is *static*."""

    webid: str
    name: str
    path: str
    element: str
    template: str
    tag: Tag | None
    static: str = ""
    parent: str = ""


def webid(marker: str, number: int) -> str:
    """A full WebID: type, version, kind of object, and what only the server understands."""
    return f"F1{marker}mock{scatter(len(marker), number) % 2**28:07x}{number:06d}"


def guid(marker: str, number: int) -> str:
    """The lasting id of an object."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{marker}/{number}"))


class Plant:
    """Everything but values; lists that tests may change."""

    def __init__(self, setup: Setup) -> None:
        self.clock = setup.clock
        records = setup.records
        begin_day = self.now() // DAY * DAY - round(setup.number("days", 2)) * DAY
        self.archive = Archive(begin_day, self.now())
        servers = records.get("data_servers", 2)
        gap, busy = round(setup.number("gap_seconds", 0) * SECOND), round(setup.number("busy", 0))
        count, burst = records.get("points", 60), records.get("burst", 0)
        self.servers = [self._server(number) for number in range(servers)]
        self.tags = [
            make_tag(number, servers, burst, gap or (_BUSY if number < busy else 0)) for number in range(count)
        ]
        self.by_webid: dict[str, Tag] = {one.webid: one for one in self.tags}
        self.broken: dict[str, int] = {}
        self.hidden: set[str] = set()
        self.databases = [_thing("RD", number, f"Plant {number}", f"\\\\AF\\Plant {number}") for number in range(2)]
        self.asset_servers = [
            {
                **_thing("RS", 0, "AF", "\\\\AF"),
                "IsConnected": True,
                "ServerVersion": "2.10.0.0",
                "ServerTime": text(self.now()),
            }
        ]
        self.elements: dict[str, list[dict[str, Any]]] = {one["WebId"]: [] for one in self.databases}
        self.attributes: dict[str, Attribute] = {}
        self._grow(records.get("elements", 30))

    def now(self) -> int:
        """The server's time in ticks."""
        return self.clock.now() * 10_000

    def _server(self, number: int) -> dict[str, Any]:
        name = f"PISRV{number + 1}"
        more = {"IsConnected": True, "ServerVersion": "3.4.445.688", "ServerTime": text(self.now())}
        return {**_thing("DS", number, name, f"\\\\PIServers[{name}]"), **more}

    def point(self, tag: Tag) -> dict[str, Any]:
        """A tag as the API shows it."""
        server = self.servers[tag.server]["Name"]
        return {
            "WebId": tag.webid,
            "Id": tag.index + 1,
            "Name": tag.name,
            "Path": f"\\\\{server}\\{tag.name}",
            "Descriptor": TEXTS[tag.index % 20],
            "PointClass": "classic",
            "PointType": tag.kind,
            "DigitalSetName": "Modes" if tag.kind == "Digital" else "",
            "EngineeringUnits": tag.units,
            "Span": 100.0,
            "Zero": 0.0,
            "Step": tag.kind in ("Digital", "String"),
            "Future": False,
            "DisplayDigits": -5,
            "Links": {"Self": f"https://pi.example/piwebapi/points/{tag.webid}"},
        }

    def points(self, server: str) -> list[Tag]:
        """Tags of a data server that these credentials may see."""
        return [
            one for one in self.tags if self.servers[one.server]["WebId"] == server and one.webid not in self.hidden
        ]

    def _grow(self, count: int) -> None:
        """Areas below databases, tanks and pumps below areas, attributes that show tags."""
        areas: list[dict[str, Any]] = []
        for number in range(count):
            template = _TEMPLATES[2] if number % 10 == 0 else _TEMPLATES[number % 2]
            base = self.databases[number // 10 % 2] if template == "Area" else areas[-1]
            name = f"{template} {number}" if number % 7 else f"{NAMES[number % len(NAMES)]} {number}"
            one = _thing("Em", number, name, f"{base['Path']}\\{name}", TEXTS[number % 12])
            one |= {
                "TemplateName": template,
                "HasChildren": template == "Area",
                "CategoryNames": ["Rotating"] if number % 2 else [],
            }
            one |= {"ExtendedProperties": {}, "Links": {}, "Paths": [one["Path"]]}
            if template == "Area":
                areas.append(one)
            self.elements[(areas[-1] is one and base["WebId"]) or self._database_of(one)].append(one)
            self._attach(one, number)

    def _database_of(self, element: Mapping[str, Any]) -> str:
        return next(str(one["WebId"]) for one in self.databases if element["Path"].startswith(one["Path"] + "\\"))

    def _attach(self, element: Mapping[str, Any], number: int) -> None:
        for place, name in enumerate(_ATTRIBUTES):
            index = number * 10 + place
            tag = self.tags[index % len(self.tags)] if self.tags and name != "Maker" else None
            one = Attribute(
                webid("Ab", index),
                name,
                f"{element['Path']}|{name}",
                element["WebId"],
                element["TemplateName"],
                tag,
                "" if tag else "ACME",
            )
            self.attributes[one.webid] = one
        parent = webid("Ab", number * 10)
        if self.tags:
            child = webid("Ab", number * 10 + 9)
            path = f"{element['Path']}|{_ATTRIBUTES[0]}|Limit"
            self.attributes[child] = Attribute(
                child,
                "Limit",
                path,
                element["WebId"],
                element["TemplateName"],
                self.tags[number % len(self.tags)],
                parent=parent,
            )

    def attribute(self, one: Attribute) -> dict[str, Any]:
        """An attribute as the API shows it."""
        kind = _KINDS.get(one.tag.kind, one.tag.kind) if one.tag else "String"
        nested = one.name == _ATTRIBUTES[0] and bool(self.tags)
        return {
            **_named(one.webid, guid("attribute", int(one.webid[-6:])), one.name, one.path, f"{one.name} of it"),
            "Type": kind,
            "TypeQualifier": "Modes" if kind == "EnumerationValue" else "",
            "DefaultUnitsName": one.tag.units if one.tag else "",
            "DefaultUnitsNameAbbreviation": one.tag.units if one.tag else "",
            "DisplayDigits": -5,
            "DataReferencePlugIn": "PI Point" if one.tag else "",
            "ConfigString": self.point(one.tag)["Path"] if one.tag else "",
            "IsConfigurationItem": not one.tag,
            "IsExcluded": False,
            "IsHidden": False,
            "IsManualDataEntry": False,
            "HasChildren": nested,
            "CategoryNames": ["Process"] if one.tag else [],
            "Step": False,
            "TraitName": "",
            "Span": 100.0,
            "Zero": 0.0,
            "Links": {"Element": f"https://pi.example/piwebapi/elements/{one.element}"},
        }

    def states(self) -> list[tuple[str, int]]:
        """Digital states of the set that all digital tags use."""
        return [(name, code) for code, name in enumerate(STATES)]

    def system_states(self) -> tuple[tuple[str, int], ...]:
        """States that every server has."""
        return SYSTEM


def _thing(marker: str, number: int, name: str, path: str, description: str = "") -> dict[str, Any]:
    return _named(webid(marker, number), guid(marker, number), name, path, description)


def _named(
    web: str, ident: str, name: str, path: str, description: str
) -> dict[str, Any]:  # the fields of every object
    return {"WebId": web, "Id": ident, "Name": name, "Description": description, "Path": path}
