"""Data servers, asset servers and asset databases: where everything else hangs."""

from __future__ import annotations

from typing import Any

from lakeflow_sources import ConfigurationError, Settings
from lakeflow_sources.http import Client, get

from .paths import path

__all__ = ["asset_servers", "databases", "servers"]


def servers(settings: Settings, client: Client) -> list[dict[str, Any]]:
    """The data servers that the option `data_server` names; all without it."""
    rows = client.send(get(path(settings, "dataservers"))).json()["Items"]
    return _chosen(settings, rows, "data_server")


def asset_servers(settings: Settings, client: Client) -> list[dict[str, Any]]:
    """All asset servers."""
    return list(client.send(get(path(settings, "assetservers"))).json()["Items"])


def databases(settings: Settings, client: Client) -> list[dict[str, Any]]:
    """The asset databases that the option `database` names; all without it."""
    rows = [
        {**one, "Server": server["Name"]}
        for server in asset_servers(settings, client)
        for one in client.send(get(path(settings, "assetservers", server["WebId"], "assetdatabases"))).json()["Items"]
    ]
    return _chosen(settings, rows, "database")


def _chosen(settings: Settings, rows: list[dict[str, Any]], option: str) -> list[dict[str, Any]]:
    names = {name.lower() for name in settings.names(option)}
    found = [one for one in rows if not names or {one["Name"].lower(), one["WebId"].lower()} & names]
    unknown = names - {text.lower() for one in found for text in (one["Name"], one["WebId"])}
    if unknown:
        there = ", ".join(one["Name"] for one in rows) or "none that these credentials may see"
        raise ConfigurationError(f"osipi: {option} names {', '.join(sorted(unknown))}", f"there is {there}")
    return found
