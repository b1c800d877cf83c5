"""Where things lie: dated paths since March 2026, and the numbered ones that they replace."""

from __future__ import annotations

from lakeflow_sources import Settings

__all__ = ["DEFAULT_VERSION", "path", "token_url"]

DEFAULT_VERSION = "2026-03"
"""Supported until September 2027 at least; read shapes of 2026-09 are the same."""

_DATED = {
    "objects": "/crm/objects/{}",
    "properties": "/crm/properties/{}",
    "pipelines": "/crm/pipelines/{}",
    "owners": "/crm/owners/{}",
    "lists": "/crm/lists/{}",
    "associations": "/crm/associations/{}",
    "schemas": "/crm-object-schemas/{}/schemas",
    "emails": "/marketing/emails/{}",
    "campaigns": "/marketing/campaigns/{}",
    "forms": "/marketing/v3/forms",  # has only a beta of a dated path
}
_NUMBERED = {
    "objects": "/crm/v3/objects",
    "properties": "/crm/v3/properties",
    "pipelines": "/crm/v3/pipelines",
    "owners": "/crm/v3/owners",
    "lists": "/crm/v3/lists",
    "associations": "/crm/v4/associations",
    "schemas": "/crm-object-schemas/v3/schemas",
    "emails": "/marketing/v3/emails",
    "campaigns": "/marketing/v3/campaigns",
    "forms": "/marketing/v3/forms",
}


def path(settings: Settings, resource: str, *rest: str) -> str:
    """The path of *resource* in the version that is set, with *rest* behind it."""
    version = settings.get("api_version") or DEFAULT_VERSION
    begin = _NUMBERED[resource] if version.startswith("v") else _DATED[resource].format(version)
    return "/".join((begin, *rest))


def token_url(settings: Settings) -> str:
    """The token endpoint: `auth_url` with its own path, or the vendor's path on the host that is set."""
    host = settings.get("auth_url") or settings.get("base_url") or "https://api.hubapi.com"
    version = settings.get("api_version") or DEFAULT_VERSION
    default = f"/oauth/{'v3' if version.startswith('v') else version}/token"
    bare = host.rstrip("/").count("/") == len("//")
    return host.rstrip("/") + default if bare else host
