"""The connector Zoho CRM as a value."""

from __future__ import annotations

from lakeflow_sources import Connector, Option, Rate, Settings, Table
from lakeflow_sources.http import Client, get

from . import companions, per_module, reference
from .answers import quota
from .deletes import DELETED_RECORDS
from .faults import faults
from .metadata import STANDARD, Module, modules_of
from .modules import table
from .paths import DEFAULT_ACCOUNTS, DEFAULT_VERSION
from .people import EDITIONS
from .signin import auth
from .users import USERS

__all__ = ["CONNECTOR"]

_FIXED: tuple[Table, ...] = (*companions.TABLES, USERS, *reference.TABLES, *per_module.TABLES, DELETED_RECORDS)
_FIXED_NAMES = frozenset(one.name.lower() for one in _FIXED)


def _tables(settings: Settings, client: Client) -> tuple[Table, ...]:
    """The modules that the account has, and what every account has."""
    return (*(table(one) for one in modules_of(settings, client) if _is_free(one)), *_FIXED)


def _is_free(module: Module) -> bool:
    """Whether no fixed table reads this module better."""
    return module.name.lower() not in _FIXED_NAMES


CONNECTOR = Connector(
    name="zoho_crm",
    title="Zoho CRM",
    base_url="https://www.zohoapis.com",
    base_fact="api_domain",
    auth=auth,
    tables=_tables,
    static_tables=(*(table(one) for one in STANDARD), *_FIXED),
    aliases={one.name.lower(): one.name for one in (*(table(one) for one in STANDARD), *_FIXED)},
    options=(
        Option("client_id", "OAuth client of the API console."),
        Option("client_secret", "Its secret.", secret=True),
        Option("refresh_token", "Refresh token of a user, from a self client for example.", secret=True),
        Option("accounts_url", "Accounts host of the data centre that issued the refresh token.", DEFAULT_ACCOUNTS),
        Option("api_version", "Version of the API.", DEFAULT_VERSION),
        Option(
            "edition",
            "Edition of the account: how many calls at the same time are allowed.",
            "standard",
            choices=EDITIONS,
        ),
        Option("credits_reserve", "API credits of 24 hours that are left to other programs.", "0", kind="integer"),
        Option("modules", "Modules that Tags, Fields, Deleted_Records and Attachments cover, as a comma list."),
        Option(
            "read_by",
            "How records are read: by list, by query (COQL) or in bulk; the cheapest of these without it.",
            "auto",
            choices=("auto", "list", "query", "bulk"),
        ),
        Option(
            "deletes",
            "`false` reads changes without the deleted records, where a module does not tell of them.",
            "true",
            kind="boolean",
        ),
        Option("poll_seconds", "First pause between looks at a bulk job, doubled up to a minute.", "2", kind="number"),
        Option("bulk_timeout_seconds", "Longest wait for one bulk job.", "7200", kind="number"),
    ),
    credentials=(("client_id", "client_secret", "refresh_token"),),
    # The vendor limits calls at the same time and credits of a day, not calls of a second; ten is what the smallest
    # paid edition answers in a second. Downloads of bulk results are limited to ten in a minute.
    rates={"default": Rate(10, 1.0), "download": Rate(10, 60.0)},
    faults=faults,
    preview={"read_by": "list"},
    quota=quota,
    check=get(f"/crm/{DEFAULT_VERSION}/settings/modules"),
)
