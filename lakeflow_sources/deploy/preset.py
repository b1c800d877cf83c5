"""Deployment presets: `deploy_preset.json` of a connector, read with every field checked."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from zoneinfo import available_timezones

from lakeflow_sources.deploy.cells import identifier, schedule
from lakeflow_sources.deploy.connector_config import ConnectorConfig, connector_config
from lakeflow_sources.deploy.json_fields import Fields, read_object
from lakeflow_sources.deploy.preset_section import (
    FAMILIES,
    GROUPINGS,
    CsvSettings,
    DiscoverSettings,
    JobSettings,
    PipelineSettings,
    Preset,
    SharingSettings,
    StorageSettings,
)
from lakeflow_sources.deploy.problems import Problem, refuse
from lakeflow_sources.errors import ConfigurationError

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
    "load_preset",
]

_MODES = ("static", "discover", "manual")
_CHANNELS = ("CURRENT", "PREVIEW")
_LEVELS = ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER")
_PRINCIPALS = ("user_name", "group_name", "service_principal_name")
_CONNECTOR = r"[a-z][a-z0-9_]{0,62}"
_LONGEST_TAG = 255


def load_preset(path: str | Path) -> Preset:
    """The preset at *path*; one error tells everything that is wrong with it."""
    problems: list[Problem] = []
    fields = Fields(read_object(Path(path)), "", problems)
    name = fields.needed("connector_name", pattern=_CONNECTOR, example="hubspot")
    preset = Preset(
        connector_name=name,
        generated_source_rel_path=_relative(
            fields, "generated_source_rel_path", f"sources/{name}/_generated_{name}_python_source.py"
        ),
        dest_catalog=_identifier(fields, "dest_catalog"),
        dest_schema=_identifier(fields, "dest_schema"),
        csv=_csv(fields),
        connector_config=_connector_config(fields),
        discover=_discover(fields.fields("discover")),
        pipeline=_pipeline(fields.fields("pipeline")),
        jobs=_jobs(fields.fields("jobs")),
        storage=_storage(fields),
        sharing=_sharing(fields.fields("sharing")),
        path=Path(path),
    )
    if preset.pipeline.continuous and preset.jobs.create:
        fields.problem("jobs.create", "a continuous pipeline cannot be started by a job", "write false")
    fields.close()
    refuse(path, problems)
    return preset


def _csv(fields: Fields) -> CsvSettings:
    if not fields.has("csv"):
        fields.problem("csv.mode", "it is missing", f"write one of {', '.join(_MODES)}")
    csv = fields.fields("csv")
    mode = csv.choice("mode", _MODES, "discover")
    path = _relative(csv, "path", "tables.csv") if mode == "static" or csv.has("path") else ""
    csv.value("path")
    tables = csv.texts("tables")
    if mode == "manual" and not tables:
        csv.problem("tables", "it is missing for mode manual", 'name the tables, such as ["contacts", "deals"]')
    csv.close()
    return CsvSettings(mode, path, tables)


def _connector_config(fields: Fields) -> ConnectorConfig:
    if not fields.has("connector_config"):
        fields.problem("connector_config", "it is missing", "name secrets_scope and secret_mappings in it")
    return connector_config(fields.fields("connector_config"))


def _discover(fields: Fields) -> DiscoverSettings:
    schedules = {family: fields.text(f"schedule_{family}", example="0 6 * * *") for family in FAMILIES}
    for family, cron in schedules.items():
        try:
            schedule(cron or "0 0 * * *")
        except ConfigurationError as error:
            fields.problem(f"schedule_{family}", error.cause, error.remedy)
    settings = DiscoverSettings(
        group_by=fields.choice("group_by", GROUPINGS, "ingestion_type"),
        schedules={family: cron for family, cron in schedules.items() if cron},
        weights={
            family: fields.number(f"weight_{family}", 1.0, lowest=0.001)
            for family in FAMILIES
            if fields.has(f"weight_{family}")
        },
        max_tables_per_group=int(fields.number("max_tables_per_group", 0)),
        best_effort=fields.flag("best_effort", default=False),
    )
    for family in FAMILIES:
        fields.value(f"weight_{family}")
    fields.close()
    return settings


def _pipeline(fields: Fields) -> PipelineSettings:
    settings = PipelineSettings(
        serverless=fields.flag("serverless", default=True),
        development=fields.flag("development", default=False),
        continuous=fields.flag("continuous", default=False),
        num_workers=int(fields.number("num_workers", 1, lowest=0)),
        channel=fields.choice("channel", _CHANNELS, "CURRENT"),
    )
    fields.close()
    return settings


def _jobs(fields: Fields) -> JobSettings:
    zone = fields.text("timezone_id", "UTC", example="Europe/Berlin")
    known = available_timezones()
    if known and zone not in known:
        fields.problem("timezone_id", f"{zone!r} is not a time zone", "write one such as UTC or Europe/Berlin")
    settings = JobSettings(fields.flag("create", default=True), fields.flag("pause", default=True), zone)
    fields.close()
    return settings


def _storage(fields: Fields) -> StorageSettings:
    storage = fields.fields("storage")
    if not storage.has("uc_volume_name"):
        storage.problem("uc_volume_name", "it is missing", "name the volume that takes the connector's code")
    settings = StorageSettings(_identifier(storage, "uc_volume_name"))
    storage.close()
    return settings


def _sharing(fields: Fields) -> SharingSettings:
    settings = SharingSettings(
        permissions=tuple(_permission(entry) for entry in fields.objects("permissions")),
        failure_emails=fields.texts("failure_emails"),
        tags={name: _tag(fields, name, value) for name, value in fields.items("tags")},
    )
    fields.close()
    return settings


def _permission(fields: Fields) -> tuple[str, str, str]:
    level = fields.choice("level", _LEVELS, "CAN_VIEW")
    given = [kind for kind in _PRINCIPALS if fields.has(kind)]
    names = {kind: fields.text(kind) for kind in _PRINCIPALS}
    fields.close()
    if len(given) != 1:
        fields.problem("", f"it names {len(given)} principals", f"write exactly one of {', '.join(_PRINCIPALS)}")
        return level, "", ""
    return level, given[0], names[given[0]]


def _tag(fields: Fields, name: str, value: object) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_TAG and re.fullmatch(r"[\w .:/=+@-]{1,127}", name):
        return value
    fields.problem(f"tags.{name}", "it is not a tag", f"write a short name and a text of up to {_LONGEST_TAG} letters")
    return ""


def _identifier(fields: Fields, name: str) -> str:
    text = fields.text(name)
    try:
        return identifier(text)
    except ConfigurationError as error:
        fields.problem(name, error.cause, error.remedy)
        return ""


def _relative(fields: Fields, name: str, example: str) -> str:
    text = fields.needed(name, example=example)
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text:
        fields.problem(name, f"{text!r} leads out of the repository", f"write a path such as {example}")
        return ""
    return text
