"""One attempt of a call: the right host, redirects followed, the answer read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.address import absolute, check_host, redirected
from lakeflow_sources.http.body import Body, collect
from lakeflow_sources.http.connection import Connection
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.transport import Transport

__all__ = ["Limits", "exchange", "path_of"]

_REDIRECTS = 5
_FINE = range(200, 300)
_DEFAULTS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "lakeflow-sources"}


@dataclass(frozen=True, slots=True)
class Limits:
    """An answer may have *most_bytes* and take *seconds*; with *keep* a good one is left to be read by the caller."""

    most_bytes: int
    seconds: float
    keep: bool = False


def exchange(
    connection: Connection, transport: Transport, request: Request, base_url: str, limits: Limits
) -> tuple[Response, Body | None]:
    """Send *request*, which carries its credentials, to where it may go; the body is `None` when it was read."""
    home = base_url if request.signed else absolute(base_url, request.url)
    call, why = request, f"{request.method} {path_of(request)} goes to"
    for _ in range(_REDIRECTS + 1):
        place = absolute(base_url, call.url)
        check_host(place, home, connection.hosts, why)
        url = place + call.query
        response, body = _send(transport, call, url, _headers(connection, call), limits)
        following = redirected(call, url, response)
        if following is None:
            return response if call is request else replace(response, request=request), body
        if body is not None:
            body.close()
        call, why = following, f"{request.method} {path_of(request)} was redirected to"
    raise VendorError(
        f"{request.method} {path_of(request)} was redirected more than {_REDIRECTS} times, at last to {call.url}",
        "check base_url",
    )


def path_of(request: Request) -> str:
    """Path of a call for messages, with its host when it names one, and never its query."""
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}" if parts.netloc else parts.path


def _send(
    transport: Transport, call: Request, url: str, headers: Mapping[str, str], limits: Limits
) -> tuple[Response, Body | None]:
    if not limits.keep:
        return transport.exchange(call, url, headers, (limits.most_bytes, limits.seconds)), None
    response, body = transport.open(call, url, headers)
    if response.status in _FINE:
        return response, body
    with body:
        return replace(response, body=collect(body, limits.most_bytes) or b""), None


def _headers(connection: Connection, request: Request) -> dict[str, str]:
    merged: dict[str, tuple[str, str]] = {}
    for source in (_DEFAULTS.items(), connection.headers.items(), request.headers):
        merged |= {name.lower(): (name, value) for name, value in source}
    return dict(merged.values())
