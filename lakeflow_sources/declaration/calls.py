"""The calls of a table: the request of a slice, and its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from lakeflow_sources.declaration.page_end import NO_CONTENT
from lakeflow_sources.declaration.paging import Pager
from lakeflow_sources.declaration.scope import Clock, Vocabulary, scope_of
from lakeflow_sources.declaration.template import Scope, Template
from lakeflow_sources.declare import Page, Read, Slice
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.faults import MissingError
from lakeflow_sources.http.paging import paginate
from lakeflow_sources.http.request import Request
from lakeflow_sources.http.response import Response

__all__ = ["Call", "Fetch", "make_call"]


@dataclass(frozen=True)
class Call:
    """The first call of a slice; calling it gives the request."""

    path: Template
    method: str = "GET"
    params: Mapping[str, Template | list[Template]] | None = None
    headers: Mapping[str, Template] | None = None
    body: Mapping[str, Any] | None = None
    rate: str = "default"
    clock: Clock = field(default_factory=Clock)

    def __call__(self, read: Read, piece: Slice) -> Request:
        scope = scope_of(read.settings, piece, self.clock)
        path = self.path.path(scope)
        if path is None:
            raise ConfigurationError(
                f"{read.connector.name}.{read.table.name}: the path {self.path.text!r} names something that is not set",
                f"set {' and '.join(self.path.needs)}",
            )
        request = Request(self.method, path, rate=self.rate).with_params(**self._params(scope))
        headers = {name: one.render(scope) for name, one in (self.headers or {}).items()}
        kept = tuple((name, value) for name, value in headers.items() if value is not None)
        if self.method == "POST":
            kept = (("Content-Type", "application/json"), *kept)
            return replace(request, headers=kept, body=orjson.dumps(_filled(self.body or {}, scope)))
        return replace(request, headers=kept)

    def _params(self, scope: Scope) -> dict[str, Any]:
        return {
            name: [text for one in given if (text := one.render(scope)) is not None]
            if isinstance(given, list)
            else given.render(scope)
            for name, given in (self.params or {}).items()
        }


@dataclass(frozen=True)
class Fetch:
    """The pages of a slice; a table's `fetch`.

    *single*: the path leads to one record. *skip*: a slice that is not there has no rows, and a note says so.
    """

    call: Call
    pager: Pager | None = None
    records: str = ""
    single: bool = False
    skip: bool = False

    def __call__(self, read: Read, piece: Slice, client: Client) -> Iterator[Page]:
        request = self.call(read, piece)
        if self.pager is not None:
            request = self.pager.begin(request, read.settings.integer("page_size"))
        try:
            for response in paginate(client.send, request, self.pager):
                yield self._page(response)
        except MissingError as error:
            if not self.skip:
                raise
            values = ", ".join(f"{name}={value}" for name, value in piece.values.items())
            client.note(f"{read.table.name} ({values or 'all'}) is not there: {error.cause}")

    def _page(self, response: Response) -> Page:
        """No content is no record, and so is a null where the list should be."""
        if response.status == NO_CONTENT:
            return Page(records=())
        if self.single:
            found = response.at(self.records)
            return Page(records=[found] if isinstance(found, dict) else ())
        return Page(records=()) if self._is_null(response) else Page(response, self.records)

    def _is_null(self, response: Response) -> bool:
        text = response.text(self.records)
        if text is not None:
            return bool(self.records) and bytes(memoryview(text)[:5]) == b"null"
        above, _, name = self.records.rpartition(".")
        around = response.at(above)
        return bool(name) and isinstance(around, dict) and name in around and around[name] is None


def make_call(keys: Mapping[str, Any], words: Vocabulary, path: tuple[str | int, ...], clock: Clock) -> Call:
    """The call of a table's checked *keys*, its templates read with *words*."""
    cursor = keys.get("cursor") or {}
    params: dict[str, Template | list[Template]] = {
        name: [words.template(one, (*path, "params", name, number)) for number, one in enumerate(given)]
        if isinstance(given, list)
        else words.template(given, (*path, "params", name))
        for name, given in keys.get("params", {}).items()
    }
    for edge in ("start", "end"):
        if name := cursor.get(f"{edge}_param"):
            params[name] = words.template(f"{{{{ window.{edge} }}}}", (*path, "cursor", f"{edge}_param"))
    return Call(
        words.template(keys.get("path"), (*path, "path")),
        keys.get("method", "GET"),
        params,
        {name: words.template(one, (*path, "headers", name)) for name, one in keys.get("headers", {}).items()},
        words.deep(keys.get("body", {}), (*path, "body")),
        keys.get("rate", "default"),
        clock,
    )


def _filled(value: Any, scope: Scope) -> Any:
    """A JSON value with its templates filled; members whose template names nothing are left out."""
    if isinstance(value, Template):
        return value.value(scope)
    if isinstance(value, Mapping):
        filled = {name: (one, _filled(one, scope)) for name, one in value.items()}
        return {name: found for name, (one, found) in filled.items() if found is not None or one is None}
    if isinstance(value, list):
        pairs = [(one, _filled(one, scope)) for one in value]
        return [found for one, found in pairs if found is not None or one is None]
    return value
