"""The connector HubSpot as a value."""

from __future__ import annotations

from lakeflow_sources import Connector, Option, Rate, Settings, Table
from lakeflow_sources.http import Auth, Bearer, Client, RefreshToken, Shelved, get, per_second

from . import associations, objects, reference
from .faults import faults
from .paths import DEFAULT_VERSION, token_url
from .quota import quota

__all__ = ["CONNECTOR"]


def _auth(settings: Settings) -> Auth:
    if "access_token" in settings.credentials:
        return Bearer(settings.secret("access_token"))
    refresh = RefreshToken(
        token_url(settings),
        settings.text("client_id"),
        settings.secret("client_secret"),
        settings.secret("refresh_token"),
        style="body",
    )
    # Spark asks for columns, plan and rows in processes of their own: one token serves them all.
    return Shelved(refresh, settings.secret("client_secret"))


def _rates(settings: Settings) -> dict[str, Rate]:
    """Those of Free and Starter accounts; larger ones allow 190 in ten seconds: raise requests_per_second there.

    Search answers carry no rate headers, and its five a second are shared by the whole account.
    """
    search = settings.number("search_requests_per_second") or 5.0
    return {"default": Rate(100, 10.0), "search": per_second(search)}


def _tables(settings: Settings, client: Client) -> tuple[Table, ...]:
    """Those of every account, its custom objects, and the association table that is asked for by name."""
    kinds = (*objects.STANDARD, *objects.custom_kinds(settings, client))
    custom = tuple(objects.table(kind) for kind in kinds[len(objects.STANDARD) :])
    asked = associations.asked_for(settings.get("tableName") or "", kinds)
    known = {table.name for table in _STATIC}
    return (*_STATIC, *custom, *(table for table in asked if table.name not in known))


_STATIC: tuple[Table, ...] = (
    *(objects.table(kind) for kind in objects.STANDARD),
    *associations.COMMON,
    *reference.TABLES,
)

CONNECTOR = Connector(
    name="hubspot",
    title="HubSpot CRM",
    base_url="https://api.hubapi.com",
    auth=_auth,
    tables=_tables,
    static_tables=_STATIC,
    options=(
        Option("access_token", "Service key, or token of a private app.", secret=True),
        Option("client_id", "OAuth app."),
        Option("client_secret", "OAuth app.", secret=True),
        Option("refresh_token", "OAuth refresh token of the account.", secret=True),
        Option("api_version", "Dated version of the API, or v3 for the older paths.", DEFAULT_VERSION),
        Option(
            "parallel_list",
            "Start full reads at several record ids at once; `false` walks the list from its beginning.",
            "true",
            kind="boolean",
        ),
        Option("search_requests_per_second", "Budget of the search endpoints.", "5", kind="number"),
        Option("object_types", "Object types that pipelines, pipeline_stages and properties cover, as a comma list."),
    ),
    credentials=(("access_token",), ("client_id", "client_secret", "refresh_token")),
    rates=_rates,
    faults=faults,
    quota=quota,
    check=get(f"/account-info/{DEFAULT_VERSION}/details"),
)
