"""A connector as one file, and a preset into a Databricks workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lakeflow_sources.cli.catalogue import Json, Name
from lakeflow_sources.cli.console import ERRORS, OUT, show_json
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import SecretsFile, Sets, UsageError, settings_of
from lakeflow_sources.deploy.change import Change, Plan, apply_plan, describe
from lakeflow_sources.deploy.deployer import Choices, plan_preset, urls
from lakeflow_sources.deploy.preset import Preset, load_preset
from lakeflow_sources.deploy.preset_section import CsvSettings
from lakeflow_sources.deploy.single_source import write_source
from lakeflow_sources.deploy.workspace import open_workspace
from lakeflow_sources.registry import connector as find_connector

__all__ = ["build_source", "deploy"]


def build_source(
    name: Name,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="File to write; beside the connector without it."),
    ] = None,
) -> None:
    """A connector and all that it runs on as one self-contained Python file."""
    with Progress() as progress:
        progress.now(f"bundling {name}")
        written = write_source(name, output)
    OUT.print(str(written), markup=False)


def deploy(
    *,
    preset: Annotated[Path, typer.Option(metavar="FILE", help="deploy_preset.json of the connector.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Show what would change, and change nothing.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", metavar="", help="List what is in the table list no more.")] = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", metavar="", help="Drop the pipelines with their tables first.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", metavar="", help="Remove what --prune lists, drop what --recreate does.")
    ] = False,
    wheel: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Wheel to install instead of the single-file source.")
    ] = None,
    notebooks_dir: Annotated[str, typer.Option(metavar="FOLDER", help="Workspace folder of the notebooks.")] = "",
    input_csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Metadata CSV instead of the preset's tables.")
    ] = None,
    dest_catalog: Annotated[str | None, typer.Option(help="Catalog instead of the preset's.")] = None,
    dest_schema: Annotated[str | None, typer.Option(help="Schema instead of the preset's.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of ~/.databrickscfg.")] = None,
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    as_json: Json = False,
) -> None:
    """Preset to volume, code, notebooks, pipelines and jobs of a Databricks workspace."""
    if recreate and not (yes or dry_run):
        raise UsageError("--recreate drops the tables of the pipelines", "add --yes, or look at it with --dry-run")
    chosen = _chosen(load_preset(preset), input_csv, dest_catalog, dest_schema)
    choices = Choices(notebooks_dir, str(wheel or ""), recreate, prune)
    with Progress() as progress:
        progress.say("signing in to Databricks")
        workspace = open_workspace(profile)
        plan = plan_preset(
            workspace,
            chosen,
            lambda: settings_of(find_connector(chosen.connector_name), sets, secrets_file),
            choices,
            progress.say,
        )
        if not dry_run:
            progress.expect(len(plan.changes) + yes * len(plan.removals))
            apply_plan(plan, progress.step, remove=yes)
    found = () if dry_run else urls(workspace, plan)
    if as_json:
        show_json(_facts(plan, found, dry_run=dry_run, removed=yes))
        return
    _tell(plan, dry_run=dry_run, removed=yes)
    for url in found:
        OUT.print(url, markup=False)


def _facts(plan: Plan, found: Sequence[str], *, dry_run: bool, removed: bool) -> dict[str, Any]:
    """What was changed and removed, or would be, with the diff of each thing."""
    return {
        "applied": not dry_run,
        "changes": [_change(one) for one in plan.changes],
        "removals": [_change(one) for one in plan.removals],
        "removed": removed and not dry_run,
        "unchanged": plan.unchanged,
        "urls": list(found),
    }


def _change(change: Change) -> dict[str, Any]:
    return {"action": change.action, "kind": change.kind, "name": change.name, "diff": list(change.lines)}


def _chosen(preset: Preset, input_csv: Path | None, catalog: str | None, schema: str | None) -> Preset:
    if input_csv is not None:
        preset = replace(preset, csv=CsvSettings("static", str(input_csv.absolute())))
    return replace(preset, dest_catalog=catalog or preset.dest_catalog, dest_schema=schema or preset.dest_schema)


def _tell(plan: Plan, *, dry_run: bool, removed: bool) -> None:
    for line in describe(plan.changes):
        OUT.print(line, markup=False)
    for line in describe(plan.removals):
        OUT.print(line, markup=False)
    if plan.removals and not removed:
        ERRORS.print(f"{len(plan.removals)} to remove: add --yes to --prune", markup=False)
    done = "to change" if dry_run else "changed"
    OUT.print(f"{len(plan.changes)} {done}, {plan.unchanged} unchanged", markup=False)
