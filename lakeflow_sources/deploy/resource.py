"""Pipelines, jobs and storage as Databricks describes them, for bundles and for the deployer alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lakeflow_sources.deploy.cron import quartz
from lakeflow_sources.deploy.preset_section import JobSettings, PipelineSettings, SharingSettings

__all__ = [
    "MANAGED_BY",
    "PipelinePlace",
    "group_sharing",
    "job_resources",
    "pipeline_resource",
    "schema_resource",
    "secret_scope_resource",
    "volume_resource",
]

MANAGED_BY = "lakeflow-sources"
_JOB_LEVELS = {"CAN_RUN": "CAN_MANAGE_RUN"}
_FAILURE_ALERTS = ("on-update-failure", "on-update-fatal-failure", "on-flow-failure")
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class PipelinePlace:
    """Where one pipeline publishes, its notebook, and the requirement lines of its environment."""

    catalog: str
    schema: str
    notebook: str
    dependencies: tuple[str, ...] = ()


def group_sharing(connector_name: str, group: str, sharing: SharingSettings) -> SharingSettings:
    """*sharing* with the tags that everything of one pipeline group has; *group* is its slug."""
    own = {"managed_by": MANAGED_BY, "connector": connector_name, "pipeline_group": group}
    return replace(sharing, tags={**sharing.tags, **own})


def pipeline_resource(
    name: str,
    place: PipelinePlace,
    settings: PipelineSettings,
    sharing: SharingSettings,
) -> dict[str, Any]:
    """The pipeline called *name*."""
    pipeline: dict[str, Any] = {
        "name": name,
        "catalog": place.catalog,
        "schema": place.schema,
        "channel": settings.channel,
        "continuous": settings.continuous,
        "serverless": settings.serverless,
    }
    if not settings.serverless:
        pipeline["edition"] = "ADVANCED"
        pipeline["clusters"] = [{"label": "default", "num_workers": settings.num_workers}]
    elif place.dependencies:
        pipeline["environment"] = {"dependencies": list(place.dependencies)}
    pipeline["libraries"] = [{"notebook": {"path": place.notebook}}]
    pipeline["tags"] = dict(sharing.tags)
    if sharing.failure_emails:
        pipeline["notifications"] = [
            {"email_recipients": list(sharing.failure_emails), "alerts": list(_FAILURE_ALERTS)}
        ]
    if sharing.permissions:
        pipeline["permissions"] = [{"level": level, kind: who} for level, kind, who in sharing.permissions]
    return pipeline


def job_resources(
    name: str,
    schedule: str,
    pipeline_id: str,
    settings: JobSettings,
    sharing: SharingSettings,
    pause_status: str = "",
) -> dict[str, dict[str, Any]]:
    """Jobs by name that refresh one pipeline on *schedule*.

    One as a rule; where the cron names both day of month and weekday it takes a job for each, and a run that
    finds the pipeline busy with the other's tries again.
    """
    expressions = quartz(schedule)
    names = [name if number == 1 else f"{name}_{number}" for number in range(1, len(expressions) + 1)]
    retry = {"max_retries": 3, "min_retry_interval_millis": 5 * _MINUTE} if len(expressions) > 1 else {}
    task = {"task_key": "refresh", "pipeline_task": {"pipeline_id": pipeline_id, "full_refresh": False}, **retry}
    shared: dict[str, Any] = {"max_concurrent_runs": 1, "tasks": [task], "tags": dict(sharing.tags)}
    if sharing.failure_emails:
        shared["email_notifications"] = {"on_failure": list(sharing.failure_emails)}
    if sharing.permissions:
        shared["permissions"] = _job_permissions(sharing.permissions)
    pause = pause_status or ("PAUSED" if settings.pause else "UNPAUSED")
    return {
        job: {"name": job, "schedule": _schedule(expression, settings.timezone_id, pause), **shared}
        for job, expression in zip(names, expressions, strict=True)
    }


def schema_resource(catalog: str, name: str) -> dict[str, Any]:
    """The schema that pipelines publish to; it holds data, so destroying a bundle must not drop it."""
    return {"catalog_name": catalog, "name": name, "lifecycle": {"prevent_destroy": True}}


def volume_resource(catalog: str, schema: str, name: str) -> dict[str, Any]:
    """The volume that holds the connector's code."""
    return {"catalog_name": catalog, "schema_name": schema, "name": name, "volume_type": "MANAGED"}


def secret_scope_resource(name: str) -> dict[str, Any]:
    """The secret scope; what it holds is put there by hand."""
    return {"name": name, "lifecycle": {"prevent_destroy": True}}


def _schedule(expression: str, timezone_id: str, pause_status: str) -> dict[str, str]:
    return {"quartz_cron_expression": expression, "timezone_id": timezone_id, "pause_status": pause_status}


def _job_permissions(permissions: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"level": _JOB_LEVELS.get(level, level), kind: who} for level, kind, who in permissions]
