"""Every command under its name, with its examples."""

from __future__ import annotations

import typer

from lakeflow_sources.cli import account, catalogue, discovering, generate, local, mocking, new, planning, ship
from lakeflow_sources.cli.examples import epilog

__all__ = ["attach"]

_LOOK = "Look at an account"
_GENERATE = "Generate and deploy pipelines"
_LOCAL = "Try it on this machine"
_START = "Write a connector"
_COMMANDS = (
    (catalogue.connectors, _LOOK),
    (catalogue.tables, _LOOK),
    (catalogue.schema, _LOOK),
    (account.check, _LOOK),
    (account.preview, _LOOK),
    (planning.plan, _LOOK),
    (discovering.discover, _GENERATE),
    (generate.generate_notebooks, _GENERATE),
    (generate.generate_bundle, _GENERATE),
    (ship.build_source, _GENERATE),
    (ship.deploy, _GENERATE),
    (new.new, _START),
    (local.run_local, _LOCAL),
    (mocking.mock_server, _LOCAL),
    (local.demo, _LOCAL),
)


def attach(app: typer.Typer) -> None:
    """Add the commands to *app*; adding them again changes nothing."""
    if app.registered_commands:
        return
    for command, panel in _COMMANDS:
        name = command.__name__.replace("_", "-")
        app.command(name=name, epilog=epilog(name), rich_help_panel=panel)(command)
