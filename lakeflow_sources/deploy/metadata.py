"""The metadata CSV: which tables are ingested, read and written with every row checked."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from lakeflow_sources.deploy import cells
from lakeflow_sources.deploy.files import write_file
from lakeflow_sources.deploy.problems import Problem, nearest, refuse, shown
from lakeflow_sources.deploy.slug import slug
from lakeflow_sources.deploy.table_spec import Expectation, TableSpec
from lakeflow_sources.errors import ConfigurationError

__all__ = ["COLUMNS", "EXTRA_COLUMNS", "Expectation", "TableSpec", "check_specs", "read_metadata", "write_metadata"]

_READERS: Mapping[str, Callable[[str], Any]] = {
    "source_table": cells.line,
    "pipeline_group": cells.group,
    "destination_table": cells.identifier,
    "destination_catalog": cells.identifier,
    "destination_schema": cells.identifier,
    "schedule": cells.schedule,
    "table_options_json": cells.table_options,
    "weight": cells.weight,
    "priority": cells.whole_number,
    "category": cells.line,
    "ingestion_type": cells.ingestion_type,
    "primary_keys": cells.names,
    "cursor_field": cells.line,
    "scd_type": cells.scd_type,
    "cluster_by": cells.names,
    "comment": cells.prose,
    "expectations": cells.expectations,
    "skip_reason": cells.prose,
}
EXTRA_COLUMNS = ("comment", "expectations", "skip_reason")
"""Written only where a table has something in them."""
COLUMNS = tuple(name for name in _READERS if name not in EXTRA_COLUMNS)
_REQUIRED = ("source_table", "pipeline_group")
_FIELDS = {"table_options_json": "table_options"}


def read_metadata(path: str | Path) -> tuple[TableSpec, ...]:
    """Every table that the file at *path* names; one error tells everything that is wrong with it."""
    rows = _records(Path(path))
    columns = _header(path, next(rows, (1, []))[1])
    problems: list[Problem] = []
    specs = [spec for row, values in rows if (spec := _spec(row, columns, values, problems))]
    if not specs and not problems:
        problems.append(Problem("row 2", "there is no table", "write a row for each table below the header"))
    refuse(path, [*problems, *_conflicts(specs)])
    return tuple(specs)


def write_metadata(path: str | Path, specs: Iterable[TableSpec]) -> Path:
    """Put *specs* at *path* so that `read_metadata` gives the same again."""
    specs = tuple(specs)
    columns = [*COLUMNS, *(name for name in EXTRA_COLUMNS if any(getattr(spec, name) for spec in specs))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(spec, column) for column in columns] for spec in specs)
    return write_file(Path(path), text.getvalue())


def check_specs(source: object, specs: Sequence[TableSpec]) -> None:
    """Refuse *specs* of which two have one destination, or two groups one file name."""
    refuse(source, list(_conflicts(specs)))


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the number that a spreadsheet gives them."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror or error})", "name a CSV file with source_table and pipeline_group"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text (byte {error.start})", "save it as CSV UTF-8") from error
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number += 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise ConfigurationError(
                f"{path}: row {number} is not CSV ({error})", "put quotes around the whole cell and double those in it"
            ) from error
        if values is None:
            return
        if any(value.strip() for value in values):
            yield number, [value.strip() for value in values]


def _header(path: object, titles: Sequence[str]) -> list[str]:
    columns = [title.lower() for title in titles]
    problems = [
        Problem("row 1", f"the column {name} is missing", "add it to the header, with commas between columns")
        for name in _REQUIRED
        if name not in columns
    ]
    problems += [
        Problem("row 1", f"the column {shown(name)} is there twice", "keep one")
        for name in sorted({name for name in columns if name and columns.count(name) > 1})
    ]
    refuse(path, problems)
    for name in columns:
        if name and name not in _READERS:
            remedy = nearest(name, tuple(_READERS))
            warnings.warn(f"{path}: row 1: unknown column {shown(name)} is ignored: {remedy}.", stacklevel=3)
    return columns


def _spec(row: int, columns: Sequence[str], values: Sequence[str], problems: list[Problem]) -> TableSpec | None:
    """The table of one row; what is wrong goes to *problems*."""
    before = len(problems)
    if len(values) > len(columns) and any(values[len(columns) :]):
        problems.append(
            Problem(f"row {row}", f"{len(values)} cells for {len(columns)} columns", "put cells with commas in quotes")
        )
    cell = dict(zip(columns, values, strict=False))
    found: dict[str, Any] = {"row": row}
    for column, read in _READERS.items():
        text = cell.get(column, "")
        place = f"row {row}, column {column}"
        if not text:
            if column in _REQUIRED:
                problems.append(Problem(place, "the cell is empty", "write a name"))
            continue
        try:
            found[_FIELDS.get(column, column)] = read(text)
        except ConfigurationError as error:
            problems.append(Problem(place, error.cause, error.remedy))
    if len(problems) == before:
        problems.extend(_complete(found))
    return TableSpec(**found) if len(problems) == before else None


def _complete(found: dict[str, Any]) -> Iterator[Problem]:
    """Fill what follows from other cells of the row, and tell what cannot be."""
    if found.get("destination_catalog") and not found.get("destination_schema"):
        place = f"row {found['row']}, column destination_schema"
        yield Problem(place, "the cell is empty beside a destination_catalog", "write the schema in that catalog")
    if "destination_table" not in found:
        try:
            found["destination_table"] = slug(found["source_table"])
        except ConfigurationError as error:
            yield Problem(f"row {found['row']}, column destination_table", error.cause, "name the destination here")


def _conflicts(specs: Sequence[TableSpec]) -> Iterator[Problem]:
    used: dict[tuple[str, ...], TableSpec] = {}
    for spec in specs:
        place = (spec.destination_catalog, spec.destination_schema, spec.destination_table)
        if spec.skip_reason:
            continue
        first = used.setdefault(tuple(part.lower() for part in place), spec)
        if first is not spec:
            yield Problem(
                f"row {spec.row}, column destination_table",
                f"{spec.destination} is the destination of row {first.row} too",
                "give each row its own destination_table",
            )
    by_slug = sorted({(slug(spec.pipeline_group), spec.pipeline_group): spec.row for spec in specs}.items())
    for name, entries in groupby(by_slug, key=lambda entry: entry[0][0]):
        same = list(entries)
        if len(same) > 1:
            groups = " and ".join(shown(group) for (_, group), _ in same)
            row = max(row for _, row in same)
            yield Problem(
                f"row {row}, column pipeline_group", f"{groups} would both be named {name}", "rename one of them"
            )


def _cell(spec: TableSpec, column: str) -> str:
    value = getattr(spec, _FIELDS.get(column, column))
    if column == "table_options_json":
        return json.dumps(dict(value)) if value else ""
    if column == "expectations":
        return cells.expectations_cell(value)
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return "" if value is None else cells.prose(str(value))
