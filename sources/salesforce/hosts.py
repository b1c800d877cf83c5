"""Where Salesforce lives: hosts to sign in at, the host of the data, and versions in paths."""

from __future__ import annotations

from urllib.parse import urlsplit

from lakeflow_sources import ConfigurationError, Settings

__all__ = ["audience", "data_host", "data_path", "login_url", "token_url", "version"]

PRODUCTION = "https://login.salesforce.com"
SANDBOX = "https://test.salesforce.com"
_OLDEST = 31
_LAST_LOGIN = 64  # login() does not exist in later versions, and nowhere from June 2027 on


def version(settings: Settings) -> str:
    """The version of data calls, such as `64.0`, however it is written."""
    text = settings.text("api_version").strip().lower().removeprefix("v")
    number, _, rest = text.partition(".")
    if not number.isdecimal() or rest.strip("0") or int(number) < _OLDEST:
        raise ConfigurationError(
            f"salesforce: api_version={text!r} is no version that is served", "write 31.0 or newer, such as 64.0"
        )
    return f"{int(number)}.0"


def data_path(settings: Settings, *rest: str) -> str:
    """The path of a data resource."""
    return "/".join(("/services/data", f"v{version(settings)}", *rest))


def data_host(settings: Settings) -> str:
    """The host of the data as far as the options tell; the answer of a sign-in knows better."""
    return _option(settings, "instance_url") or _option(settings, "login_url") or PRODUCTION


def login_url(settings: Settings) -> str:
    """Where SOAP login happens, at a version that still has it."""
    number = min(int(version(settings).partition(".")[0]), _LAST_LOGIN)
    host = _option(settings, "login_url") or _option(settings, "base_url") or data_host(settings)
    return _door(settings, host, f"/services/Soap/u/{number}.0")


def token_url(settings: Settings) -> str:
    """The OAuth endpoint, on the org's own host where it is known."""
    return _door(settings, _option(settings, "base_url") or data_host(settings), "/services/oauth2/token")


def audience(settings: Settings) -> str:
    """Whom a signed statement is for: production or sandboxes, never the org's own host."""
    given = _option(settings, "login_url")
    if given:
        return given
    host = urlsplit(data_host(settings)).hostname or ""
    return SANDBOX if ".sandbox." in host or host == "test.salesforce.com" else PRODUCTION


def _option(settings: Settings, name: str) -> str | None:
    """An address, with its scheme and without a slash at its end."""
    text = (settings.get(name) or "").rstrip("/")
    if not text:
        return None
    return text if "://" in text else f"https://{text}"


def _door(settings: Settings, host: str, path: str) -> str:
    """*path* on *host*, or on the host that `auth_url` names; one with a path of its own is meant as it is."""
    given = _option(settings, "auth_url")
    if given and urlsplit(given).path.strip("/"):
        return given
    return (given or host) + path
