"""All commands in one application; every failure is one sentence."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence

import typer
from rich.highlighter import NullHighlighter
from rich.logging import RichHandler
from typer.exceptions import TyperException

from lakeflow_sources.cli.console import ERRORS
from lakeflow_sources.cli.settings import UsageError
from lakeflow_sources.errors import LakeflowError

__all__ = ["PROGRAM", "app", "main"]

PROGRAM = "lakeflow-sources"
_FAILED, _USAGE = 1, 2

app = typer.Typer(
    name=PROGRAM,
    help="HTTP APIs as Spark data sources: look at them, generate their pipelines, run those here or deploy them.",
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def main() -> None:
    """Run the command line: exit code 0 done, 1 failed, 2 wrong usage."""
    from lakeflow_sources.cli import commands

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    commands.attach(app)
    _log()
    raise SystemExit(_run(sys.argv[1:] or ["--help"]))


def _log() -> None:
    """Warnings and notes of a read as lines between those of a progress bar."""
    handler = RichHandler(
        console=ERRORS, show_time=False, show_level=False, show_path=False, highlighter=NullHighlighter()
    )
    handler.setLevel(logging.WARNING)
    logging.getLogger("lakeflow_sources").addHandler(handler)


def _run(arguments: Sequence[str]) -> int:
    try:
        return app(arguments, prog_name=PROGRAM, standalone_mode=False) or 0
    except LakeflowError as error:
        return _failed(str(error), _USAGE if isinstance(error, UsageError) else _FAILED)
    except TyperException as error:
        return _failed(_usage(error), _USAGE)
    except OSError as error:
        place = f"{error.filename} cannot be used" if error.filename else "The system refused"
        return _failed(f"{place}: {error.strerror or type(error).__name__}.", _FAILED)
    except Exception as error:  # noqa: BLE001 - a mistake of ours is one sentence too
        return _failed(_surprise(error), _FAILED)


def _failed(sentence: str, code: int) -> int:
    ERRORS.print(sentence, style="red", markup=False)
    return code


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else PROGRAM
    return f"{error.format_message().rstrip('.')}: `{command} --help` tells how it is used."


def _surprise(error: Exception) -> str:
    """Where it happened, and not its message, which may quote what is secret."""
    if os.environ.get("LAKEFLOW_DEBUG"):
        traceback.print_exception(error)
    at = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"Unexpected {type(error).__name__} at {os.path.basename(at.filename)}:{at.lineno}: "  # noqa: PTH119 (a name only)
        "please report it with what LAKEFLOW_DEBUG=1 shows."
    )
