"""One DLT notebook as a value: everything that its template shows, already decided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lakeflow_sources.deploy.connector_config import ConnectorConfig, dynamic_value
from lakeflow_sources.deploy.slug import slug
from lakeflow_sources.deploy.table_spec import TableSpec, quoted_name
from lakeflow_sources.deploy.template import Word, render_python
from lakeflow_sources.errors import ConfigurationError

__all__ = ["Notebook", "NotebookTable", "SourceCode", "build_notebook", "render_notebook", "source_code"]

_EXPECTATION_KINDS = {"warn": "expect_all", "drop": "expect_all_or_drop", "fail": "expect_all_or_fail"}
_HISTORY = 2


@dataclass(frozen=True, slots=True)
class SourceCode:
    """Where a notebook has the connector from: a *wheel* to install, a single *file* to run, or what is installed."""

    wheel: Word | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class DynamicOption:
    """An option whose value the notebook asks the workspace for."""

    option: str
    source: Word
    key: str


@dataclass(frozen=True, slots=True)
class NotebookTable:
    """The call that defines one table; *kind* is the function called."""

    kind: Word
    source: str
    target: str
    view: str
    keys: tuple[str, ...]
    sequence_by: str
    deletes: bool
    scd_type: int
    options: tuple[tuple[str, str], ...]
    comment: str
    cluster_by: tuple[str, ...]
    rules: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Notebook:
    """What the notebook of one pipeline group holds."""

    connector: Word
    group: Word
    wheel: Word | None
    source_file: str | None
    scope: str
    secrets: tuple[tuple[str, tuple[str, ...]], ...]
    static_options: tuple[tuple[str, str], ...]
    dynamic_options: tuple[DynamicOption, ...]
    tables: tuple[NotebookTable, ...]
    uses_snapshot: bool
    uses_append: bool
    uses_view: bool
    uses_cdc: bool
    uses_history: bool
    uses_deletes: bool


def source_code(connector_name: str, connector_path: str | None) -> SourceCode:
    """Wheel, single file or folder with the single file, as *connector_path* tells by its ending."""
    if not connector_path:
        return SourceCode()
    if any(ord(character) < ord(" ") for character in connector_path):
        raise ConfigurationError(f"the connector path {connector_path!r} has a control character", "write it without")
    if connector_path.endswith(".whl"):
        if not re.fullmatch(r"[A-Za-z0-9_./@+=-]+", connector_path):
            raise ConfigurationError(
                f"the path of the wheel {connector_path!r} cannot stand behind %pip",
                "put the wheel into a Unity Catalog volume, where paths have letters, digits and _./@+=- only",
            )
        return SourceCode(wheel=Word(connector_path))
    if connector_path.endswith(".py"):
        return SourceCode(file=connector_path)
    return SourceCode(file=str(PurePosixPath(connector_path) / f"_generated_{connector_name}_python_source.py"))


def build_notebook(
    connector_name: str, specs: Sequence[TableSpec], config: ConnectorConfig, code: SourceCode
) -> Notebook:
    """The notebook of *specs*, which are those of one group, checked and completed."""
    views = _view_names(specs)
    ordered = sorted(zip(specs, views, strict=True), key=lambda pair: (pair[0].priority, pair[0].row))
    tables = tuple(_table(spec, view) for spec, view in ordered)
    kinds = {str(table.kind) for table in tables}
    store = config.token_store
    kept = (("token_store_scope", store.scope), ("token_store_key", store.key)) if store else ()
    return Notebook(
        connector=Word(connector_name),
        group=Word(slug(specs[0].pipeline_group)),
        wheel=code.wheel,
        source_file=code.file,
        scope=config.secrets_scope,
        secrets=tuple(config.secret_mappings.items()),
        static_options=(*config.static_options.items(), *kept),
        dynamic_options=tuple(_dynamic(option, source) for option, source in config.dynamic_options.items()),
        tables=tables,
        uses_snapshot=bool(kinds & {"snapshot", "history"}),
        uses_append="append" in kinds,
        uses_view=bool(kinds & {"cdc", "history"}),
        uses_cdc="cdc" in kinds,
        uses_history="history" in kinds,
        uses_deletes=any(table.deletes for table in tables),
    )


def render_notebook(notebook: Notebook) -> str:
    """Source text of *notebook*."""
    return render_python("notebook.py.j2", {"notebook": notebook})


def _table(spec: TableSpec, view: str) -> NotebookTable:
    kind = _kind(spec)
    merged = kind in {"cdc", "history"}
    return NotebookTable(
        kind=Word(kind),
        source=spec.source_table,
        target=spec.destination,
        view=view if merged else "",
        keys=spec.primary_keys if merged else (),
        sequence_by=spec.cursor_field if kind == "cdc" else "",
        deletes=spec.ingestion_type == "cdc_with_deletes",
        scd_type=spec.scd_type or 1,
        options=tuple(spec.table_options.items()),
        comment=spec.comment,
        cluster_by=spec.cluster_by,
        rules=tuple(_rules(spec)),
    )


def _kind(spec: TableSpec) -> str:
    if spec.is_cdc:
        return "cdc"
    if spec.ingestion_type == "append":
        return "append"
    return "history" if spec.scd_type == _HISTORY else "snapshot"


def _rules(spec: TableSpec) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for action, kind in _EXPECTATION_KINDS.items():
        conditions = tuple((rule.name, rule.condition) for rule in spec.expectations if rule.action == action)
        if conditions:
            yield kind, conditions


def _dynamic(option: str, source: str) -> DynamicOption:
    asked, key = dynamic_value(source) or ("", "")
    return DynamicOption(option, Word(asked), key)


def _view_names(specs: Sequence[TableSpec]) -> list[str]:
    """Names for the views that merges read from, equal to no destination and to no other view.

    They carry catalog and schema, since notebooks of several groups may run in one pipeline.
    """
    taken = {spec.destination_table.lower() for spec in specs}
    found = []
    for spec in specs:
        parts = (spec.destination_catalog, spec.destination_schema, spec.destination_table, "source")
        wanted = re.sub(r"[^A-Za-z0-9_]", "_", "__".join(part for part in parts if part))
        view, number = wanted, 2
        while view.lower() in taken:
            view, number = f"{wanted}_{number}", number + 1
        taken.add(view.lower())
        found.append(quoted_name(view))
    return found
