"""A preset into a workspace: planned as a whole, then done step by step, so that it can be run again at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lakeflow_sources.deploy.account_tables import chosen_tables, declared_facts
from lakeflow_sources.deploy.change import Change, Ids, Plan
from lakeflow_sources.deploy.compute_changes import compute_changes
from lakeflow_sources.deploy.connector_code import connector_code
from lakeflow_sources.deploy.deployment import Deployment, build_deployment, metadata_of, metadata_path
from lakeflow_sources.deploy.managed import find_managed
from lakeflow_sources.deploy.preset_section import Preset
from lakeflow_sources.deploy.prune import leftovers
from lakeflow_sources.deploy.slug import slug
from lakeflow_sources.deploy.storage_changes import storage_changes
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.deploy.workspace import Workspace
from lakeflow_sources.options import Settings

__all__ = ["Choices", "default_notebooks_dir", "plan_deployment", "plan_preset", "plan_purge", "urls"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a preset leaves to whoever deploys it; *wheel* is a path on this machine."""

    notebooks_dir: str = ""
    wheel: str = ""
    recreate: bool = False
    prune: bool = False


def default_notebooks_dir(connector: str) -> str:
    """Where the notebooks of a connector lie when nobody says."""
    return f"/Workspace/Shared/lakeflow_sources/{slug(connector)}"


def plan_preset(
    workspace: Workspace,
    preset: Preset,
    settings: Callable[[], Settings],
    choices: Choices = Choices(),
    say: Callable[[str], None] = lambda _: None,
) -> Plan:
    """What deploying *preset* comes to, with reading calls only.

    *settings* sign in to the vendor, and are asked only where tables are discovered.
    """
    previous: tuple[TableSpec, ...] = ()
    if preset.csv.mode != "static" and preset.dest_catalog and preset.dest_schema:
        previous = metadata_of(workspace.file(metadata_path(preset)))
    specs = chosen_tables(preset, settings, previous, say)
    code = connector_code(preset, choices.wheel, say)
    deployment = build_deployment(
        preset,
        specs,
        code,
        notebooks_dir=choices.notebooks_dir or default_notebooks_dir(preset.connector_name),
        facts=declared_facts(preset.connector_name, preset.connector_config.static_options),
    )
    return plan_deployment(workspace, deployment, recreate=choices.recreate, prune=choices.prune)


def plan_deployment(
    workspace: Workspace, deployment: Deployment, *, recreate: bool = False, prune: bool = False
) -> Plan:
    """Every change that brings *deployment* about; with *prune* also removals of what is in it no more."""
    there = find_managed(workspace, deployment.connector, deployment.pipelines)
    ids: Ids = {}
    found: list[Change | None] = [
        *storage_changes(workspace, deployment),
        *compute_changes(workspace, deployment, there, ids, recreate=recreate),
    ]
    kept = {*deployment.pipelines, *deployment.jobs, *deployment.notebooks}
    old = leftovers(workspace, deployment.connector, there, kept, deployment.notebooks_dir) if prune else ()
    changes = tuple(change for change in found if change is not None)
    return Plan(changes, tuple(old), found.count(None), ids)


def plan_purge(workspace: Workspace, connector: str, notebooks_dir: str = "") -> Plan:
    """Removals of every job, pipeline and notebook of *connector*; tables, volume and code stay."""
    connector = slug(connector)
    there = find_managed(workspace, connector)
    folder = notebooks_dir or default_notebooks_dir(connector)
    return Plan(removals=tuple(leftovers(workspace, connector, there, (), folder)))


def urls(workspace: Workspace, plan: Plan) -> list[str]:
    """Where pipelines and jobs are looked at."""
    return [f"{workspace.host}/{kind}s/{number}" for (kind, _), number in plan.ids.items()]
