"""Pipelines and jobs of one connector that earlier deployments made, found by their tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.deploy.problems import Problem, refuse
from lakeflow_sources.deploy.resource import MANAGED_BY
from lakeflow_sources.deploy.workspace import Workspace

__all__ = ["Managed", "find_managed"]

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Managed:
    """By name; *copies* are younger jobs of a name that another one has, from calls whose answers were lost."""

    pipelines: Mapping[str, Found]
    jobs: Mapping[str, Found]
    copies: tuple[Found, ...] = ()


def find_managed(workspace: Workspace, connector: str, wanted: Iterable[str] = ()) -> Managed:
    """What deployments of *connector* made; refuses pipelines called like one of *wanted* that others made."""
    pipelines: dict[str, Found] = {}
    strangers: list[Problem] = []
    names = set(wanted)
    for found in workspace.pipelines(f"{connector}%"):
        name = str(found.get("name"))
        if _is_ours(found.get("spec") or {}, connector):
            if name in pipelines:
                strangers.append(Problem(f"pipeline {name}", "there are two of them", "delete one"))
            pipelines[name] = found
        elif name in names:
            remedy = f"rename it, or give it the tags managed_by={MANAGED_BY} and connector={connector}"
            strangers.append(Problem(f"pipeline {name}", "it is there and was not deployed from here", remedy))
    refuse("workspace", strangers)
    jobs: dict[str, Found] = {}
    copies = []
    ours = (job for job in workspace.jobs() if _is_ours(job.get("settings") or {}, connector))
    for job in sorted(ours, key=lambda job: int(job["job_id"])):
        first = jobs.setdefault(str(job["settings"].get("name")), job)
        if first is not job:
            copies.append(job)
    return Managed(pipelines, jobs, tuple(copies))


def _is_ours(settings: Found, connector: str) -> bool:
    tags = settings.get("tags") or {}
    return tags.get("managed_by") == MANAGED_BY and tags.get("connector") == connector
