"""Users, roles, profiles, territories, the organisation and other short lists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, Request, get, paginate, paging

from .answers import rows, send
from .columns import fields_of
from .metadata import modules_of
from .paths import path
from .people import all_users

__all__ = ["TABLES"]

_PAGE = 200
_LINK = "struct<id:string,name:string>"


def _plain(name: str, resource: str, *columns: str, place: str = "", pages: bool = False, **more: Any) -> Table:
    """A list under the name of its *resource*, at *place* below the version."""
    return Table(
        name=name,
        columns=fields(*columns),
        primary_key=("id",),
        fetch=partial(_list, place or f"settings/{resource}", resource, pages),
        category="reference",
        **more,
    )


def _list(place: str, resource: str, pages: bool, read: Read, _piece: Slice, client: Client) -> Iterator[Page]:
    request = get(path(read.settings, place))
    if pages:
        request = request.with_params(page=1, per_page=_PAGE)
    yield from _pages(read, client, request, resource)


def _pages(read: Read, client: Client, request: Request, resource: str) -> Iterator[Page]:
    follow = paging.page_number(size=_PAGE, more="info.more_records")
    for response in paginate(lambda one: send(read.settings, client, one), request, follow):
        yield Page(records=rows(response, resource))


def _users(read: Read, _piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=all_users(read.settings, client))


USERS = Table(
    name="Users",
    columns=fields(
        "id",
        "full_name",
        "first_name",
        "last_name",
        "email",
        "status",
        f"role {_LINK}",
        f"profile {_LINK}",
        "type__s -> type",
        "alias",
        "phone",
        "mobile",
        "fax",
        "website",
        "street",
        "city",
        "state",
        "zip",
        "country",
        "dob -> date_of_birth",
        "locale",
        "language",
        "country_locale",
        "time_zone",
        "date_format",
        "time_format",
        "zuid",
        "confirm boolean -> confirmed",
        "status_reason__s -> status_reason",
        "Reporting_To json -> reporting_to",
        "territories json",
        f"created_by {_LINK}",
        "created_time timestamp",
        f"Modified_By {_LINK} -> modified_by",
        "Modified_Time timestamp -> modified_time",
    ),
    primary_key=("id",),
    fetch=_users,
    category="reference",
    description="Active, inactive and deleted users. Some have no time of change, so that they are read as a whole.",
)

_MADE = (
    f"created_by {_LINK}",
    "created_time timestamp",
    f"modified_by {_LINK}",
    "modified_time timestamp",
)


def _each_module(read: Read, client: Client) -> list[Slice]:
    """One slice a module: those of `modules`, else all that have records."""
    names = read.settings.names("modules") or [one.name for one in modules_of(read.settings, client)]
    return [Slice({"module": name}) for name in names]


def _each_record_module(read: Read, client: Client) -> list[Slice]:
    names = read.settings.names("modules") or [one.name for one in modules_of(read.settings, client) if one.changes]
    return [Slice({"module": name}) for name in names]


def _of_module(resource: str, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield from _pages(read, client, get(path(read.settings, "settings", resource), module=piece["module"]), resource)


def _fields(read: Read, piece: Slice, client: Client) -> Iterator[Page]:
    yield Page(records=fields_of(read.settings, client, piece["module"]))


TAGS = Table(
    name="Tags",
    columns=fields("@module", "id", "name", "color_code", *_MADE),
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
    yield from _pages(read, client, request, "pipeline")


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

TABLES: tuple[Table, ...] = (
    USERS,
    _plain(
        "Roles",
        "roles",
        "id",
        "name",
        "display_label",
        "api_name",
        "description",
        f"reporting_to {_LINK}",
        "share_with_peers boolean",
        f"created_by__s {_LINK} -> created_by",
        "created_time__s timestamp -> created_time",
        f"modified_by__s {_LINK} -> modified_by",
        "modified_time__s timestamp -> modified_time",
    ),
    _plain(
        "Profiles",
        "profiles",
        "id",
        "name",
        "display_label",
        "api_name",
        "description",
        "type",
        "custom boolean",
        *_MADE,
    ),
    _plain(
        "Territories",
        "territories",
        "id",
        "name",
        "api_name",
        "description",
        f"manager {_LINK}",
        f"reporting_to {_LINK}",
        "permission_type",
        *_MADE,
        pages=True,
    ),
    _plain(
        "Currencies",
        "currencies",
        "id",
        "name",
        "iso_code",
        "symbol",
        "exchange_rate decimal(38,9)",
        "is_base boolean",
        "is_active boolean",
        "prefix_symbol boolean",
        "format struct<decimal_separator:string,thousand_separator:string,decimal_places:string>",
        *_MADE,
        place="org/currencies",
    ),
    TAGS,
    PIPELINES,
    _plain("Contact_Roles", "contact_roles", "id", "name", "sequence_number long", place="Contacts/roles"),
    _plain(
        "Org",
        "org",
        "id",
        "company_name",
        "zgid",
        "type",
        "primary_email",
        "phone",
        "website",
        "employee_count",
        "street",
        "city",
        "state",
        "zip",
        "country",
        "country_code",
        "currency",
        "iso_code",
        "currency_symbol",
        "currency_locale",
        "time_zone",
        "mc_status boolean -> multi_currency",
        "license_details json",
        "created_time timestamp",
        place="org",
    ),
    _plain(
        "Modules",
        "modules",
        "id",
        "api_name",
        "module_name",
        "singular_label",
        "plural_label",
        "generated_type",
        "api_supported boolean",
        "viewable boolean",
        "modified_time timestamp",
    ),
    FIELDS,
)
