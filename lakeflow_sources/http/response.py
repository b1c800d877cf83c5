"""An answer, as a value."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    url: str = field(default="", repr=False)
    """Where the answer came from, after redirects; a key in its query is still there."""

    def json(self) -> Any:
        """The body as JSON, parsed once; raises `VendorError` when it is none."""
        memory = self.__dict__  # not functools.cached_property: its lock cannot be pickled on Python 3.11
        if "_parsed" not in memory:
            memory["_parsed"] = self._parse()
        return memory["_parsed"]

    def _parse(self) -> Any:
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(self.body)
        try:  # some vendors send what JSON forbids: NaN, lone surrogates, raw newlines
            return json.loads(self.body, strict=False)
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            raise VendorError(
                f"{self.request.method} {self.request.url} answered {self.status} with something that is not JSON "
                f"({kind}, {len(self.body)} bytes)",
                "check base_url, and whether a proxy or a login page answers in the vendor's place",
            ) from None
