"""The lists of a documented API as tables, those of a parent's rows behind their parent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakeflow_sources.declaration.auth_keys import STANDARD
from lakeflow_sources.fields import snake_case
from lakeflow_sources.new.draft import ColumnDraft, ParentDraft, TableDraft
from lakeflow_sources.new.openapi.document import Document, Operation
from lakeflow_sources.new.openapi.paging import cursor_of, paging_of
from lakeflow_sources.new.openapi.records import columns_of, find_records, sample_of
from lakeflow_sources.options import COMMON_OPTIONS
from lakeflow_sources.redact import SECRET_NAME

__all__ = ["Drafting"]

_VALUE = re.compile(r"\{([^{}]+)\}")
_ID = ("id", "uuid", "guid", "key", "code", "web_id", "name")
_SAMPLES, _CHILDREN = 5, 12


@dataclass
class Drafting:
    """Tables so far; *options* are values that paths and parameters need, *left_out* lists that became no table."""

    document: Document
    tables: dict[str, TableDraft] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Draft every list, shorter paths first, so that parents are there before their children."""
        for operation in sorted(self.document.operations(), key=lambda one: one.path.count("{")):
            try:
                table = self._table(operation)
            except RecursionError:
                self.left_out.append(f"GET {operation.path}: its schema has no end.")
                continue
            if table is not None:
                self.tables[table.name] = table

    def _table(self, operation: Operation) -> TableDraft | None:
        words = [part for part in operation.path.strip("/").split("/") if part and not _VALUE.search(part)]
        found = find_records(self.document, operation.schema, words[-1].lower() if words else "")
        if found is None or operation.path.rstrip("/").endswith("}"):
            return None
        at, item = found
        columns, notes = columns_of(self.document, item)
        if not columns:
            self.left_out.append(f"GET {operation.path}: its records have no members.")
            return None
        paging, more = paging_of(self.document, operation, at)
        cursor, about = cursor_of(operation, columns)
        path, parent = self._placed(operation)
        key = next((name for name in _ID if name in {one.name for one in columns}), "")
        if paging.get("type") == "keyset" and key != "id":
            paging = {}
        notes += [*more, *about] if key else [*more, *about, "No primary key could be seen: name the columns of one."]
        if parent is not None:
            inside = next((one.type for one in self.tables[parent.table].columns if one.name == parent.path), "string")
            columns = (
                ColumnDraft(parent.name, inside, f"@{parent.name}"),
                *(one for one in columns if one.name != parent.name),
            )
        return TableDraft(
            name=self._name(words),
            path=path,
            columns=columns,
            at=at,
            primary_key=((parent.name, key) if parent else (key,)) if key else (),
            ingestion="cdc" if cursor and key else "append" if cursor else "snapshot",
            cursor=cursor,
            parent=parent,
            paging=paging,
            params=self._params(operation, paging, cursor),
            description=" ".join(operation.summary.split())[:200],
            category=re.sub(r"\W+", "_", operation.tag).strip("_").lower(),
            records=tuple(self._records(item, parent)),
            notes=tuple(notes),
        )

    def _placed(self, operation: Operation) -> tuple[str, ParentDraft | None]:
        """The path with the value of its parent in single braces and those of options in double ones."""
        names = _VALUE.findall(operation.path)
        parent = self._parent(operation.path, names)
        path = operation.path
        for name in names:
            word = _option_name(name)
            if parent is not None and name == names[-1]:
                path = path.replace(f"{{{name}}}", f"{{{parent.name}}}")
            else:
                path = path.replace(f"{{{name}}}", f"{{{{ options.{word} }}}}")
                self.options.setdefault(word, f"{name} in the path of calls.")
        return path, parent

    def _parent(self, path: str, names: Sequence[str]) -> ParentDraft | None:
        """The table that lists what the last value of *path* names."""
        if not names:
            return None
        before = path[: path.rindex(f"{{{names[-1]}}}")].rstrip("/")
        found = next((one for one in self.tables.values() if _same_path(one.path, before) and one.parent is None), None)
        if found is None or len(found.primary_key) != 1:
            return None
        column = next(one for one in found.columns if one.name == found.primary_key[0])
        word = re.sub(r"\W", "_", snake_case(names[-1]))
        return ParentDraft(found.name, f"{found.name}_id" if word == "id" else word, column.path or column.name)

    def _params(self, operation: Operation, paging: Mapping[str, Any], cursor: Any) -> dict[str, str]:
        """Query parameters that calls cannot do without."""
        used = {paging.get("param"), paging.get("size_param")}
        used |= {cursor.start_param, cursor.end_param} if cursor else set()
        found = {}
        for name, parameter in operation.named("query").items():
            if not parameter.get("required") or name in used:
                continue
            schema = parameter["schema"]
            usual = schema.get("default", parameter.get("example", next(iter(schema.get("enum") or ()), None)))
            if isinstance(usual, str | int | float):
                found[name] = str(usual).lower() if isinstance(usual, bool) else str(usual)
            else:
                word = _option_name(name)
                self.options.setdefault(word, f"{name} of calls.")
                found[name] = f"{{{{ options.{word} }}}}"
        return found

    def _records(self, item: Mapping[str, Any], parent: ParentDraft | None) -> Iterator[dict[str, Any]]:
        above = self.tables[parent.table].records if parent else ()
        for number in range(1, (_CHILDREN if parent else _SAMPLES) + 1):
            made: dict[str, Any] = sample_of(self.document, {**item, "enum": None, "type": "object"}, "", number)
            for name in _ID:  # whatever its schema says, it tells records apart
                if isinstance(made.get(name), str):
                    made[name] = f"{name}-{number}"
            if parent:
                made[parent.name] = above[number % len(above)][parent.path]
            yield made

    def _name(self, words: Sequence[str]) -> str:
        """The last word of the path, with those before it where that one is taken."""
        parts = [re.sub(r"\W+", "_", snake_case(word.removesuffix(".json"))).strip("_") for word in words]
        for count in range(1, len(parts) + 1):
            name = "_".join(parts[-count:])[:120]
            if re.match(r"[a-z_]", name) and name not in self.tables:
                return name
        return f"table_{len(self.tables) + 1}"


def _same_path(one: str, other: str) -> bool:
    return re.sub(r"\{+[^{}]*\}+", "{}", one).rstrip("/") == re.sub(r"\{+[^{}]*\}+", "{}", other).rstrip("/")


def _option_name(name: str) -> str:
    """The option for a value that is no credential, whatever it is called; no other option has its name."""
    word = SECRET_NAME.sub("mark", re.sub(r"\W", "_", snake_case(name)))
    return f"{word}_value" if word.lower() in _TAKEN else word


_TAKEN = {name.lower() for one in COMMON_OPTIONS for name in (one.name, *one.aliases)} | {"spec", *STANDARD}
