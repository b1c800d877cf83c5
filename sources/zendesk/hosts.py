"""Where an account lives: its subdomain, and the token endpoint on the same host."""

from __future__ import annotations

import re

from lakeflow_sources import ConfigurationError, Settings

__all__ = ["home", "token_url"]

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOKENS = "/oauth/tokens"


def home(settings: Settings) -> str:
    """`https://acme.zendesk.com` for `acme`; the whole address is understood too."""
    given = settings.get("subdomain") or ""
    name = given.strip().lower().removeprefix("https://").rstrip("/").removesuffix(".zendesk.com")
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"zendesk: subdomain={given!r} is no subdomain",
            "write what stands before .zendesk.com in the address of the account, such as acme",
        )
    return f"https://{name}.zendesk.com"


def token_url(settings: Settings) -> str:
    """The token endpoint: `auth_url` with its own path, or the vendor's path on the host that is set."""
    host = (settings.get("auth_url") or settings.get("base_url") or home(settings)).rstrip("/")
    bare = host.count("/") == len("//")
    return host + _TOKENS if bare else host
