"""An OpenAPI 3 or Swagger 2 document: read, its references followed, both versions in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakeflow_sources.errors import ConfigurationError

__all__ = ["Document", "Operation", "read_document"]

_MOST_BYTES = 64 << 20
_DEEPEST = 20  # references to references, and parts of parts


@dataclass(frozen=True)
class Operation:
    """A GET: its parameters by place and name, and its good answer as schema and headers."""

    path: str
    summary: str
    tag: str
    parameters: tuple[Mapping[str, Any], ...]
    schema: Mapping[str, Any]
    headers: frozenset[str]

    def named(self, place: str) -> dict[str, Mapping[str, Any]]:
        """Parameters in `path` or `query`."""
        return {one["name"]: one for one in self.parameters if one.get("in") == place and "name" in one}


@dataclass(frozen=True)
class Document:
    """The whole, as it was read."""

    content: Mapping[str, Any]

    @property
    def is_swagger(self) -> bool:
        """Whether it is of version 2."""
        return str(self.content.get("swagger", "")).startswith("2")

    def resolved(self, node: Any) -> dict[str, Any]:
        """*node* with its reference followed and its `allOf` put together; nothing where it leads nowhere."""
        return self._resolved(node, 0)

    def _resolved(self, node: Any, depth: int) -> dict[str, Any]:
        if not isinstance(node, Mapping) or depth > _DEEPEST:
            return {}
        if isinstance(node.get("$ref"), str):
            return self._resolved(self._at(node["$ref"]), depth + 1)
        parts = node.get("allOf")
        if not isinstance(parts, list):
            return dict(node)
        merged: dict[str, Any] = {name: value for name, value in node.items() if name != "allOf"}
        properties = dict(_mapping(node.get("properties")))
        for part in parts:
            found = self._resolved(part, depth + 1)
            properties |= _mapping(found.get("properties"))
            merged = {**found, **merged}
        return {**merged, "properties": properties} if properties else merged

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            return None  # another file
        node: Any = self.content
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, Mapping) else None
        return node

    def operations(self) -> Iterator[Operation]:
        """Every GET whose good answer is JSON, in the order of the document."""
        for path, item in _mapping(self.content.get("paths")).items():
            shared = self.resolved(item)
            get = self.resolved(shared.get("get"))
            if not get or get.get("deprecated") is True:
                continue
            answer = self._answer(_mapping(get.get("responses")))
            if answer is None:
                continue
            given = [*_list(shared.get("parameters")), *_list(get.get("parameters"))]
            tags = _list(get.get("tags"))
            yield Operation(
                str(path),
                str(get.get("summary") or get.get("description") or ""),
                str(tags[0]) if tags else "",
                tuple(map(self._parameter, given)),
                self._schema(answer),
                frozenset(str(name).lower() for name in _mapping(answer.get("headers"))),
            )

    def _answer(self, responses: Mapping[str, Any]) -> dict[str, Any] | None:
        responses = {str(code): one for code, one in responses.items()}  # YAML reads them as numbers
        found = next((responses[code] for code in ("200", "2XX", "default") if code in responses), None)
        return None if found is None else self.resolved(found)

    def _schema(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        if self.is_swagger:
            return self.resolved(answer.get("schema"))
        kinds = _mapping(answer.get("content"))
        chosen = next((value for name, value in kinds.items() if "json" in str(name)), None)
        return self.resolved(self.resolved(chosen).get("schema"))

    def _parameter(self, node: Any) -> dict[str, Any]:
        """A parameter whose type stands below `schema`, where version 2 has it beside the name."""
        found = self.resolved(node)
        return {**found, "schema": self.resolved(found["schema"]) if "schema" in found else found}

    def server(self) -> tuple[str, dict[str, str]]:
        """The address of the API, with names in braces, and their usual values."""
        if self.is_swagger:
            schemes = _list(self.content.get("schemes")) or ["https"]
            host = self.content.get("host")
            address = f"{'https' if 'https' in schemes else schemes[0]}://{host}" if host else ""
            return f"{address}{self.content.get('basePath') or ''}".rstrip("/"), {}
        servers = _list(self.content.get("servers"))
        first = _mapping(servers[0]) if servers else {}
        values = {
            str(name): str(_mapping(one).get("default", "")) for name, one in _mapping(first.get("variables")).items()
        }
        return str(first.get("url", "")).rstrip("/"), values

    def schemes(self) -> dict[str, dict[str, Any]]:
        """Ways to sign in, those that the whole API asks for first."""
        place = _mapping(self.content.get("securityDefinitions"))
        if not self.is_swagger:
            place = _mapping(_mapping(self.content.get("components")).get("securitySchemes"))
        asked = [str(name) for one in _list(self.content.get("security")) for name in _mapping(one)]
        order = dict.fromkeys([*(name for name in asked if name in place), *place])
        return {name: self.resolved(place[name]) for name in order}


def read_document(path: Path) -> Document:
    """The document at *path*, JSON or YAML; raises `ConfigurationError` where it is no OpenAPI document."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigurationError(f"{path} is too large for an OpenAPI document", "name the document itself")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise ConfigurationError(f"{path} cannot be read ({reason})", "give the path of an OpenAPI document") from None
    content = _parsed(text, path)
    version = str(content.get("openapi") or content.get("swagger") or "") if isinstance(content, Mapping) else ""
    if not version.startswith(("2", "3")):
        raise ConfigurationError(
            f"{path} is no OpenAPI document", "give one with `openapi: 3...` or `swagger: '2.0'` at its top"
        )
    return Document(content)


def _parsed(text: str, path: Path) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ConfigurationError(f"{path} is not JSON ({error})", "correct it there") from None
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigurationError(f"{path}{line} is not YAML", "correct it there") from None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
