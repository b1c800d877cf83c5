"""Where a value of a call goes: a query parameter, a member of the JSON body, a header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from lakeflow_sources.decode import dig
from lakeflow_sources.http.request import Request

__all__ = ["Spot", "Where"]

Where = Literal["query", "body", "header"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Reads and writes one value of a request; *name* is a dotted path in a body."""

    name: str
    where: Where = "query"

    def get(self, request: Request) -> Any:
        """What stands there, or `None`."""
        if self.where == "query":
            return dict(request.params).get(self.name)
        if self.where == "body":
            return dig(request.json(), self.name)
        return {name.lower(): value for name, value in request.headers}.get(self.name.lower())

    def put(self, request: Request, value: Any) -> Request:
        """*request* with *value* there."""
        if self.where == "query":
            return request.with_params(**{self.name: value})
        if self.where == "body":
            content = _set(request.json() or {}, self.name.split("."), value)
            return replace(request, body=orjson.dumps(content))
        kept = tuple(pair for pair in request.headers if pair[0].lower() != self.name.lower())
        return replace(request, headers=(*kept, (self.name, str(value))))


def _set(content: Mapping[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    name, *rest = path
    inner = content.get(name)
    return {**content, name: _set(inner if isinstance(inner, dict) else {}, rest, value) if rest else value}
