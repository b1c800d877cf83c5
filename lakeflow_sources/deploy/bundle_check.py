"""A bundle's own rules: fields, types and choices, and what no JSON schema tells, such as dangling references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lakeflow_sources.deploy.problems import Problem, nearest, refuse, shown

__all__ = ["bundle_problems", "check_bundle"]

_LEVELS = frozenset({"CAN_MANAGE", "IS_OWNER", "CAN_RUN", "CAN_MANAGE_RUN", "CAN_VIEW"})
_PRINCIPALS = ("user_name", "group_name", "service_principal_name")
_ALERTS = frozenset({"on-update-success", "on-update-failure", "on-update-fatal-failure", "on-flow-failure"})
_MOST_TAGS = 25
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_QUARTZ_FIELDS = 6

_PERMISSION = {"level": _LEVELS, **dict.fromkeys(_PRINCIPALS, str)}
_LIFECYCLE = {"prevent_destroy": bool}
_TEXT_MAP = {"*": str}
_PIPELINE = {
    "name!": str,
    "catalog!": str,
    "schema!": str,
    "channel": frozenset({"CURRENT", "PREVIEW"}),
    "continuous": bool,
    "serverless!": bool,
    "edition": frozenset({"CORE", "PRO", "ADVANCED"}),
    "clusters": [{"label!": frozenset({"default", "maintenance"}), "num_workers!": int}],
    "environment": {"dependencies!": [str]},
    "libraries!": [{"notebook!": {"path!": str}}],
    "configuration": _TEXT_MAP,
    "tags": _TEXT_MAP,
    "notifications": [{"email_recipients!": [str], "alerts!": [_ALERTS]}],
    "permissions": [_PERMISSION],
}
_TASK = {
    "task_key!": str,
    "pipeline_task!": {"pipeline_id!": str, "full_refresh": bool},
    "max_retries": int,
    "min_retry_interval_millis": int,
}
_JOB = {
    "name!": str,
    "schedule!": {
        "quartz_cron_expression!": str,
        "timezone_id!": str,
        "pause_status!": frozenset({"PAUSED", "UNPAUSED"}),
    },
    "max_concurrent_runs": int,
    "tasks!": [_TASK],
    "tags": _TEXT_MAP,
    "email_notifications": {"on_failure": [str]},
    "permissions": [_PERMISSION],
}
_RESOURCES = {
    "pipelines": {"*": _PIPELINE},
    "jobs": {"*": _JOB},
    "schemas": {"*": {"catalog_name!": str, "name!": str, "lifecycle": _LIFECYCLE}},
    "volumes": {
        "*": {
            "catalog_name!": str,
            "schema_name!": str,
            "name!": str,
            "volume_type": frozenset({"MANAGED", "EXTERNAL"}),
        }
    },
    "secret_scopes": {"*": {"name!": str, "lifecycle": _LIFECYCLE}},
}
_TARGET = {
    "mode!": frozenset({"development", "production"}),
    "default": bool,
    "workspace": {"root_path": str},
    "variables": _TEXT_MAP,
}
_BUNDLE = {
    "bundle": {"name!": str},
    "include": [str],
    "variables": {"*": {"description": str, "default": str}},
    "targets": {"*": _TARGET},
    "resources": _RESOURCES,
}


def check_bundle(files: Mapping[str, Any]) -> None:
    """Refuse the bundle whose *files* by path have these contents, with everything that is wrong."""
    refuse("bundle", list(bundle_problems(files)))


def bundle_problems(files: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the bundle whose *files* by path have these contents."""
    wrong = [problem for path, content in files.items() for problem in _shape(path, content, _BUNDLE)]
    yield from wrong
    if wrong:
        return
    resources: dict[str, dict[str, Any]] = {}
    for content in files.values():
        for kind, members in content.get("resources", {}).items():
            resources.setdefault(kind, {}).update(members)
    variables = {name for content in files.values() for name in content.get("variables", {})}
    yield from _dangling(files, resources, variables)
    for key, pipeline in resources.get("pipelines", {}).items():
        yield from _pipeline(f"pipelines.{key}", pipeline)
    for key, job in resources.get("jobs", {}).items():
        yield from _job(f"jobs.{key}", job, resources)
    for kind in ("pipelines", "jobs"):
        yield from _same_names(kind, resources.get(kind, {}))


def _shape(place: str, value: Any, expected: Any) -> Iterator[Problem]:
    """Where *value* is not as *expected*: a type, a set of choices, a list of one kind, or fields (`!` = needed)."""
    reference = isinstance(value, str) and _REFERENCE.search(value)
    if isinstance(expected, dict) and isinstance(value, dict):
        yield from _fields(place, value, expected)
    elif isinstance(expected, list) and isinstance(value, list):
        if not value:
            yield Problem(place, "the list is empty", "put something into it or leave it out")
        for number, entry in enumerate(value):
            yield from _shape(f"{place}[{number}]", entry, expected[0])
    elif isinstance(expected, frozenset):
        if value not in expected and not reference:
            yield Problem(place, f"{shown(value)} is not known", nearest(str(value), sorted(expected)))
    elif isinstance(expected, dict | list) or (type(value) is not expected and not reference):
        kind = "fields" if isinstance(expected, dict) else getattr(expected, "__name__", "a list")
        yield Problem(place, f"{shown(value)} is of the wrong kind", f"write {kind}")
    elif value == "":
        yield Problem(place, "the text is empty", "write one or leave it out")


def _fields(place: str, value: Mapping[Any, Any], expected: Mapping[str, Any]) -> Iterator[Problem]:
    known = {name.rstrip("!"): shape for name, shape in expected.items()}
    for name, part in value.items():
        shape = known.get("*") or known.get(name)
        if not isinstance(name, str) or shape is None:
            yield Problem(f"{place}.{name}", "it is not a field here", nearest(str(name), tuple(known)))
        else:
            yield from _shape(f"{place}.{name}", part, shape)
    for name in expected:
        if name.endswith("!") and name.rstrip("!") not in value:
            yield Problem(f"{place}.{name.rstrip('!')}", "it is missing", "add it")


def _dangling(files: Any, resources: Mapping[str, Mapping[str, Any]], variables: set[str]) -> Iterator[Problem]:
    """References to variables and resources that are not there."""
    for text in sorted(set(_texts(files))):
        for name in _REFERENCE.findall(text):
            root, _, rest = name.partition(".")
            kind, _, key = rest.partition(".")
            missing = (root == "var" and rest not in variables) or (
                root == "resources" and key.rpartition(".")[0] not in resources.get(kind, {})
            )
            if missing or root not in {"var", "resources", "bundle", "workspace", "artifacts"}:
                yield Problem(text, f"${{{name}}} leads nowhere", "name a variable or resource of this bundle")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _pipeline(place: str, pipeline: Mapping[str, Any]) -> Iterator[Problem]:
    if pipeline["serverless"] is True and "clusters" in pipeline:
        yield Problem(f"{place}.clusters", "a serverless pipeline has none", "leave them out")
    if pipeline["serverless"] is False and "environment" in pipeline:
        yield Problem(f"{place}.environment", "only serverless pipelines have one", "install with %pip instead")
    yield from _tags_and_principals(place, pipeline)


def _job(place: str, job: Mapping[str, Any], resources: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    expression = job["schedule"]["quartz_cron_expression"]
    fields = expression.split(" ")
    if len(fields) != _QUARTZ_FIELDS or (fields[3] == "?") == (fields[5] == "?"):
        remedy = "write six fields, one of day of month and weekday as ?"
        yield Problem(f"{place}.schedule.quartz_cron_expression", f"{shown(expression)} is not Quartz", remedy)
    for task in job["tasks"]:
        match = re.fullmatch(r"\$\{resources\.pipelines\.(\w+)\.id\}", task["pipeline_task"]["pipeline_id"])
        if match and resources.get("pipelines", {}).get(match[1], {}).get("continuous") is True:
            yield Problem(place, f"the pipeline {match[1]} is continuous", "leave out the job, or run it triggered")
    yield from _tags_and_principals(place, job)


def _tags_and_principals(place: str, resource: Mapping[str, Any]) -> Iterator[Problem]:
    if len(resource.get("tags", {})) > _MOST_TAGS:
        yield Problem(f"{place}.tags", f"there are more than {_MOST_TAGS}", "leave out some")
    for number, permission in enumerate(resource.get("permissions", ())):
        if sum(kind in permission for kind in _PRINCIPALS) != 1 or "level" not in permission:
            remedy = f"write a level and exactly one of {', '.join(_PRINCIPALS)}"
            yield Problem(f"{place}.permissions[{number}]", "it does not say who may do what", remedy)


def _same_names(kind: str, members: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    used: dict[str, str] = {}
    for key, resource in members.items():
        first = used.setdefault(resource["name"].lower(), key)
        if first != key:
            yield Problem(f"{kind}.{key}.name", f"{first} has the same name", "give each its own")
