"""Roles, profiles, territories, the organisation and other short lists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client, Request, get, paginate, paging

from .answers import rows, send
from .paths import path

__all__ = ["MADE", "TABLES", "pages"]

_PAGE = 200
_LINK = "struct<id:string,name:string>"


def _plain(name: str, resource: str, *columns: str, place: str = "", paged: bool = False, **more: Any) -> Table:
    """A list under the name of its *resource*, at *place* below the version."""
    return Table(
        name=name,
        columns=fields(*columns),
        primary_key=("id",),
        fetch=partial(_list, place or f"settings/{resource}", resource, paged),
        category="reference",
        **more,
    )


def _list(place: str, resource: str, paged: bool, read: Read, _piece: Slice, client: Client) -> Iterator[Page]:
    request = get(path(read.settings, place))
    if paged:
        request = request.with_params(page=1, per_page=_PAGE)
    yield from pages(read, client, request, resource)


def pages(read: Read, client: Client, request: Request, resource: str) -> Iterator[Page]:
    """All pages of a list that is counted by page."""
    follow = paging.page_number(size=_PAGE, more="info.more_records")
    for response in paginate(lambda one: send(read.settings, client, one), request, follow):
        yield Page(records=rows(response, resource))


MADE = (
    f"created_by {_LINK}",
    "created_time timestamp",
    f"modified_by {_LINK}",
    "modified_time timestamp",
)


TABLES: tuple[Table, ...] = (
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
        *MADE,
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
        *MADE,
        paged=True,
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
        *MADE,
        place="org/currencies",
    ),
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
)
