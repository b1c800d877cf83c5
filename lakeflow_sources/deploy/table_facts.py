"""What a connector states about its tables, and how that completes the metadata CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lakeflow_sources.declare import Table
from lakeflow_sources.deploy.problems import Problem
from lakeflow_sources.deploy.table_spec import TableSpec

__all__ = ["TableFacts", "complete", "contradictions", "ingestion_problems", "table_facts"]


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as its connector declares it; *problem* tells why the account does not let it be read."""

    name: str
    primary_key: tuple[str, ...] = ()
    cursor_field: str = ""
    ingestion_type: str = "snapshot"
    category: str = ""
    comment: str = ""
    problem: str = ""


def table_facts(table: Table) -> TableFacts:
    """The facts of a declared *table*."""
    return TableFacts(
        name=table.name,
        primary_key=table.primary_key,
        cursor_field=table.cursor.field if table.cursor else "",
        ingestion_type=table.ingestion,
        category=table.category,
        comment=table.description,
    )


def complete(specs: Iterable[TableSpec], facts: Iterable[TableFacts]) -> tuple[TableSpec, ...]:
    """*specs* with what they leave empty filled from *facts*; a table that nothing is known of is a snapshot."""
    by_name = {fact.name: fact for fact in facts}
    return tuple(_completed(spec, by_name.get(spec.source_table)) for spec in specs)


def _completed(spec: TableSpec, fact: TableFacts | None) -> TableSpec:
    if fact is None:
        return replace(spec, ingestion_type=spec.ingestion_type or "snapshot")
    return replace(
        spec,
        ingestion_type=spec.ingestion_type or fact.ingestion_type,
        primary_keys=spec.primary_keys or fact.primary_key,
        cursor_field=spec.cursor_field or fact.cursor_field,
        category=spec.category or fact.category,
        comment=spec.comment or fact.comment,
    )


def contradictions(specs: Iterable[TableSpec], facts: Iterable[TableFacts]) -> Iterator[Problem]:
    """Ingestion types that would lose or double rows of a table as *facts* describe it."""
    by_name = {fact.name: fact.ingestion_type for fact in facts}
    for spec in specs:
        offered = by_name.get(spec.source_table, "")
        place = f"row {spec.row}, column ingestion_type"
        if not offered or spec.ingestion_type in {"", "snapshot", offered}:
            continue
        if offered == "snapshot":
            yield Problem(place, f"{spec.source_table} has no changes to stream", "write snapshot")
        elif spec.ingestion_type == "cdc_with_deletes":
            yield Problem(place, f"{spec.source_table} does not tell its deletes", f"write {offered}")
        elif spec.ingestion_type == "cdc" and offered == "cdc_with_deletes":
            yield Problem(
                place, f"deletes of {spec.source_table} would be merged as empty rows", "write cdc_with_deletes"
            )


def ingestion_problems(specs: Sequence[TableSpec]) -> Iterator[Problem]:
    """What the ingestion types of completed *specs* need and do not have."""
    for spec in specs:
        if spec.is_cdc and not spec.primary_keys:
            yield _missing(spec, "primary_keys", "write the columns that identify a row, with commas between")
        if spec.is_cdc and not spec.cursor_field:
            yield _missing(spec, "cursor_field", "write the column that tells which change is newer")
        if spec.ingestion_type == "snapshot" and spec.scd_type == 2 and not spec.primary_keys:  # noqa: PLR2004 - the name of the type
            yield _missing(spec, "primary_keys", "write the columns that identify a row, or leave scd_type empty")
        if spec.ingestion_type == "append" and spec.scd_type == 2:  # noqa: PLR2004 - the name of the type
            place = f"row {spec.row}, column scd_type"
            yield Problem(place, "rows that are only appended have no history", "leave it empty, or write cdc")


def _missing(spec: TableSpec, column: str, remedy: str) -> Problem:
    kind = f"{spec.ingestion_type} table" + (" with history" if spec.ingestion_type == "snapshot" else "")
    return Problem(f"row {spec.row}, column {column}", f"a {kind} needs it, and it is empty", remedy)
