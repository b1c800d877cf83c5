"""What the org tells of one object: its fields as columns, parents' fields where they are asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources import Column, ConfigurationError, Settings
from lakeflow_sources.http import Client, get

from .hosts import data_path
from .types import REST_ONLY, column

__all__ = ["DELETED", "columns_of", "describe", "described_columns"]

DELETED = Column("_deleted", "boolean", "IsDeleted")
Description = Mapping[str, Any]


def describe(settings: Settings, client: Client, name: str) -> Description:
    """The description of an object with its fields, as the user of these credentials may see them."""
    found: Description = client.send(get(data_path(settings, "sobjects", name, "describe"))).json()
    return found


def described_columns(name: str, ingestion: str, settings: Settings, client: Client) -> tuple[Column, ...]:
    """The columns of an object whose kind is known."""
    return columns_of(describe(settings, client, name), ingestion, settings, client)


def columns_of(description: Description, ingestion: str, settings: Settings, client: Client) -> tuple[Column, ...]:
    """All fields, but those that are read one by one or in parts, which come when `columns` names them."""
    arrays = settings.get("multipicklist") == "array"
    fields = {field["name"]: field for field in description["fields"]}
    plain = [column(one, arrays=arrays) for one in fields.values() if one["type"] not in REST_ONLY]
    asked = settings.names("columns")
    special = [column(fields[name], arrays=arrays) for name in asked if _special(fields.get(name))]
    parents = [_parent(description, path, settings, client) for path in dict.fromkeys(asked) if "." in path]
    end = (DELETED,) if ingestion == "cdc_with_deletes" else ()
    return (*plain, *dict.fromkeys(special), *parents, *end)


def _special(field: Mapping[str, Any] | None) -> bool:
    return field is not None and field["type"] in REST_ONLY


def _parent(description: Description, path: str, settings: Settings, client: Client) -> Column:
    """The column of a parent's field, such as `Owner.Name`."""
    *relations, last = path.split(".")
    for relation in relations:
        description = describe(settings, client, _target(description, relation, path))
    field = next((one for one in description["fields"] if one["name"] == last), None)
    if field is None or field["type"] in REST_ONLY:
        names = [one["name"] for one in description["fields"] if one["type"] not in REST_ONLY]
        raise _unknown(path, description, last, names)
    return column(field, path=path, arrays=settings.get("multipicklist") == "array")


def _target(description: Description, relation: str, path: str) -> str:
    """The object at the end of a relationship; several possible ones share the fields of `Name`."""
    for field in description["fields"]:
        if field.get("relationshipName") == relation and field.get("referenceTo"):
            targets: list[str] = field["referenceTo"]
            return targets[0] if len(targets) == 1 else "Name"
    raise _unknown(path, description, relation, list(_relations(description)))


def _relations(description: Description) -> Iterator[str]:
    return (one["relationshipName"] for one in description["fields"] if one.get("relationshipName"))


def _unknown(path: str, description: Description, name: str, names: list[str]) -> ConfigurationError:
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return ConfigurationError(
        f"salesforce: columns asks for {path}, and {description['name']} has no {name!r}",
        f"{hint}it has {', '.join(sorted(names))}",
    )
