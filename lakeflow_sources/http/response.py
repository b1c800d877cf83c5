"""An answer, as a value."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
import orjson

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.peek import PEEKS, elements, members, values, well_formed
from lakeflow_sources.http.request import Request

__all__ = ["Response"]

Part = Mapping[str, msgspec.Raw] | msgspec.Raw | None


@dataclass(frozen=True)
class Response:
    """Status, headers (names in lower case) and the whole body, decompressed."""

    request: Request
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    url: str = field(default="", repr=False)
    """Where the answer came from, after redirects; a key in its query is still there."""

    def json(self, *, exact: bool = False) -> Any:
        """The body as JSON, parsed once; raises `VendorError` when it is none.

        *exact*: numbers with a point or an exponent as `Decimal`, parsed anew each time.
        """
        if exact:
            return self._lenient(parse_float=Decimal)
        memory = self.__dict__  # not functools.cached_property: its lock cannot be pickled on Python 3.11
        if "_parsed" not in memory:
            memory["_parsed"] = self._parse()
        return memory["_parsed"]

    def spelled(self) -> Any:
        """The body as JSON with numbers as the texts that were sent, all their digits with them."""
        return self._lenient(parse_float=str, parse_int=str)

    def check(self) -> None:
        """Raise `VendorError` unless the body is JSON, without reading it into objects where it is strict JSON."""
        if self._peeked() is None:
            self.json()

    def text(self, path: str) -> msgspec.Raw | None:
        """The JSON text at a dotted *path*, as it was sent.

        `None` where there is nothing, and for bodies that are no strict JSON, which only `json` can read.
        """
        found: Any = self._peeked()
        for step in path.split(".") if path else ():
            if isinstance(found, msgspec.Raw):
                try:
                    found = members(found)
                except PEEKS:
                    return None
            found = found.get(step) if found is not None else None
        return msgspec.Raw(self.body) if found is not None and not isinstance(found, msgspec.Raw) else found

    def at(self, path: str) -> Any:
        """The value at a dotted *path*, `None` where a step is missing; the rest of the body is not read."""
        if "_parsed" not in self.__dict__ and self._peeked() is not None:
            text = self.text(path)
            with contextlib.suppress(orjson.JSONDecodeError):  # of a number beyond doubles, for example
                return None if text is None else orjson.loads(memoryview(text))
        found = self.json()
        for step in path.split(".") if path else ():
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def count(self, path: str) -> int:
        """How many elements the array at *path* has; 0 where there is none."""
        return len(self._elements(path))

    def last(self, path: str) -> Any:
        """The last element of the array at *path*; `None` where there is none."""
        found = self._elements(path)
        one = found[-1] if found else None
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(memoryview(one)) if isinstance(one, msgspec.Raw) else one
        return self.json() and self.at(path)[-1]

    def values(self, path: str, name: str) -> list[Any]:
        """The member *name* of each object in the array at *path*, `None` where one has none."""
        text = self.text(path)
        if text is not None:
            with contextlib.suppress(*PEEKS):
                return values(text, name)
        found = self.at(path)
        return [one.get(name) for one in found] if isinstance(found, list) else []

    def _elements(self, path: str) -> Sequence[Any]:
        text = self.text(path) if "_parsed" not in self.__dict__ else None
        if text is not None:
            with contextlib.suppress(*PEEKS):
                return elements(text)
        found = self.at(path)
        return found if isinstance(found, list) else ()

    def _peeked(self) -> Part:
        memory = self.__dict__
        if "_peek" not in memory:
            memory["_peek"] = None
            with contextlib.suppress(*PEEKS):
                memory["_peek"] = well_formed(self.body)
        found: Part = memory["_peek"]
        return found

    def _parse(self) -> Any:
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(self.body)
        return self._lenient()

    def _lenient(self, **how: Any) -> Any:
        """Some vendors send what JSON forbids: NaN, lone surrogates, raw newlines."""
        try:
            return json.loads(self.body, strict=False, **how)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type")
            raise VendorError(
                f"{self.request.method} {self.request.url} answered {self.status} with something that is not JSON "
                f"({kind}, {len(self.body)} bytes)",
                "check base_url, and whether a proxy or a login page answers in the vendor's place",
            ) from None
