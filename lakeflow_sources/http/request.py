"""A call to make, as a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

from lakeflow_sources.redact import Redactor

__all__ = ["Request", "get", "post"]

_REMEMBERED = 64


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One HTTP call: *url* is a path below the connector's base URL, or absolute on an allowed host.

    *rate* names the budget that the call is charged to (a key of the connector's `rates`).
    *idempotent* calls are retried; searches by POST are, sign-ins and job creations are not.
    """

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    rate: str = "default"
    idempotent: bool = True
    signed: bool = True
    """Whether credentials are attached; the token calls themselves go out unsigned."""

    def with_params(self, **params: object) -> Request:
        """The same call with these query parameters set; `None` removes one."""
        kept = [(key, value) for key, value in self.params if key not in params]
        return replace(self, params=(*kept, *_params(params)))

    def with_headers(self, **headers: str) -> Request:
        """The same call with these headers set; `_` in a name stands for `-`."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        lowered = {key.lower() for key in named}
        kept = [(key, value) for key, value in self.headers if key.lower() not in lowered]
        return replace(self, headers=(*kept, *named.items()))

    def with_json(self, **values: object) -> Request:
        """The same call with these members of its JSON body set; `None` removes one."""
        merged = {**(json.loads(self.body) if self.body else {}), **values}
        return replace(self, body=_json({key: value for key, value in merged.items() if value is not None}))

    def with_url(self, url: str) -> Request:
        """The same call to another address, whose own query replaces the parameters."""
        parts = urlsplit(url)
        bare = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        return replace(self, url=bare, params=tuple(parse_qsl(parts.query, keep_blank_values=True)))

    def json(self) -> Any:
        """The JSON body, parsed; `None` without one."""
        return json.loads(self.body) if self.body else None

    def __repr__(self) -> str:
        """Method and address; headers and bodies may hold secrets, and so may the query."""
        return f"<Request {Redactor()(f'{self.method} {self.target}')}>"

    @property
    def target(self) -> str:
        """Path or URL with its query."""
        return self.url + self.query

    @property
    def query(self) -> str:
        """The question mark and what stands behind it; nothing without parameters."""
        return f"?{'&'.join([_pair(*one) for one in self.params])}" if self.params else ""


def get(url: str, *, headers: Mapping[str, str] | None = None, rate: str = "default", **params: object) -> Request:
    """A GET; parameters that are `None` are left out, lists repeat the key."""
    return Request("GET", url, _params(params), tuple((headers or {}).items()), rate=rate)


def post(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    rate: str = "default",
    idempotent: bool = True,
    **body: object,
) -> Request:
    """A POST of a JSON object; members that are `None` are left out."""
    content = _json({key: value for key, value in body.items() if value is not None})
    sent = {"Content-Type": "application/json", **(headers or {})}
    return Request("POST", url, (), tuple(sent.items()), content, rate, idempotent)


@lru_cache(_REMEMBERED)
def _pair(key: str, value: str) -> str:
    """Remembered, as most parameters, long lists of names among them, come again with every page."""
    return f"{quote_plus(key)}={quote_plus(value)}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _params(params: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for key, value in params.items():
        values = value if isinstance(value, list | tuple) else (value,)
        pairs += [(key, _text(one)) for one in values if one is not None]
    return tuple(pairs)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
