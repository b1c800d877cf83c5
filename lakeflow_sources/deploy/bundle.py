"""Metadata CSV to a whole Databricks bundle: targets, variables, pipelines, scheduled jobs, storage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import lakeflow_sources
from lakeflow_sources.deploy.bundle_check import check_bundle
from lakeflow_sources.deploy.bundle_yaml import bundle_owner, to_yaml
from lakeflow_sources.deploy.cells import identifier
from lakeflow_sources.deploy.files import write_files
from lakeflow_sources.deploy.metadata import read_metadata
from lakeflow_sources.deploy.notebooks import tables_by_group
from lakeflow_sources.deploy.preset_section import Preset
from lakeflow_sources.deploy.problems import Problem, refuse
from lakeflow_sources.deploy.resource import (
    PipelinePlace,
    group_sharing,
    job_resources,
    pipeline_resource,
    schema_resource,
    secret_scope_resource,
    volume_resource,
)
from lakeflow_sources.deploy.slug import notebook_slug, slug
from lakeflow_sources.deploy.table_facts import TableFacts
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.errors import ConfigurationError

__all__ = ["bundle_files", "generate_bundle", "group_schedules"]

_BASE_PATH = re.compile(r"(?:\$\{[a-z_]+(?:\.[A-Za-z_]+)+\}|[A-Za-z0-9_.@/ +-])+")
_REFERENCE = re.compile(r"[A-Za-z0-9_.-]+")


def generate_bundle(  # noqa: PLR0913 - one parameter for each flag of the command
    *,
    connector_name: str,
    input_csv: str | Path,
    output_dir: str | Path,
    notebook_base_path: str,
    dest_catalog: str | None = None,
    dest_schema: str | None = None,
    emit_jobs: bool | None = None,
    unpause_jobs: bool | None = None,
    serverless: bool | None = None,
    cluster_workers: int | None = None,
    preset: Preset | None = None,
    facts: Iterable[TableFacts] = (),
) -> list[Path]:
    """Write `databricks.yml` and `resources/` into *output_dir*; what is None comes from *preset* or its defaults."""
    chosen = preset or Preset(connector_name)
    chosen = replace(
        chosen,
        connector_name=connector_name,
        dest_catalog=dest_catalog or chosen.dest_catalog,
        dest_schema=dest_schema or chosen.dest_schema,
        pipeline=replace(
            chosen.pipeline,
            serverless=_first(serverless, chosen.pipeline.serverless if cluster_workers is None else False),
            num_workers=_first(cluster_workers, chosen.pipeline.num_workers),
        ),
        jobs=replace(
            chosen.jobs,
            create=_first(emit_jobs, chosen.jobs.create),
            pause=not _first(unpause_jobs, not chosen.jobs.pause),
        ),
    )
    groups = tables_by_group(connector_name, read_metadata(input_csv), source=input_csv, facts=facts)
    contents = bundle_files(chosen, groups, notebook_base_path, source=input_csv)
    check_bundle(contents)
    folder = Path(output_dir)
    _refuse_foreign(folder / "databricks.yml", connector_name)
    return write_files(folder, {name: to_yaml(connector_name, content) for name, content in contents.items()})


def bundle_files(
    preset: Preset, groups: Mapping[str, Sequence[TableSpec]], notebook_base_path: str, *, source: object = "metadata"
) -> dict[str, dict[str, Any]]:
    """Content of each file of the bundle by its path; *groups* as `tables_by_group` gives them."""
    _check_request(preset, notebook_base_path)
    connector = slug(preset.connector_name)
    schedules = group_schedules(groups, source) if preset.jobs.create else {}
    pipelines: dict[str, Any] = {}
    jobs: dict[str, Any] = {}
    for group in groups:
        key = notebook_slug(connector, group)
        sharing = group_sharing(connector, slug(group), preset.sharing)
        place = _place(preset, key, notebook_base_path)
        pipelines[key] = pipeline_resource(key, place, preset.pipeline, sharing)
        if schedules.get(group):
            jobs |= job_resources(
                key,
                schedules[group],
                f"${{resources.pipelines.{key}.id}}",
                preset.jobs,
                sharing,
                "${var.pause_status}",
            )
    return {
        "databricks.yml": _top(preset, connector),
        f"resources/{connector}_storage.yml": {"resources": _storage(preset, connector)},
        f"resources/{connector}_pipelines.yml": {"resources": {"pipelines": pipelines}},
        f"resources/{connector}_jobs.yml": {"resources": {"jobs": jobs}},
    }


def group_schedules(groups: Mapping[str, Sequence[TableSpec]], source: object) -> dict[str, str]:
    """The one schedule of each group; empty where no table of it has any."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for group, specs in groups.items():
        rows: dict[str, int] = {}
        for spec in specs:
            if spec.schedule:
                rows.setdefault(spec.schedule, spec.row)
        if len(rows) > 1:
            named = ", ".join(f"{schedule!r} in row {row}" for schedule, row in rows.items())
            cause = f"the group {group!r} has {len(rows)} schedules ({named})"
            place = f"row {max(rows.values())}, column schedule"
            problems.append(Problem(place, cause, "give its tables one, or put them into groups of their own"))
        found[group] = next(iter(rows), "")
    refuse(source, problems)
    return found


def _top(preset: Preset, connector: str) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "catalog": {"description": "Catalog that tables are published to", "default": preset.dest_catalog},
        "schema": {"description": "Schema for tables whose row names none", "default": preset.dest_schema},
    }
    prod: dict[str, Any] = {
        "mode": "production",
        "workspace": {"root_path": "/Workspace/Shared/.bundle/${bundle.name}/${bundle.target}"},
    }
    if preset.jobs.create:
        variables["pause_status"] = {"description": "PAUSED or UNPAUSED, for scheduled jobs", "default": "PAUSED"}
        prod["variables"] = {"pause_status": "PAUSED" if preset.jobs.pause else "UNPAUSED"}
    if preset.pipeline.serverless:
        wheel = f"lakeflow_sources-{lakeflow_sources.__version__}-py3-none-any.whl"
        variables["wheel"] = {"description": "File in the volume that pipelines install", "default": wheel}
    return {
        "bundle": {"name": f"lakeflow_{connector}"},
        "include": ["resources/*.yml"],
        "variables": variables,
        "targets": {"dev": {"mode": "development", "default": True}, "prod": prod},
    }


def _storage(preset: Preset, connector: str) -> dict[str, Any]:
    schema = f"${{resources.schemas.{connector}.name}}"
    resources: dict[str, Any] = {
        "schemas": {connector: schema_resource("${var.catalog}", "${var.schema}")},
        "volumes": {connector: volume_resource("${var.catalog}", schema, preset.storage.uc_volume_name)},
    }
    scope = preset.connector_config.secrets_scope
    if scope:
        resources["secret_scopes"] = {connector: secret_scope_resource(scope)}
    return resources


def _place(preset: Preset, key: str, base: str) -> PipelinePlace:
    connector = slug(preset.connector_name)
    schema = f"${{resources.schemas.{connector}.name}}"
    volume = f"${{resources.volumes.{connector}.name}}"
    notebook = f"{base.rstrip('/')}/{key}"
    if not base.startswith(("/", "${")):
        notebook = f"../{PurePosixPath(base) / key}.py"
    return PipelinePlace(
        "${var.catalog}", schema, notebook, (f"/Volumes/${{var.catalog}}/{schema}/{volume}/${{var.wheel}}",)
    )


def _check_request(preset: Preset, notebook_base_path: str) -> None:
    problems: list[Problem] = []
    for place, name in (("dest_catalog", preset.dest_catalog), ("dest_schema", preset.dest_schema)):
        if not name:
            problems.append(Problem(place, "it is empty", "name where the tables are published"))
        elif not _REFERENCE.fullmatch(identifier(name)):
            problems.append(Problem(place, f"{name!r} cannot stand in a bundle", "use letters, digits, - and _"))
    if not _BASE_PATH.fullmatch(notebook_base_path) or ".." in PurePosixPath(notebook_base_path).parts:
        remedy = "write a workspace path such as /Workspace/Shared/hubspot, or a folder inside the bundle"
        problems.append(Problem("notebook_base_path", f"{notebook_base_path!r} is not allowed here", remedy))
    if preset.pipeline.continuous and preset.jobs.create:
        problems.append(Problem("jobs", "a continuous pipeline cannot be started by a job", "leave out one of them"))
    if preset.pipeline.num_workers < 0:
        problems.append(Problem("cluster_workers", "it is negative", "write the number of workers"))
    refuse("bundle", problems)


def _refuse_foreign(path: Path, connector_name: str) -> None:
    owner = bundle_owner(path)
    if path.exists() and owner != connector_name:
        whose = f"the bundle of {owner}" if owner else "a bundle that was not generated here"
        raise ConfigurationError(f"{path} is {whose}", "choose another output folder, or move that file away")


def _first(value: Any, default: Any) -> Any:
    return default if value is None else value
