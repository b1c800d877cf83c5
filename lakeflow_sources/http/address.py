"""Where a call goes, and whether credentials may go there."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lakeflow_sources.errors import ConfigurationError, VendorError
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["absolute", "check_host", "followed", "redirected"]

_PORTS = {"http": 80, "https": 443}
_MOVED = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
_SEE_OTHER = 303
_REMEMBERED = 256  # addresses without their queries: all pages of a list have one


@lru_cache(_REMEMBERED)
def absolute(base_url: str, url: str) -> str:
    """*url* as it is when it names a host, else below *base_url*."""
    whole = url if "://" in url else f"{base_url.rstrip('/')}/{url.lstrip('/')}"
    try:
        name = urlsplit(whole).port is None or urlsplit(whole).hostname
    except ValueError as error:
        raise ConfigurationError(f"The address of a call cannot be used ({error})", "check base_url") from None
    if not name:
        raise ConfigurationError("The address of a call names no host", "check base_url")
    return whole


@lru_cache(_REMEMBERED)
def check_host(url: str, home: str, hosts: tuple[str, ...], why: str) -> None:
    """Raise `VendorError` unless *url* is on the host of *home* or on one of *hosts*."""
    target, base = urlsplit(url), urlsplit(home)
    same_name = target.hostname == base.hostname
    if same_name and _port(url) == _port(home):
        allowed = target.scheme in (base.scheme, "https")
    elif same_name and (base.scheme, target.scheme) == ("http", "https"):
        allowed = True  # the host asks for encryption
    else:
        allowed = target.scheme in ("https", base.scheme) and (target.hostname in hosts or target.netloc in hosts)
    if not allowed:
        raise VendorError(
            f"{why} {target.scheme}://{target.netloc}, where the credentials of {base.scheme}://{base.netloc} "
            "must not go",
            "set base_url to the host that is meant, or let the connector name it in `hosts`",
        )


def followed(request: Request, url: str, link: str) -> Request:
    """The call to the address *link* that the answer of *url* names, whole or relative."""
    try:
        return request.with_url(urljoin(url, link))
    except ValueError as error:
        raise VendorError(
            f"{request.method} {request.url} names an address that is none ({error})",
            "check base_url, and whether a proxy changes what passes through it",
        ) from None


def redirected(request: Request, url: str, response: Response) -> Request | None:
    """The call that the answer of *url* sends us to; `None` when it is not a redirect."""
    location = response.headers.get("location", "")
    if response.status not in _MOVED or not location:
        return None
    target = followed(request, url, location)
    if request.method in ("GET", "HEAD") or response.status in _SAME_METHOD:
        return target
    if response.status == _SEE_OTHER:
        return replace(target, method="GET", body=b"")
    raise VendorError(
        f"{request.method} {request.url} was redirected with status {response.status} to {target.url}",
        "set base_url to the address that answers itself (https instead of http, for example)",
    )


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
