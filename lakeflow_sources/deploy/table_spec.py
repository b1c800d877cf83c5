"""One table to be ingested, as a row of the metadata CSV states it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Expectation", "TableSpec", "quoted_name"]

_PLAIN_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A condition in SQL that rows should meet, and what happens to those that do not."""

    name: str
    condition: str
    action: Literal["warn", "drop", "fail"] = "warn"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A source table, where it goes, and how.

    *ingestion_type*: `snapshot append cdc cdc_with_deletes`, or empty where the connector's own statement counts.
    *skip_reason*: why this table is left out for now; kept in the file so that people see it.
    *row*: as a spreadsheet counts, the header being row 1.
    """

    source_table: str
    pipeline_group: str
    destination_table: str = ""
    destination_catalog: str = ""
    destination_schema: str = ""
    schedule: str = ""
    table_options: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    priority: int = 0
    category: str = ""
    ingestion_type: str = ""
    primary_keys: tuple[str, ...] = ()
    cursor_field: str = ""
    scd_type: int | None = None
    cluster_by: tuple[str, ...] = ()
    comment: str = ""
    expectations: tuple[Expectation, ...] = ()
    skip_reason: str = ""
    row: int = 0

    @property
    def destination(self) -> str:
        """The destination as far as it is given, quoted for SQL where it has to be."""
        parts = (self.destination_catalog, self.destination_schema, self.destination_table)
        return quoted_name(*(part for part in parts if part))

    @property
    def is_cdc(self) -> bool:
        """Whether rows are changes that are to be merged by key."""
        return self.ingestion_type in {"cdc", "cdc_with_deletes"}


def quoted_name(*parts: str) -> str:
    """*parts* joined by dots, in backticks those that are not plain identifiers."""
    return ".".join(part if _PLAIN_IDENTIFIER.fullmatch(part) else f"`{part}`" for part in parts)
