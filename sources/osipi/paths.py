"""Where things lie: the Web API below the host, the token endpoint of the workspace, and time as it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from lakeflow_sources import Settings

__all__ = ["absolute", "path", "sent", "token_url"]

_ROOT = "/piwebapi"
_TOKENS = "/oidc/v1/token"


def path(settings: Settings, *parts: str) -> str:
    """The path of a resource, whether or not `base_url` names the Web API's folder already."""
    base = (settings.get("base_url") or "").rstrip("/").lower()
    begin = "" if base.endswith(_ROOT) else _ROOT
    return begin + "".join(f"/{quote(part, safe='')}" for part in parts)


def absolute(settings: Settings, target: str) -> str:
    """The whole address of a *target*, as the parts of a batch need it."""
    return (settings.get("base_url") or "").rstrip("/") + target


def token_url(settings: Settings) -> str:
    """The token endpoint: `auth_url` with its own path, or the usual path on that host or on the workspace's."""
    host = (settings.get("auth_url") or settings.get("workspace_host") or "").rstrip("/")
    if "://" not in host:
        host = f"https://{host}"
    return host + _TOKENS if host.count("/") == len("//") else host


def sent(moment: datetime) -> str:
    """ISO text in UTC: without a zone the server's own would count."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
