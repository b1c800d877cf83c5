"""What has to change in pipelines and jobs for a deployment to be there."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources.deploy.change import Change, Ids
from lakeflow_sources.deploy.deployment import PENDING, Deployment
from lakeflow_sources.deploy.managed import Managed
from lakeflow_sources.deploy.merge import changed_lines, merged
from lakeflow_sources.deploy.workspace import Workspace

__all__ = ["compute_changes"]

Settings = dict[str, Any]
_OWN = ("id", "permissions")


def compute_changes(
    workspace: Workspace, deployment: Deployment, there: Managed, ids: Ids, *, recreate: bool = False
) -> Iterator[Change | None]:
    """A change for each thing that is not as it should be, None for each that is; *ids* takes those found."""
    for name, stated in deployment.pipelines.items():
        found = there.pipelines.get(name)
        if found is not None and not recreate:
            ids["pipeline", name] = str(found["pipeline_id"])
        yield _pipeline_change(workspace, name, stated, found, recreate=recreate)
        if stated.get("permissions"):
            yield _rights(workspace, ("pipeline", name), stated, ids)
    for name, (pipeline, stated) in deployment.jobs.items():
        job = there.jobs.get(name)
        if job is not None:
            ids["job", name] = str(job["job_id"])
        yield _job_change(workspace, (name, pipeline), stated, job, ids)
        if stated.get("permissions"):
            yield _rights(workspace, ("job", name), stated, ids)
    for extra in there.copies:
        yield _copy_change(workspace, extra)


def _pipeline_change(
    workspace: Workspace, name: str, stated: Mapping[str, Any], found: Mapping[str, Any] | None, *, recreate: bool
) -> Change | None:
    body = {key: value for key, value in stated.items() if key not in _OWN}
    if found is None:
        return _creation(workspace, name, body)
    number, spec = str(found["pipeline_id"]), found.get("spec") or {}
    if recreate:

        def again(ids: Ids) -> None:
            workspace.delete_pipeline(number, cascade=True)
            ids["pipeline", name] = workspace.create_pipeline(body)

        lines = ("its tables are dropped and read from the beginning", *changed_lines(spec, body))
        return Change("recreate", "pipeline", name, lines, again)
    whole = merged(spec, body)
    lines = tuple(changed_lines(spec, whole))
    sent = {key: value for key, value in whole.items() if key not in _OWN}
    if "last_modified" in found:
        sent["expected_last_modified"] = found["last_modified"]  # whoever edits it meanwhile is not overwritten
    if not lines:
        return None
    return Change("update", "pipeline", name, lines, lambda _: workspace.replace_pipeline(number, sent))


def _creation(workspace: Workspace, name: str, body: Settings) -> Change:
    def create(ids: Ids) -> None:
        ids["pipeline", name] = workspace.create_pipeline(body)

    return Change("create", "pipeline", name, tuple(changed_lines({}, body)), create)


def _job_change(
    workspace: Workspace,
    names: tuple[str, str],
    stated: Mapping[str, Any],
    found: Mapping[str, Any] | None,
    ids: Ids,
) -> Change | None:
    name, pipeline = names
    body = {key: value for key, value in stated.items() if key not in _OWN}
    shown = _bound(body, ids.get(("pipeline", pipeline), PENDING))
    if found is None:

        def create(ids: Ids) -> None:
            made = workspace.create_job(_bound(body, ids["pipeline", pipeline]))
            ids["job", name] = str(made)

        return Change("create", "job", name, tuple(changed_lines({}, shown)), create)
    number = int(found["job_id"])
    there = (workspace.job(number) or found)["settings"]
    lines = tuple(changed_lines(there, merged(there, _kept_running(there, shown))))
    if not lines:
        return None

    def update(ids: Ids) -> None:
        whole = merged(there, _kept_running(there, _bound(body, ids["pipeline", pipeline])))
        workspace.update_job(number, {key: value for key, value in whole.items() if value != there.get(key)})

    return Change("update", "job", name, lines, update)


def _bound(job: Settings, pipeline_id: str) -> Settings:
    """*job* for the pipeline that has the id."""
    bound = copy.deepcopy(job)
    for task in bound["tasks"]:
        task["pipeline_task"]["pipeline_id"] = pipeline_id
    return bound


def _kept_running(there: Mapping[str, Any], stated: Settings) -> Settings:
    """*stated*, without pausing a schedule that somebody has started since it was created."""
    schedule = stated.get("schedule") or {}
    if schedule.get("pause_status") != "PAUSED" or not there.get("schedule"):
        return stated
    return {**stated, "schedule": {key: value for key, value in schedule.items() if key != "pause_status"}}


def _rights(workspace: Workspace, thing: tuple[str, str], stated: Mapping[str, Any], ids: Ids) -> Change | None:
    wanted = [_access(right) for right in stated["permissions"]]
    number, kind = ids.get(thing), f"{thing[0]}s"
    there = workspace.permissions(kind, number) if number else []
    missing = [right for right in wanted if not any(_allows(entry, right) for entry in there)]
    if not missing:
        return None
    lines = tuple(f"+ {', '.join(right.values())}" for right in missing)
    return Change(
        "update" if there else "create",
        f"permissions of {thing[0]}",
        thing[1],
        lines,
        lambda ids: workspace.add_permissions(kind, ids[thing], missing),
    )


def _access(right: Mapping[str, str]) -> Settings:
    who = {key: value for key, value in right.items() if key != "level"}
    return {**who, "permission_level": right["level"]}


def _allows(entry: Mapping[str, Any], right: Mapping[str, str]) -> bool:
    levels = {one.get("permission_level") for one in entry.get("all_permissions", ())}
    who = {key: value for key, value in right.items() if key != "permission_level"}
    return right["permission_level"] in levels and all(entry.get(key) == value for key, value in who.items())


def _copy_change(workspace: Workspace, job: Mapping[str, Any]) -> Change:
    number = int(job["job_id"])
    reason = f"a second one of this name, {number}, left by a call whose answer was lost"
    return Change("delete", "job", str(job["settings"]["name"]), (reason,), lambda _: workspace.delete_job(number))
