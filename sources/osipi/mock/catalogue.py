"""What PI Web API tells about points, assets, templates, states, units and tables."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from .endpoints import Endpoint, Query, page_of
from .plant import Attribute, Plant, guid, webid
from .refusals import Refused, unknown
from .tags import Tag

__all__ = ["Catalogue"]

_TEMPLATES = (("Pump", "Element"), ("Tank", "Element"), ("Area", "Element"), ("Batch", "EventFrame"))
_CATEGORIES = ("element", "attribute", "analysis", "table")
_UNITS = (
    ("degree Celsius", "°C", 1.0, 273.15),
    ("kelvin", "K", 1.0, 0.0),
    ("degree Fahrenheit", "°F", 0.5555555555555556, 459.67),
)
_PLACES = {name: place for place, name in enumerate(_CATEGORIES)}


class Catalogue:
    """The metadata endpoints; what each of them shows is a method that tests of truth use as well."""

    def __init__(self, plant: Plant, most: int) -> None:
        self.plant = plant
        self.most = most

    def endpoints(self) -> list[Endpoint]:
        """All of them."""
        plain: dict[str, Callable[[], Sequence[Any]]] = {
            "/dataservers": lambda: self.plant.servers,
            "/assetservers": lambda: self.plant.asset_servers,
        }
        below: dict[str, Callable[[str], Sequence[Any]]] = {
            "/assetservers/{webid}/assetdatabases": lambda web: self.plant.databases,
            "/assetservers/{webid}/unitclasses": lambda web: [self.unit_class()],
            "/unitclasses/{webid}/units": lambda web: self.units(),
            "/points/{webid}/attributes": lambda web: self.point_attributes(self._tag(web)),
            "/assetdatabases/{webid}/elementtemplates": self.templates,
            "/elementtemplates/{webid}/attributetemplates": self.attribute_templates,
            "/assetdatabases/{webid}/analysistemplates": self.analysis_templates,
            "/assetdatabases/{webid}/enumerationsets": self.enumeration_sets,
            "/dataservers/{webid}/enumerationsets": self.enumeration_sets,
            "/enumerationsets/{webid}/enumerationvalues": self.enumeration_values,
            "/assetdatabases/{webid}/tables": self.tables,
            "/attributes/{webid}/attributes": self.nested,
            **{f"/assetdatabases/{{webid}}/{kind}categories": self._category(kind) for kind in _CATEGORIES},
        }
        return [
            Endpoint("/", lambda query, web: {"Links": {}}),
            Endpoint("/system/userinfo", lambda query, web: {"Name": "PLANT\\lakeflow", "IsAuthenticated": True}),
            Endpoint("/system", lambda query, web: {"ProductTitle": "PI Web API", "ProductVersion": "1.11.1"}),
            *(Endpoint(path, _shown(rows)) for path, rows in plain.items()),
            *(Endpoint(path, _below(rows)) for path, rows in below.items()),
            Endpoint("/dataservers/{webid}/points", self._points),
            Endpoint("/points", self._by_path),
            Endpoint("/points/multiple", self._several_points),
            Endpoint("/attributes/multiple", self._several_attributes),
            Endpoint("/attributes", self._attribute_by_path),
            Endpoint("/elements", self._element_by_path),
            Endpoint("/assetdatabases/{webid}/elements", self._elements),
            Endpoint("/assetdatabases/{webid}/elementattributes", self._attributes),
            Endpoint("/elements/{webid}/elementattributes", self._attributes_below),
            Endpoint("/elements/{webid}/attributes", self._attributes_of),
            Endpoint("/assetdatabases/{webid}/analyses", self._analyses),
            Endpoint("/tables/{webid}/data", lambda query, web: self.table_data(web)),
        ]

    def _tag(self, web: str) -> Tag:
        if web not in self.plant.by_webid:
            raise unknown(web)
        return self.plant.by_webid[web]

    def _points(self, query: Query, server: str) -> Any:
        mask = query.get("nameFilter", "*").lower()
        found = [one for one in self.plant.points(server) if fnmatch.fnmatchcase(one.name.lower(), mask)]
        return page_of(query, [self.plant.point(one) for one in found], self.most)

    def _by_path(self, query: Query, _: str) -> Any:
        rows = (self.plant.point(one) for one in self.plant.tags)
        return _one(rows, query.get("path"))

    def _attribute_by_path(self, query: Query, _: str) -> Any:
        return _one((self.plant.attribute(one) for one in self.plant.attributes.values()), query.get("path"))

    def _element_by_path(self, query: Query, _: str) -> Any:
        return _one((one for rows in self.plant.elements.values() for one in rows), query.get("path"))

    def _several_points(self, query: Query, _: str) -> Any:
        return {"Items": [_multiple(web, self.plant.by_webid.get(web), self.plant.point) for web in query.all("webId")]}

    def _several_attributes(self, query: Query, _: str) -> Any:
        found = self.plant.attributes
        return {"Items": [_multiple(web, found.get(web), self.plant.attribute) for web in query.all("webId")]}

    def _elements(self, query: Query, database: str) -> Any:
        if database not in self.plant.elements:
            raise unknown(database)
        path = next(one["Path"] for one in self.plant.databases if one["WebId"] == database)
        rows = self.plant.elements[database]
        if not query.flag("searchFullHierarchy"):
            rows = [one for one in rows if one["Path"].count("\\") == path.count("\\") + 1]
        return page_of(query, rows, self.most)

    def attributes_of(self, database: str) -> list[Attribute]:
        """Attributes of the elements of a database, nested ones included."""
        path = next(one["Path"] for one in self.plant.databases if one["WebId"] == database)
        return [one for one in self.plant.attributes.values() if one.path.startswith(path + "\\")]

    def _attributes(self, query: Query, database: str) -> Any:
        return self._filtered(query, self.attributes_of(database))

    def _attributes_below(self, query: Query, element: str) -> Any:
        path = next(
            (one["Path"] for rows in self.plant.elements.values() for one in rows if one["WebId"] == element), None
        )
        if path is None:
            raise unknown(element)
        found = [one for one in self.plant.attributes.values() if one.path.startswith((path + "\\", path + "|"))]
        return self._filtered(query, found)

    def _attributes_of(self, query: Query, element: str) -> Any:
        return self._filtered(query, [one for one in self.plant.attributes.values() if one.element == element])

    def _filtered(self, query: Query, rows: Sequence[Attribute]) -> Any:
        """Nested attributes are not listed beside their parents."""
        template, name = query.get("elementTemplate"), query.get("attributeNameFilter", "*").lower()
        kept = [
            self.plant.attribute(one)
            for one in rows
            if not one.parent
            and (not template or one.template == template)
            and fnmatch.fnmatchcase(one.name.lower(), name)
        ]
        return page_of(query, kept, self.most)

    def nested(self, web: str) -> list[dict[str, Any]]:
        """Attributes below an attribute."""
        return [self.plant.attribute(one) for one in self.plant.attributes.values() if one.parent == web]

    def point_attributes(self, tag: Tag) -> list[dict[str, Any]]:
        """Name and value of each setting of a point."""
        values = {"descriptor": tag.name, "compressing": 1, "excdev": 0.5, "typicalvalue": None, "archiving": True}
        return [{"Name": name, "Value": value, "Links": {}} for name, value in values.items()]

    def templates(self, database: str) -> list[dict[str, Any]]:
        """Templates of elements and of event frames."""
        base = self._place(database) * 100
        return [
            {
                **_thing("ET", base + place, name, self._path(database, "ElementTemplates", name)),
                "AllowElementToExtend": False,
                "BaseTemplate": "",
                "InstanceType": kind,
                "NamingPattern": "",
                "CategoryNames": [],
                "CanBeAcknowledged": kind == "EventFrame",
                "Severity": "None",
                "ExtendedProperties": {},
            }
            for place, (name, kind) in enumerate(_TEMPLATES)
        ]

    def attribute_templates(self, template: str) -> list[dict[str, Any]]:
        """Attributes that elements of a template have."""
        base = int(template[-6:]) * 10
        return [
            {
                **_thing("AT", base + place, name, f"\\\\AF\\T[{template[-3:]}]|{name}"),
                "Type": kind,
                "TypeQualifier": "",
                "DefaultUnitsName": "",
                "DefaultValue": default,
                "ConfigString": "",
                "IsConfigurationItem": False,
                "HasChildren": False,
                "CategoryNames": [],
            }
            for place, (name, kind, default) in enumerate(
                (("Speed", "Single", 0.5), ("State", "EnumerationValue", {"Name": "Open", "Value": 1}))
            )
        ]

    def _analyses(self, query: Query, database: str) -> Any:
        if not query.get("field"):
            raise Refused(HTTPStatus.BAD_REQUEST, "The parameter 'field' is missing.")
        return page_of(query, self.analyses(database), self.most)

    def analyses(self, database: str) -> list[dict[str, Any]]:
        """One for every third element."""
        rows = []
        for place, element in enumerate(self.plant.elements[database][::3]):
            one = _thing(
                "Xs",
                self._place(database) * 10_000 + place,
                f"Analysis {place}",
                f"{element['Path']}\\Analyses[{place}]",
            )
            more = {
                "Status": "Enabled",
                "TargetWebId": element["WebId"],
                "AnalysisRulePlugInName": "PerformanceEquation",
            }
            more |= {
                "TimeRulePlugInName": "Periodic",
                "Priority": "Normal",
                "GroupId": place,
                "CategoryNames": [],
                "HasTemplate": True,
            }
            rows.append({**one, **more})
        return rows

    def analysis_templates(self, database: str) -> list[dict[str, Any]]:
        """The one there is."""
        one = _thing("XT", self._place(database), "Efficiency", self._path(database, "AnalysisTemplates", "Efficiency"))
        return [
            {
                **one,
                "AnalysisRulePlugInName": "PerformanceEquation",
                "TargetName": "Pump",
                "CategoryNames": [],
                "GroupId": 1,
            }
        ]

    def enumeration_sets(self, owner: str) -> list[dict[str, Any]]:
        """Sets of a database, or digital state sets of a data server."""
        base = int(owner[-6:]) * 10 + (5 if owner.startswith("F1DS") else 0)
        return [_thing("EV", base, "Modes", f"\\\\{owner[-3:]}\\EnumerationSets[Modes]")]

    def enumeration_values(self, owner: str) -> list[dict[str, Any]]:
        """States of a set."""
        base = int(owner[-6:]) * 100
        return [
            {**_thing("EX", base + code, name, f"\\\\sets\\{owner[-3:]}\\{code}"), "Value": code, "Parent": ""}
            for name, code in self.plant.states()
        ]

    def tables(self, database: str) -> list[dict[str, Any]]:
        """Tables of a database."""
        one = _thing("Tb", self._place(database), "Materials", self._path(database, "Tables", "Materials"))
        return [{**one, "CategoryNames": [], "TimeZone": "(UTC)", "ConvertToLocalTime": False}]

    def table_data(self, table: str) -> Any:
        """Rows of a table: whatever its columns are."""
        rows = [
            {"Code": code, "Name": name, "Density": code / 7, "Since": "2020-01-01T00:00:00Z"}
            for name, code in self.plant.states()
        ]
        return {
            "Columns": {"Code": "Int32", "Name": "String", "Density": "Double", "Since": "DateTime"},
            "Rows": rows[: 3 + int(table[-1])],
        }

    def categories(self, database: str, kind: str) -> list[dict[str, Any]]:
        """Categories of one kind."""
        number = self._place(database) * 10 + _PLACES[kind]
        return [
            _thing(
                "CT",
                number,
                ("Rotating", "Process", "Daily", "Lookup")[_PLACES[kind]],
                self._path(database, f"{kind}Categories", "x"),
            )
        ]

    def _category(self, kind: str) -> Callable[[str], Sequence[Any]]:
        return lambda database: self.categories(database, kind)

    def unit_class(self) -> dict[str, Any]:
        """The class of temperatures."""
        return {
            **_thing("UC", 0, "Temperature", "\\\\AF\\UOMClasses[Temperature]"),
            "CanonicalUnitName": "kelvin",
            "CanonicalUnitAbbreviation": "K",
        }

    def units(self) -> list[dict[str, Any]]:
        """Units of temperature."""
        return [
            {
                **_thing("Ut", place, name, f"\\\\AF\\UOMs[{name}]"),
                "Abbreviation": short,
                "Factor": factor,
                "Offset": offset,
                "ReferenceFactor": 1.0,
                "ReferenceOffset": 0.0,
                "ReferenceUnitAbbreviation": "K",
            }
            for place, (name, short, factor, offset) in enumerate(_UNITS)
        ]

    def _place(self, database: str) -> int:
        names = [one["WebId"] for one in self.plant.databases]
        if database not in names:
            raise unknown(database)
        return names.index(database)

    def _path(self, database: str, kind: str, name: str) -> str:
        return f"{self.plant.databases[self._place(database)]['Path']}\\{kind}[{name}]"


def _thing(marker: str, number: int, name: str, path: str) -> dict[str, Any]:
    return {
        "WebId": webid(marker, number),
        "Id": guid(marker, number),
        "Name": name,
        "Description": "",
        "Path": path,
        "Links": {},
    }


def _shown(rows: Callable[[], Sequence[Any]]) -> Callable[[Query, str], Any]:
    return lambda query, web: {"Links": {}, "Items": rows()}


def _below(rows: Callable[[str], Sequence[Any]]) -> Callable[[Query, str], Any]:
    return lambda query, web: {"Links": {}, "Items": rows(web)}


def _one(rows: Any, path: str) -> Any:
    for one in rows:
        if one["Path"].lower() == path.lower():
            return one
    raise Refused(HTTPStatus.NOT_FOUND, f"The specified path '{path}' was not found.")


def _multiple(web: str, found: Any, show: Callable[[Any], Any]) -> dict[str, Any]:
    if found is None:
        return {
            "Identifier": web,
            "IdentifierType": "WebId",
            "Object": None,
            "Exception": {"Errors": ["Unknown or invalid WebID."]},
        }
    return {"Identifier": web, "IdentifierType": "WebId", "Object": show(found), "Exception": None}
