"""Which credentials lead to which way of signing in."""

from __future__ import annotations

from lakeflow_sources import Secret, Settings
from lakeflow_sources.http import Auth, Bearer, ClientCredentials, JwtBearer, Password, RefreshToken, Shelved

from .hosts import audience, login_url, token_url
from .soap import SoapLogin

__all__ = ["CREDENTIALS", "auth"]

CREDENTIALS: tuple[tuple[str, ...], ...] = (
    ("username", "password", "security_token"),
    ("instance_url", "client_id", "client_secret"),
    ("instance_url", "client_id", "client_secret", "username", "password"),
    ("instance_url", "client_id", "client_secret", "refresh_token"),
    ("instance_url", "client_id", "username", "private_key_secret"),
    ("instance_url", "access_token"),
)
_STATEMENT_SECONDS = 150
"""Salesforce takes statements of three minutes at most, counted by its own clock."""


_ENDLESS_SECONDS = 600.0
"""The answer does not say how long a token lives; an org can make it a quarter of an hour at least."""


def auth(settings: Settings) -> Auth:
    """The way of the credentials that are set; columns, plan and tasks, each a process of its own, share a session."""
    key = next((name for name in _KEYS if name in settings.credentials), None)
    inner = _inner(settings)
    return inner if key is None else Shelved(inner, settings.secret(key), _ENDLESS_SECONDS)


_KEYS = ("private_key_secret", "refresh_token", "password", "client_secret")


def _inner(settings: Settings) -> Auth:
    names = settings.credentials
    if "security_token" in names:
        return SoapLogin(
            login_url(settings),
            settings.text("username"),
            settings.secret("password"),
            settings.secret("security_token"),
        )
    if "access_token" in names:
        return Bearer(settings.secret("access_token"))
    url, client_id = token_url(settings), settings.text("client_id")
    if "private_key_secret" in names:
        key, user = settings.secret("private_key_secret"), settings.text("username")
        return JwtBearer(url, client_id, user, audience(settings), key, lifetime_seconds=_STATEMENT_SECONDS)
    secret = settings.secret("client_secret")
    if "refresh_token" in names:
        rotates = settings.flag("rotating_refresh")
        return RefreshToken(url, client_id, secret, settings.secret("refresh_token"), rotates=rotates, style="body")
    if "password" in names:
        return Password(url, client_id, secret, settings.text("username"), _password(settings), style="body")
    return ClientCredentials(url, client_id, secret, style="body")


def _password(settings: Settings) -> Secret:
    """The password with the security token behind it, where there is one: trusted networks need none."""
    token = settings.text("security_token") if "security_token" in settings.values else ""
    return Secret(settings.text("password") + token)
