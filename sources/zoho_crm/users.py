"""The users of the account."""

from __future__ import annotations

from collections.abc import Iterator

from lakeflow_sources import Page, Read, Slice, Table, fields
from lakeflow_sources.http import Client

from .people import all_users

__all__ = ["USERS"]

_LINK = "struct<id:string,name:string>"


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
