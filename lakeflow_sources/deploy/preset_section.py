"""A deployment preset as a value, section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lakeflow_sources.deploy.connector_config import ConnectorConfig

__all__ = [
    "FAMILIES",
    "GROUPINGS",
    "CsvSettings",
    "DiscoverSettings",
    "JobSettings",
    "PipelineSettings",
    "Preset",
    "SharingSettings",
    "StorageSettings",
]

FAMILIES = ("snapshot", "append", "cdc")
"""Ingestion types as schedules and weights know them; `cdc` stands for both kinds of changes."""
GROUPINGS = ("ingestion_type", "category", "category_and_ingestion_type", "none")


@dataclass(frozen=True, slots=True)
class CsvSettings:
    """Where the tables come from: a CSV at *path*, the account, or the names in *tables*."""

    mode: str = "discover"
    path: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiscoverSettings:
    """How discovered tables are dealt into pipeline groups; schedules and weights are by family."""

    group_by: str = "ingestion_type"
    schedules: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    max_tables_per_group: int = 0
    best_effort: bool = False


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """What pipelines run on."""

    serverless: bool = True
    development: bool = False
    continuous: bool = False
    num_workers: int = 1
    channel: str = "CURRENT"


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Whether pipelines get scheduled jobs; *pause* leaves them paused."""

    create: bool = True
    pause: bool = True
    timezone_id: str = "UTC"


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The volume that holds the wheel or the generated source."""

    uc_volume_name: str = "lakeflow_sources"


@dataclass(frozen=True, slots=True)
class SharingSettings:
    """Who may use the pipelines and jobs, who hears of failures, and how they are tagged.

    *permissions*: level, kind of principal, principal.
    """

    permissions: tuple[tuple[str, str, str], ...] = ()
    failure_emails: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preset:
    """One `deploy_preset.json`; empty destinations are asked for when it is deployed."""

    connector_name: str
    generated_source_rel_path: str = ""
    dest_catalog: str = ""
    dest_schema: str = ""
    csv: CsvSettings = CsvSettings()
    connector_config: ConnectorConfig = field(default_factory=ConnectorConfig)
    discover: DiscoverSettings = field(default_factory=DiscoverSettings)
    pipeline: PipelineSettings = PipelineSettings()
    jobs: JobSettings = JobSettings()
    storage: StorageSettings = StorageSettings()
    sharing: SharingSettings = field(default_factory=SharingSettings)
    path: Path | None = None

    def file(self, relative: str) -> Path:
        """A file that the preset names: beside it, or below the folder that has `sources`."""
        if self.path is None:
            return Path(relative)
        beside = self.path.parent / relative
        roots = [folder for folder in self.path.absolute().parents if folder.name == "sources"]
        return beside if beside.exists() or not roots else roots[0].parent / relative
