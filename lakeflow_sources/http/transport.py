"""One exchange over the network: requests owns proxies and TLS, the urllib3 pools of its adapters carry the calls."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from lakeflow_sources.errors import ConfigurationError, VendorError
from lakeflow_sources.http.body import Body, BrokenBodyError, collect
from lakeflow_sources.http.deadline import bounded, deadline
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.target import TARGET, clean, directed

__all__ = ["NetworkError", "Transport", "network_errors"]

_LOG = logging.getLogger("lakeflow_sources.http")
_CONNECT = 20.0  # seconds: a host that does not take a connection by then is not there
_POOLS = 64  # more hosts than this in one process would close the pools of the first ones
_CONNECTIONS = 32
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
        wait = timeout or self.timeout_seconds
        with network_errors():
            parts = urlsplit(url)
            pool, whole = self._route(parts)
            target = url if whole else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            ready = not whole and clean(target)
            raw = pool.urlopen(
                request.method,
                "/" if ready else target,
                body=request.body or None,
                headers={**headers, TARGET: target} if ready else headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=urllib3.Timeout(connect=min(wait, _CONNECT), read=wait),
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            received = {name.lower(): value for name, value in raw.headers.items()}
            return Response(request, raw.status, received, url=url), Body(raw, network_errors)

    def _route(self, parts: SplitResult) -> tuple[Any, bool]:
        """The pool for a host, and whether a proxy needs the whole address; settled once per host."""
        routes: dict[Any, tuple[Any, bool]] = shared("routes", dict)
        key = (self.verify, self.surroundings, parts.scheme, parts.netloc)
        if not self.verify:
            _accept_any_certificate()
        route = routes.get(key)
        if route is None or route[0].pool is None:  # requests closes the pools of hosts not called for long
            if len(routes) >= _POOLS:
                routes.clear()
            route = routes[key] = self._find_route(f"{parts.scheme}://{parts.netloc}/")
        return route

    def _find_route(self, origin: str) -> tuple[Any, bool]:
        session: requests.Session = shared(f"session:{hash((self.verify, self.surroundings))}", _session)
        chosen = session.merge_environment_settings(origin, {}, None, self.verify, None)
        bundle = chosen["verify"]
        if isinstance(bundle, str) and not Path(bundle).exists():
            raise ConfigurationError(f"There is no file {bundle} with certificates", "write its path in ca_bundle")
        prepared = requests.Request("GET", origin).prepare()
        adapter = session.get_adapter(origin)
        assert isinstance(adapter, HTTPAdapter)
        pool: Any = adapter.get_connection_with_tls_context(prepared, bundle, proxies=chosen["proxies"])
        if not getattr(pool, "lakeflow_bounded", False):
            pool.ConnectionCls = directed(bounded(pool.ConnectionCls))
            pool.lakeflow_bounded = True
        return pool, adapter.request_url(prepared, chosen["proxies"]) == origin


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=_POOLS, pool_maxsize=_CONNECTIONS, max_retries=0))
    return session


def _accept_any_certificate() -> None:
    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    told: list[bool] = shared("unverified", list)
    if not told:
        told.append(True)
        _LOG.warning("verify_ssl=false: certificates are not checked, so anybody on the way can read and change data")


@contextmanager
def network_errors() -> Iterator[None]:
    """Turns what urllib3 and sockets raise into `NetworkError`, or into an error that no retry can mend."""
    errors = urllib3.exceptions
    try:
        yield
    except BrokenBodyError as error:
        raise NetworkError(f"the answer is not complete: {error}", sent=True) from None
    except errors.SSLError as error:
        raise _tls(error) from None
    except errors.ProxyError as error:
        raise NetworkError(f"the proxy cannot be used ({_root(error)})", sent=False) from None
    except (errors.NewConnectionError, errors.ConnectTimeoutError) as error:
        raise NetworkError(f"no connection{_host(error)} ({_root(error)})", sent=False) from None
    except (errors.TimeoutError, TimeoutError) as error:
        raise NetworkError(f"no answer in time ({_root(error)})", sent=True) from None
    except (errors.LocationValueError, requests.RequestException) as error:
        raise ConfigurationError(f"The address cannot be used ({error})", "check base_url and auth_url") from None
    except ValueError:  # its text would show the value, which may be a secret
        raise ConfigurationError(
            "A header or the address of the call holds a line break or another character that is not allowed there",
            "look for stray line breaks in the credential options and in base_url",
        ) from None
    except (errors.HTTPError, OSError) as error:
        raise NetworkError(f"the connection broke ({_root(error)})", sent=True) from None


def _host(error: urllib3.exceptions.HTTPError) -> str:
    connection = next((one for one in (getattr(error, "conn", None), *error.args) if hasattr(one, "host")), None)
    return f" to {connection.host}:{connection.port}" if connection is not None else ""


def _tls(error: Exception) -> Exception:
    text = _root(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate" in text.lower():
        return ConfigurationError(
            f"The host's certificate is not trusted ({text})",
            "give the bundle of its authority in ca_bundle, or set verify_ssl=false where that is acceptable",
        )
    return NetworkError(f"TLS failed ({text})", sent=True)


def _root(error: BaseException) -> str:
    """The innermost reason, without the addresses of objects that urllib3 prints."""
    while True:
        inner = next((one for one in (*error.args, error.__cause__) if isinstance(one, BaseException)), None)
        if inner is None:
            return str(error.args[-1] if error.args else type(error).__name__).split(">: ")[-1].strip()
        error = inner
