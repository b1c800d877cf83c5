"""From a connector and checked options to a client that is ready to sign in."""

from __future__ import annotations

from lakeflow_sources.declare import Connector
from lakeflow_sources.http.client import Client, Connection
from lakeflow_sources.http.faults import by_status
from lakeflow_sources.http.token import Token
from lakeflow_sources.options import Settings

__all__ = ["connect", "connection"]


def connection(connector: Connector, settings: Settings) -> Connection:
    """All that a client has to know, in one picklable value."""
    return Connection(
        name=connector.name,
        base_url=settings.get("base_url") or connector.base_url,
        auth=connector.auth(settings),
        headers=connector.headers(settings) if connector.headers else {},
        rates=connector.rates,
        requests_per_second=settings.number("requests_per_second"),
        reserve=settings.number("reserve") or 0.0,
        timeout_seconds=settings.number("timeout_seconds") or 60.0,
        max_retries=settings.integer("max_retries") or 0,
        retry_deadline_seconds=settings.number("retry_deadline_seconds") or 0.0,
        verify=(settings.get("ca_bundle") or True) if settings.flag("verify_ssl") else False,
        hosts=connector.hosts,
        faults=connector.faults or by_status,
        redactor=settings.redactor(),
        account=settings.account(),
        log_requests=settings.flag("log_requests"),
    )


def connect(connector: Connector, settings: Settings, token: Token | None = None) -> Client:
    """A client that carries *token*, or signs in with its first call."""
    return Client(connection(connector, settings), token)
