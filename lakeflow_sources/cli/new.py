"""A new connector as a folder that passes its tests at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lakeflow_sources.cli.console import ERRORS, OUT
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.new import Style, check_name, draft_of, project_files, starter, write_folder
from lakeflow_sources.new.draft import Draft

__all__ = ["new"]


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: lower case, digits, underscores.")],
    *,
    style: Annotated[Style, typer.Option(help="A declaration, or Python.")] = "yaml",
    from_openapi: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draft tables, columns and paging from this OpenAPI document, JSON or YAML."),
    ] = None,
    output_dir: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the folder NAME is made.")] = Path(),
) -> None:
    """Start a connector: a folder with declaration, samples, contract test, preset and README."""
    try:
        check_name(name)
    except ConfigurationError as error:
        raise UsageError(error.cause, error.remedy) from None
    draft = draft_of(name, from_openapi) if from_openapi else starter(name)
    folder = output_dir / name
    write_folder(folder, project_files(draft, style))
    OUT.print(f"{folder}: {len(draft.tables)} tables, and a test that passes", markup=False)
    _tell_doubts(draft)
    OUT.print(f"cd {folder} && pip install -e '.[test]' && pytest", markup=False)


def _tell_doubts(draft: Draft) -> None:
    """What is to be looked at before anybody relies on a draft."""
    doubts = sum(len(table.notes) for table in draft.tables)
    if doubts:
        ERRORS.print(f"{doubts} notes in the draft say what its document does not: look at them first", markup=False)
    if draft.left_out:
        ERRORS.print(f"{len(draft.left_out)} lists became no table: the end of the draft says why", markup=False)
