"""Templates, analyses, enumerations, categories, units and tables of the asset databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, get

from .assets import by_database
from .batch import children, contents
from .lists import walk
from .owners import asset_servers, servers
from .paths import path

__all__ = ["TABLES"]

_OBJECT = ("WebId -> webid", "Id", "Name", "Description", "Path")
_HIDDEN = (
    *("Links", "WebException", "Errors", "Security"),
    *(f"Serialize{name}" for name in ("Description", "Id", "Links", "Path", "WebId")),
)
_KINDS = ("element", "attribute", "analysis", "table")
_RULES = (
    "CategoryNames array<string>",
    "AnalysisRulePlugInName -> analysis_rule_plugin_name",
    "TimeRulePlugInName -> time_rule_plugin_name",
    "OutputTime",
    "GroupId int",
)
_ATTRIBUTE = (
    "Type",
    "TypeQualifier",
    "DefaultUnitsName",
    "DefaultUnitsNameAbbreviation",
    "DefaultValue json",
    "DataReferencePlugIn -> data_reference_plugin",
    "ConfigString",
    "IsConfigurationItem boolean",
    "IsExcluded boolean",
    "IsHidden boolean",
    "IsManualDataEntry boolean",
    "TraitName",
    "HasChildren boolean",
    "CategoryNames array<string>",
)

Rows = list[dict[str, Any]]


def _items(read: Read, client: Client, *parts: str, **params: Any) -> Rows:
    return list(client.send(get(path(read.settings, *parts), **params)).json()["Items"])


def _listed(name: str, params: Any, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """A list of a database that has no pages."""
    yield Page(records=_items(read, client, "assetdatabases", piece["webid"], name, **params))


def _paged(name: str, params: Any, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    request = get(path(read.settings, "assetdatabases", piece["webid"], name), **params)
    for page in walk(client, request, read.settings):
        yield Page(records=page)


def _attribute_templates(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    """Those of each template, and those below other attribute templates."""
    templates = _items(read, client, "assetdatabases", piece["webid"], "elementtemplates", field="Name")
    owners = [(one["WebId"], one["WebId"]) for one in templates]
    names = ("elementtemplates", "attributetemplates")
    while owners:
        template_of = dict(owners)
        owners = []
        for parent, rows in children(
            client, read.settings, list(template_of), names, paged=names[0] == "elementtemplates"
        ):
            template = template_of[parent]
            yield Page(records=[{**one, "Template": template} for one in rows])
            owners += [(one["WebId"], template) for one in rows if one.get("HasChildren")]
        names = ("attributetemplates", "attributetemplates")


def _set_owners(read: Read, client: Client) -> Iterator[Slice]:
    """Enumeration sets belong to databases, digital states to data servers."""
    for one in by_database(read, client):
        yield Slice({"resource": "assetdatabases", "webid": one["webid"], "owner": one["database"]})
    for server in servers(read.settings, client):
        yield Slice({"resource": "dataservers", "webid": server["WebId"], "owner": server["Name"]})


def _sets(read: Read, piece: Slice, client: Client) -> Rows:
    return _items(read, client, piece["resource"], piece["webid"], "enumerationsets")


def _enumeration_sets(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=_sets(read, piece, client))


def _enumeration_values(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    owners = [one["WebId"] for one in _sets(read, piece, client)]
    for owner, rows in children(client, read.settings, owners, ("enumerationsets", "enumerationvalues")):
        yield Page(records=[{**one, "Set": owner} for one in rows])


def _categories(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for kind in _KINDS:
        rows = _items(read, client, "assetdatabases", piece["webid"], f"{kind}categories")
        yield Page(records=[{**one, "Kind": kind} for one in rows])


def _units(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    for server in asset_servers(read.settings, client):
        classes = {
            one["WebId"]: one["Name"] for one in _items(read, client, "assetservers", server["WebId"], "unitclasses")
        }
        for owner, rows in children(client, read.settings, list(classes), ("unitclasses", "units")):
            yield Page(records=[{**one, "UnitClass": classes[owner]} for one in rows])


def _table_rows(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    tables = _items(read, client, "assetdatabases", piece["webid"], "tables")
    requests = [get(path(read.settings, "tables", one["WebId"], "data")) for one in tables]
    for table, content in zip(tables, contents(client, read.settings, requests), strict=True):
        if content is not None:
            rows = [
                {"Table": table["WebId"], "TableName": table["Name"], "Row": place, "Values": row}
                for place, row in enumerate(content["Rows"])
            ]
            yield Page(records=rows)


def _table(  # noqa: PLR0913 (one for each field of a table that differs)
    name: str,
    columns: tuple[str, ...],
    fetch: Callable[[Read, Slice, Client], Iterator[Page]],
    description: str,
    *,
    key: tuple[str, ...] = ("webid",),
    slices: Any = by_database,
    category: str = "definitions",
) -> Table:
    return Table(
        name=name,
        columns=fields(*columns),
        primary_key=key,
        slices=slices,
        fetch=fetch,
        ignored=_HIDDEN,
        category=category,
        description=description,
    )


_TEMPLATE = (
    *_OBJECT,
    "@database",
    "InstanceType",
    "BaseTemplate",
    "NamingPattern",
    "AllowElementToExtend boolean",
    "CanBeAcknowledged boolean",
    "Severity",
    "CategoryNames array<string>",
    "ExtendedProperties json",
)
_ANALYSIS = (
    *_OBJECT,
    "@database",
    "Status",
    "TargetWebId -> target_webid",
    "TemplateName",
    "Priority",
    "PublishResults boolean",
    "MaximumQueueSize int",
    "AutoCreated boolean",
    "HasNotification boolean",
    "HasTarget boolean",
    "HasTemplate boolean",
    "IsConfigured boolean",
    "IsTimeRuleDefinedByTemplate boolean",
    *_RULES,
)
_ANALYSIS_TEMPLATE = (
    *_OBJECT,
    "@database",
    "TargetName",
    "CreateEnabled boolean",
    "HasNotificationTemplate boolean",
    "HasTarget boolean",
    *_RULES,
)
_UNIT = (
    *_OBJECT,
    "UnitClass",
    "Abbreviation",
    "Factor double",
    "Offset double",
    "ReferenceFactor double",
    "ReferenceOffset double",
    "ReferenceUnitAbbreviation",
)
_AF_TABLE = (*_OBJECT, "@database", "TimeZone", "ConvertToLocalTime boolean", "CategoryNames array<string>")
_AF_ROW = ("Table -> table_webid", "TableName", "Row long -> row_number", "Values json")

TABLES: tuple[Table, ...] = (
    _table(
        "element_templates",
        _TEMPLATE,
        partial(_listed, "elementtemplates", {"field": "Name", "maxCount": 150_000}),
        "Templates of elements and of event frames.",
    ),
    _table(
        "attribute_templates",
        (*_OBJECT, "@database", "Template -> element_template_webid", *_ATTRIBUTE),
        _attribute_templates,
        "Attributes that templates define.",
    ),
    _table("analyses", _ANALYSIS, partial(_paged, "analyses", {"field": "Name"}), "Analyses of elements."),
    _table(
        "analysis_templates",
        _ANALYSIS_TEMPLATE,
        partial(_listed, "analysistemplates", {"field": "Name", "maxCount": 150_000}),
        "Templates of analyses.",
    ),
    _table(
        "enumeration_sets",
        (*_OBJECT, "@owner"),
        _enumeration_sets,
        "Enumeration sets of databases, and digital state sets of data servers.",
        slices=_set_owners,
    ),
    _table(
        "enumeration_values",
        (*_OBJECT, "@owner", "Set -> enumeration_set_webid", "Value int", "Parent"),
        _enumeration_values,
        "Their values.",
        slices=_set_owners,
        key=("enumeration_set_webid", "value", "name"),
    ),
    _table(
        "categories",
        (*_OBJECT, "@database", "Kind"),
        _categories,
        "Categories of elements, attributes, analyses and tables.",
    ),
    _table("units", _UNIT, _units, "Units of measure.", slices=None),
    _table("af_tables", _AF_TABLE, partial(_listed, "tables", {}), "Tables of the databases."),
    _table(
        "af_table_rows",
        _AF_ROW,
        _table_rows,
        "Their rows, each as JSON, as every table has its own columns.",
        key=("table_webid", "row_number"),
    ),
)
