"""HTTP as connectors see it: requests and answers as values, a client, ways to sign in, ways to page."""

from __future__ import annotations

from lakeflow_sources.http import paging
from lakeflow_sources.http.auth import (
    ApiKey,
    Auth,
    Basic,
    Bearer,
    BearerPool,
    ClientCredentials,
    GitHubApp,
    JwtBearer,
    NoAuth,
    Password,
    RefreshToken,
    Renewing,
)
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.connection import Connection
from lakeflow_sources.http.faults import Fault, MissingError, by_status, retry_after
from lakeflow_sources.http.pacing import Rate, per_second
from lakeflow_sources.http.paging import paginate
from lakeflow_sources.http.quota import Quota, by_headers
from lakeflow_sources.http.request import Request, get, post
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.shelf import Shelved
from lakeflow_sources.http.token import FileStore, Token, TokenStore

__all__ = [
    "ApiKey",
    "Auth",
    "Basic",
    "Bearer",
    "BearerPool",
    "Client",
    "ClientCredentials",
    "Connection",
    "Fault",
    "FileStore",
    "GitHubApp",
    "JwtBearer",
    "MissingError",
    "NoAuth",
    "Password",
    "Quota",
    "Rate",
    "RefreshToken",
    "Renewing",
    "Request",
    "Response",
    "Shelved",
    "Token",
    "TokenStore",
    "by_headers",
    "by_status",
    "get",
    "paginate",
    "paging",
    "per_second",
    "post",
    "retry_after",
]
