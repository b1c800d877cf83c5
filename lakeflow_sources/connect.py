"""From a connector and checked options to a client that is ready to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lakeflow_sources.declare import Connector
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.auth import Auth, RefreshToken
from lakeflow_sources.http.client import Client, Connection
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.http.faults import by_status
from lakeflow_sources.http.pacing import Rate
from lakeflow_sources.http.quota import by_headers
from lakeflow_sources.http.secret_store import DatabricksSecretStore
from lakeflow_sources.http.token import FileStore, Token, TokenStore
from lakeflow_sources.options import Settings

__all__ = ["base_url", "connect", "connection", "rates"]


def base_url(connector: Connector, settings: Settings) -> str:
    """Where calls go: the user's `base_url`, else the vendor's host."""
    given = settings.get("base_url")
    if given:
        return given
    return connector.base_url(settings) if callable(connector.base_url) else connector.base_url


def rates(connector: Connector, settings: Settings) -> Mapping[str, Rate]:
    """The vendor's limits for an account with these options."""
    return connector.rates(settings) if callable(connector.rates) else connector.rates


def connection(connector: Connector, settings: Settings) -> Connection:
    """All that a client has to know, in one picklable value."""
    return Connection(
        name=connector.name,
        base_url=base_url(connector, settings),
        auth=_kept(connector.auth(settings), settings),
        headers=connector.headers(settings) if connector.headers else {},
        rates=rates(connector, settings),
        requests_per_second=settings.number("requests_per_second"),
        reserve=settings.number("reserve") or 0.0,
        timeout_seconds=settings.number("timeout_seconds") or 60.0,
        max_retries=settings.integer("max_retries") or 0,
        retry_deadline_seconds=settings.number("retry_deadline_seconds") or 0.0,
        verify=(settings.get("ca_bundle") or True) if settings.flag("verify_ssl") else False,
        hosts=tuple(connector.hosts),
        base_fact="" if settings.get("base_url") else connector.base_fact,
        faults=connector.faults or by_status,
        quota=connector.quota or by_headers,
        redactor=settings.redactor(),
        account=settings.account(),
        log_requests=settings.flag("log_requests"),
    )


def connect(
    connector: Connector,
    settings: Settings,
    token: Token | None = None,
    clock: Clock = Clock(),  # noqa: B008 (a frozen value)
) -> Client:
    """A client that carries *token*, or signs in with its first call; a *clock* of its own is for tests."""
    return Client(connection(connector, settings), token, clock)


def _kept(auth: Auth, settings: Settings) -> Auth:
    """*auth*, with rotated refresh tokens kept where the options say."""
    store = _store(settings)
    return auth if store is None else _storing(auth, store)


def _storing(auth: Any, store: TokenStore) -> Any:
    """*auth* with *store*, also where another sign-in is wrapped around it."""
    if isinstance(auth, RefreshToken):
        return auth if auth.store else replace(auth, store=store)
    inner = getattr(auth, "inner", None)
    return replace(auth, inner=_storing(inner, store)) if inner is not None else auth


def _store(settings: Settings) -> TokenStore | None:
    scope, key, file = (settings.get(f"token_store_{name}") for name in ("scope", "key", "file"))
    if bool(scope) != bool(key) or (file and scope):
        raise ConfigurationError(
            f"{settings.connector}: a token store is a scope and a key, or a file",
            "give token_store_scope and token_store_key, or token_store_file alone",
        )
    if scope and key:
        return DatabricksSecretStore(scope, key)
    return FileStore(Path(file)) if file else None
