"""Where things lie: hosts by data centre, versions in paths."""

from __future__ import annotations

from lakeflow_sources import Settings

__all__ = ["DEFAULT_ACCOUNTS", "DEFAULT_VERSION", "bulk_path", "path", "token_url"]

DEFAULT_VERSION = "v8"
DEFAULT_ACCOUNTS = "https://accounts.zoho.com"
_TOKEN_PATH = "/oauth/v2/token"  # noqa: S105 (a path)


def path(settings: Settings, *rest: str) -> str:
    """The path of a resource in the version that is set."""
    return "/".join(("/crm", settings.get("api_version") or DEFAULT_VERSION, *rest))


def bulk_path(settings: Settings, *rest: str) -> str:
    """The same for bulk reads."""
    return "/".join(("/crm/bulk", settings.get("api_version") or DEFAULT_VERSION, "read", *rest))


def token_url(settings: Settings) -> str:
    """The token endpoint of the data centre that issued the refresh token; `auth_url` goes before `accounts_url`."""
    host = (settings.get("auth_url") or settings.get("accounts_url") or DEFAULT_ACCOUNTS).rstrip("/")
    bare = host.count("/") == len("//")
    return host + _TOKEN_PATH if bare else host
