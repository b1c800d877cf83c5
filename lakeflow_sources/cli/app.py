"""All commands in one application; every failure is one sentence."""

from __future__ import annotations

import os
import sys

import typer

from lakeflow_sources.cli.console import ERRORS
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.errors import LakeflowError

__all__ = ["app", "main"]

app = typer.Typer(
    name="lakeflow-sources",
    help="HTTP APIs as Spark data sources: look at them, generate their pipelines, run those here or deploy them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def main() -> None:
    """Run the command line: exit code 0 done, 1 failed, 2 wrong usage."""
    from lakeflow_sources.cli import commands

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    commands.attach(app)
    try:
        app()
    except LakeflowError as error:
        ERRORS.print(str(error), style="red", markup=False)
        raise SystemExit(2 if isinstance(error, UsageError) else 1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
