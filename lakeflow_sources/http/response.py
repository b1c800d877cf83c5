"""An answer, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.request import Request

__all__ = ["Response"]


@dataclass(frozen=True)
class Response:
    """Status, headers (names in lower case) and the whole body, decompressed."""

    request: Request
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    url: str = ""
    """Where the answer came from, after redirects."""

    @cached_property
    def _parsed(self) -> Any:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            kind = self.headers.get("content-type", "no content type")
            raise VendorError(
                f"{self.request.method} {self.request.url} answered {self.status} with something that is not JSON "
                f"({kind}, {len(self.body)} bytes)",
                "check base_url, and whether a proxy or a login page answers in the vendor's place",
            ) from None

    def json(self) -> Any:
        """The body as JSON; raises `VendorError` when it is none."""
        return self._parsed
