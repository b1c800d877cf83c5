"""One exchange over the network: requests owns proxies and TLS, the urllib3 pools of its adapters carry the calls."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.body import Body, collect
from lakeflow_sources.http.deadline import deadline
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.target import TARGET, clean

__all__ = ["NetworkError", "Transport"]

_SURROUNDINGS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class NetworkError(Exception):
    """No usable answer came; *sent* tells whether the vendor may have got the call."""

    def __init__(self, message: str, *, sent: bool) -> None:
        self.sent = sent
        super().__init__(message)


def _surroundings() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value) for name, value in os.environ.items() if name in _SURROUNDINGS or name.lower().endswith("_proxy")
    )


@dataclass(frozen=True, slots=True)
class Transport:
    """How to reach hosts: *verify* is true, false, or the path of a bundle of certificates."""

    verify: bool | str = True
    timeout_seconds: float = 60.0
    surroundings: tuple[tuple[str, str], ...] = field(default_factory=_surroundings, repr=False)
    """The environment variables that proxies and certificates come from: they may name a password."""

    def exchange(self, request: Request, url: str, headers: Mapping[str, str], limits: tuple[int, float]) -> Response:
        """Send *request* to *url* and read the whole answer: at most *limits* bytes, in at most that many seconds."""
        most, seconds = limits
        with deadline(seconds):
            response, body = self.open(request, url, headers, min(self.timeout_seconds, seconds))
        with body:
            announced = response.headers.get("content-length", "")
            content = None if announced.isdigit() and int(announced) > most else collect(body, most)
        if content is None:
            raise VendorError(
                f"{request.method} {urlsplit(url).path} answered with more than {most} bytes",
                "ask for smaller pages",
            )
        return Response(request, response.status, response.headers, content, url)

    def open(
        self, request: Request, url: str, headers: Mapping[str, str], timeout: float | None = None
    ) -> tuple[Response, Body]:
        """Send *request* to *url*; the answer without its body, and the body to be read and closed."""
        from lakeflow_sources.http import network

        wait = timeout or self.timeout_seconds
        with network.network_errors():
            place, _, query = url.partition("#")[0].partition("?")
            parts = urlsplit(place)  # remembered by the standard library, as all pages of a list have the same
            pool, whole = self._route(parts)
            target = url if whole else (parts.path or "/") + (f"?{query}" if query else "")
            ready = not whole and clean(target)
            raw = pool.urlopen(
                request.method,
                "/" if ready else target,
                body=request.body or None,
                headers={**headers, TARGET: target} if ready else headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=network.timeouts(wait),
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            received = {name.lower(): value for name, value in raw.headers.items()}
            return Response(request, raw.status, received, url=url), Body(raw, network.network_errors)

    def _route(self, parts: SplitResult) -> tuple[Any, bool]:
        """The pool for a host, and whether a proxy needs the whole address; settled once per host."""
        from lakeflow_sources.http import network

        routes: dict[Any, tuple[Any, bool]] = shared("routes", dict)
        key = (self.verify, self.surroundings, parts.scheme, parts.netloc)
        if not self.verify:
            network.accept_any_certificate()
        route = routes.get(key)
        if route is None or route[0].pool is None:  # requests closes the pools of hosts not called for long
            if len(routes) >= network.POOLS:
                routes.clear()
            route = routes[key] = network.find_route(
                f"{parts.scheme}://{parts.netloc}/", self.verify, self.surroundings
            )
        return route
