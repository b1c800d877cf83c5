"""The network as requests and urllib3 see it: pools of connections, proxies, certificates, and what can go wrong.

Imported when the first call is made, as much is done without one and both take their time.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.body import BrokenBodyError
from lakeflow_sources.http.deadline import bounded
from lakeflow_sources.http.process import shared
from lakeflow_sources.http.target import directed
from lakeflow_sources.http.transport import NetworkError

__all__ = ["POOLS", "accept_any_certificate", "find_route", "network_errors", "timeouts"]

_LOG = logging.getLogger("lakeflow_sources.http")
_CONNECT = 20.0  # seconds: a host that does not take a connection by then is not there
POOLS = 64
"""More hosts than this in one process would close the pools of the first ones."""
_CONNECTIONS = 32


def find_route(origin: str, verify: bool | str, surroundings: object) -> tuple[Any, bool]:
    """The pool for a host, and whether a proxy needs the whole address; *surroundings* tell sessions apart."""
    session: requests.Session = shared(f"session:{hash((verify, surroundings))}", _session)
    chosen = session.merge_environment_settings(origin, {}, None, verify, None)
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


def timeouts(seconds: float) -> urllib3.Timeout:
    """How long to wait for a connection, and then for each piece of an answer."""
    return urllib3.Timeout(connect=min(seconds, _CONNECT), read=seconds)


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=POOLS, pool_maxsize=_CONNECTIONS, max_retries=0))
    return session


def accept_any_certificate() -> None:
    """Calls without checks of certificates warn once."""
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
