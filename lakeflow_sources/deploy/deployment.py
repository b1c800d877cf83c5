"""What a preset and its tables come to in a workspace: everything that is to be there, as one value."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lakeflow_sources.deploy.bundle import group_schedules
from lakeflow_sources.deploy.metadata import read_metadata, write_metadata
from lakeflow_sources.deploy.notebooks import render_notebooks, tables_by_group
from lakeflow_sources.deploy.preset_section import Preset
from lakeflow_sources.deploy.problems import Problem, refuse
from lakeflow_sources.deploy.resource import PipelinePlace, group_sharing, job_resources, pipeline_resource
from lakeflow_sources.deploy.slug import notebook_slug, slug
from lakeflow_sources.deploy.table_facts import TableFacts
from lakeflow_sources.deploy.table_spec import TableSpec
from lakeflow_sources.errors import ConfigurationError

__all__ = [
    "PENDING",
    "Code",
    "Deployment",
    "build_deployment",
    "metadata_bytes",
    "metadata_of",
    "metadata_path",
    "volume_folder",
]

PENDING = "(known after creation)"
"""Stands for the id of a pipeline that is not there yet."""


@dataclass(frozen=True, slots=True)
class Code:
    """The connector's code: a wheel or a single-file source by its *name*, and the *libraries* a source needs."""

    name: str
    content: bytes
    libraries: tuple[str, ...] = ()

    @property
    def is_wheel(self) -> bool:
        """Whether it is installed, and not run."""
        return self.name.endswith(".whl")


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that is to be there; *jobs*: name to the pipeline it refreshes and its settings."""

    connector: str
    catalog: str
    schema: str
    volume: str
    notebooks_dir: str
    files: Mapping[str, bytes]
    notebooks: Mapping[str, str]
    pipelines: Mapping[str, Mapping[str, Any]]
    jobs: Mapping[str, tuple[str, Mapping[str, Any]]]


def build_deployment(
    preset: Preset,
    specs: Iterable[TableSpec],
    code: Code,
    *,
    notebooks_dir: str,
    facts: Iterable[TableFacts] = (),
) -> Deployment:
    """The deployment of *specs* as *preset* says; everything wrong with it is one error."""
    preset = _placed(preset, notebooks_dir)
    specs = tuple(specs)
    source = preset.path or "preset"
    groups = tables_by_group(preset.connector_name, specs, source=source, facts=facts)
    schedules = group_schedules(groups, source) if preset.jobs.create else {}
    folder, directory = volume_folder(preset), notebooks_dir.rstrip("/")
    code_path = f"{folder}/{code.name}"
    # A serverless pipeline installs the wheel as part of its environment, on classic compute the notebook does.
    shown_path = None if code.is_wheel and preset.pipeline.serverless else code_path
    texts = render_notebooks(preset.connector_name, groups, config=preset.connector_config, connector_path=shown_path)
    files = {code_path: code.content}
    if preset.csv.mode != "static":
        files[metadata_path(preset)] = metadata_bytes(specs)
    requirements = (code_path,) if code.is_wheel else code.libraries
    return Deployment(
        connector=slug(preset.connector_name),
        catalog=preset.dest_catalog,
        schema=preset.dest_schema,
        volume=preset.storage.uc_volume_name,
        notebooks_dir=directory,
        files=files,
        notebooks={f"{directory}/{name}": text for name, text in texts.items()},
        pipelines=_pipelines(preset, groups, directory, requirements),
        jobs=_jobs(preset, schedules),
    )


def volume_folder(preset: Preset) -> str:
    """Where the connector's code lies, as notebooks see it."""
    parts = (preset.dest_catalog, preset.dest_schema, preset.storage.uc_volume_name)
    return "/".join(("/Volumes", *(part.lower() for part in parts)))


def metadata_path(preset: Preset) -> str:
    """Where the tables of the last deployment are kept, so that none changes its pipeline with the next."""
    return f"{volume_folder(preset)}/{slug(preset.connector_name)}_tables.csv"


def metadata_bytes(specs: Sequence[TableSpec]) -> bytes:
    """*specs* as a metadata CSV."""
    with tempfile.TemporaryDirectory() as folder:
        return write_metadata(Path(folder) / "tables.csv", specs).read_bytes()


def metadata_of(content: bytes | None) -> tuple[TableSpec, ...]:
    """The tables of a metadata CSV; none where there is no CSV."""
    if content is None:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables.csv"
        path.write_bytes(content)
        return read_metadata(path)


def _placed(preset: Preset, notebooks_dir: str) -> Preset:
    """*preset* with the names that Unity Catalog makes of its own, checked."""
    problems = [
        Problem(place, "it is empty", "name where the tables are published")
        for place, name in (("dest_catalog", preset.dest_catalog), ("dest_schema", preset.dest_schema))
        if not name
    ]
    parts = notebooks_dir.split("/")
    if not notebooks_dir.startswith("/") or ".." in parts or "'" in notebooks_dir:
        remedy = "write a workspace folder such as /Workspace/Shared/lakeflow_sources/hubspot"
        problems.append(Problem("notebooks_dir", f"{notebooks_dir!r} is no folder of a workspace", remedy))
    refuse(preset.path or "preset", problems)
    for name in (preset.dest_catalog, preset.dest_schema, preset.storage.uc_volume_name):
        if "." in name or "/" in name or " " in name:
            raise ConfigurationError(f"{name!r} cannot be a part of a path", "write letters, digits, - and _")
    return replace(
        preset,
        dest_catalog=preset.dest_catalog.lower(),
        dest_schema=preset.dest_schema.lower(),
        storage=replace(preset.storage, uc_volume_name=preset.storage.uc_volume_name.lower()),
    )


def _pipelines(
    preset: Preset, groups: Mapping[str, Sequence[TableSpec]], directory: str, requirements: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    pipelines = {}
    for group in groups:
        name = notebook_slug(preset.connector_name, group)
        place = PipelinePlace(preset.dest_catalog, preset.dest_schema, f"{directory}/{name}", requirements)
        sharing = group_sharing(slug(preset.connector_name), slug(group), preset.sharing)
        pipeline = pipeline_resource(name, place, preset.pipeline, sharing)
        pipelines[name] = {**pipeline, "development": preset.pipeline.development}
    return pipelines


def _jobs(preset: Preset, schedules: Mapping[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    jobs = {}
    for group, schedule in schedules.items():
        if schedule:
            name = notebook_slug(preset.connector_name, group)
            sharing = group_sharing(slug(preset.connector_name), slug(group), preset.sharing)
            made = job_resources(name, schedule, PENDING, preset.jobs, sharing)
            jobs.update({job: (name, body) for job, body in made.items()})
    return jobs
