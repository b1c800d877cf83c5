"""Commands with their parameters and examples, as the command line itself knows them."""

from __future__ import annotations

from typing import Any

import typer

from lakeflow_sources.cli.app import app
from lakeflow_sources.cli.commands import attach
from lakeflow_sources.cli.examples import examples

__all__ = ["facts"]


def facts() -> list[dict[str, Any]]:
    """In the order of `--help`."""
    attach(app)
    group: Any = typer.main.get_command(app)
    return [_command(name, one) for name, one in group.commands.items()]


def _command(name: str, command: Any) -> dict[str, Any]:
    return {
        "name": name,
        "about": command.help.strip(),
        "usage": " ".join(["lakeflow-sources", name, *(_place(one) for one in command.params if _argument(one))]),
        "parameters": [_parameter(one) for one in command.params],
        "examples": [line.replace(" --", " \\\n    --", 1) if len(line) > 110 else line for line in examples(name)],  # noqa: PLR2004
    }


def _argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _place(argument: Any) -> str:
    return f"[{argument.metavar}]..." if argument.nargs == -1 else str(argument.metavar)


def _parameter(parameter: Any) -> dict[str, Any]:
    flag = parameter.metavar == ""
    value = "" if flag or _argument(parameter) else f" {parameter.metavar or parameter.name.upper()}"
    default = parameter.default
    return {
        "name": parameter.metavar if _argument(parameter) else ", ".join(reversed(parameter.opts)) + value,
        "about": parameter.help,
        "required": parameter.required,
        "default": "" if default in (None, False, "", [], ()) or flag else str(default),
    }
