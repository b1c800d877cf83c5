"""What is asked for module by module, or layout by layout: tags, metadata of fields, sales pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, get

from .answers import rows, send
from .columns import fields_of
from .metadata import modules_of
from .paths import path
from .reference import MADE, pages

__all__ = ["TABLES"]


def _each_module(read: Read, client: Client) -> list[Slice]:
    """One slice a module: those of `modules`, else all that have records."""
    names = read.settings.names("modules") or [one.name for one in modules_of(read.settings, client)]
    return [Slice({"module": name}) for name in names]


def _each_record_module(read: Read, client: Client) -> list[Slice]:
    names = read.settings.names("modules") or [one.name for one in modules_of(read.settings, client) if one.changes]
    return [Slice({"module": name}) for name in names]


def _of_module(resource: str, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield from pages(read, client, get(path(read.settings, "settings", resource), module=piece["module"]), resource)


def _fields(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=fields_of(read.settings, client, piece["module"]))


TAGS = Table(
    name="Tags",
    columns=fields("@module", "id", "name", "color_code", *MADE),
    primary_key=("module", "id"),
    slices=_each_record_module,
    fetch=partial(_of_module, "tags"),
    category="reference",
)

FIELDS = Table(
    name="Fields",
    columns=fields(
        "@module",
        "id",
        "api_name",
        "field_label",
        "display_label",
        "data_type",
        "json_type",
        "length long",
        "decimal_place long",
        "custom_field boolean",
        "read_only boolean",
        "visible boolean",
        "system_mandatory boolean",
        "display_field boolean",
        "pick_list_values json",
        "lookup json",
        "formula json",
    ),
    primary_key=("module", "id"),
    slices=_each_module,
    fetch=_fields,
    category="reference",
    description="Metadata of every field, for the types behind the columns of modules.",
)


def _layouts(read: Read, client: Client) -> list[Slice]:
    request = get(path(read.settings, "settings", "layouts"), module="Deals")
    return [Slice({"layout_id": one["id"]}) for one in rows(send(read.settings, client, request), "layouts")]


def _pipelines(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    request = get(path(read.settings, "settings", "pipeline"), layout_id=piece["layout_id"])
    yield from pages(read, client, request, "pipeline")


PIPELINES = Table(
    name="Pipelines",
    columns=fields(
        "@layout_id",
        "id",
        "display_value",
        "actual_value",
        "default boolean",
        "maps array<struct<id:string,display_value:string,actual_value:string,sequence_number:long,"
        "forecast_type:string,forecast_category:struct<id:string,name:string>>> -> stages",
    ),
    primary_key=("layout_id", "id"),
    slices=_layouts,
    fetch=_pipelines,
    category="reference",
    description="Sales pipelines of each layout of deals, with their stages.",
)

TABLES: tuple[Table, ...] = (TAGS, FIELDS, PIPELINES)
