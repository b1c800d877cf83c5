"""Every command under its name."""

from __future__ import annotations

import typer

from lakeflow_sources.cli import account, catalogue, generate, local, ship

__all__ = ["attach"]


def attach(app: typer.Typer) -> None:
    """Add the commands to *app*; adding them again changes nothing."""
    if app.registered_commands:
        return
    for command in (
        catalogue.connectors,
        catalogue.tables,
        catalogue.schema,
        account.check,
        account.preview,
        account.plan,
        generate.discover,
        generate.generate_notebooks,
        generate.generate_bundle,
        ship.build_source,
        ship.deploy,
        local.run_local,
        local.mock_server,
        local.demo,
    ):
        app.command(name=command.__name__.replace("_", "-"))(command)
