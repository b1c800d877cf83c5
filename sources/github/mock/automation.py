"""Workflows with their runs and jobs, deployments with their statuses, environments."""

from __future__ import annotations

from typing import Any

from .people import API, node, user
from .repository import Record, Repository, Times, second
from .tracker import sha_of

__all__ = ["add_deployment", "add_run", "add_status", "attempt_of", "fill_automation", "jobs_of"]

_NAMES = ("CI", "Release", "Nightly ünï")
_CONCLUSIONS = ("success", "failure", "cancelled")
_ENVIRONMENTS = ("production", "staging", "préview")


def fill_automation(repository: Repository, times: Times, amounts: dict[str, int]) -> None:
    """Everything around Actions and deployments."""
    for index, name in enumerate(_NAMES):
        repository.of("workflows").append(_workflow(repository, times, index, name))
    for index in range(amounts["runs"]):
        created = times.rising("run", index, amounts["runs"])
        run = add_run(repository, created)
        run["run_attempt"] = 1 + (repository.key("attempts", index) % 6 == 0) + (index == 1)
        run["updated_at"] = second(created + 600_000 + repository.key("took", index) % 3_000_000)
    for index in range(amounts["deployments"]):
        created = times.rising("deployment", index, amounts["deployments"])
        deployment = add_deployment(repository, created)
        for place in range(index % 4):
            add_status(repository, deployment, created + place * 60_000)
    for index, name in enumerate(_ENVIRONMENTS):
        repository.of("environments").append(_environment(repository, times, index, name))


def _workflow(repository: Repository, times: Times, index: int, name: str) -> Record:
    number = repository.id * 10 + index
    created = times.rising("workflow", index, 3)
    return {
        "id": number,
        "node_id": node("W", number),
        "name": name,
        "path": f".github/workflows/{index}.yml",
        "state": ("active", "disabled_manually", "active")[index],
        "created_at": second(created),
        "updated_at": second(created + 5000),
        "url": f"{repository.api}/actions/workflows/{number}",
        "html_url": f"{repository.web}/blob/main/.github/workflows/{index}.yml",
        "badge_url": f"{repository.web}/workflows/{index}/badge.svg",
    }


def add_run(repository: Repository, created: int) -> Record:
    """A run that has ended."""
    number = repository.new_id()
    key = repository.key("run", number)
    api = f"{repository.api}/actions/runs/{number}"
    sha = sha_of(number)
    place = len(repository.of("runs"))
    run = {
        "id": number,
        "name": None if key % 9 == 0 else _NAMES[place % 3],
        "node_id": node("WFR", number),
        "check_suite_id": number * 10,
        "check_suite_node_id": node("CS", number * 10),
        "head_branch": None if key % 8 == 0 else "main",
        "head_sha": sha,
        "path": f".github/workflows/{place % 3}.yml@main",
        "run_number": place + 1,
        "run_attempt": 1,
        "referenced_workflows": [],
        "event": "push",
        "status": "completed",
        "conclusion": _CONCLUSIONS[key % 3],
        "workflow_id": repository.id * 10 + place % 3,
        "url": api,
        "html_url": f"{repository.web}/actions/runs/{number}",
        "pull_requests": [] if key % 3 else [_minimal(repository, number)],
        "created_at": second(created),
        "updated_at": second(created),
        "actor": user(key % 5),
        "triggering_actor": user(key % 4),
        "run_started_at": second(created),
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": f"{repository.api}/check-suites/{number * 10}",
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{repository.api}/actions/workflows/{repository.id * 10 + place % 3}",
        "head_commit": {
            "id": sha,
            "tree_id": sha_of("tree", number),
            "message": repository.text("head", number),
            "timestamp": second(created - 60_000),
            "author": {"name": "Ada", "email": "ada@example.com"},
            "committer": {"name": "Ada", "email": "ada@example.com"},
        },
        "repository": repository.record,
        "head_repository": repository.record,
        "display_title": repository.text("run", number),
    }
    repository.of("runs").append(run)
    return run


def _minimal(repository: Repository, number: int) -> Record:
    place = {"id": repository.id, "url": repository.api, "name": repository.name}
    end = {"ref": "main", "sha": sha_of(number), "repo": place}
    return {"id": number, "number": 3, "url": f"{repository.api}/pulls/3", "head": end, "base": end}


def attempt_of(repository: Repository, run: Record, attempt: int) -> Record:
    """An earlier attempt of a run."""
    began = run["created_at"]
    return {**run, "run_attempt": attempt, "conclusion": "failure", "updated_at": began, "actor": user(attempt)}


def jobs_of(repository: Repository, run: Record) -> list[Record]:
    """Two jobs for each attempt."""
    return [_job(repository, run, attempt, place) for attempt in range(1, run["run_attempt"] + 1) for place in (0, 1)]


def _job(repository: Repository, run: Record, attempt: int, place: int) -> Record:
    number = run["id"] * 100 + attempt * 10 + place
    api = f"{repository.api}/actions/jobs/{number}"
    return {
        "id": number,
        "run_id": run["id"],
        "run_url": run["url"],
        "run_attempt": attempt,
        "node_id": node("CR", number),
        "head_sha": run["head_sha"],
        "url": api,
        "html_url": f"{run['html_url']}/job/{number}",
        "status": "completed",
        "conclusion": run["conclusion"],
        "created_at": run["created_at"],
        "started_at": run["created_at"],
        "completed_at": None if place and attempt == 1 else run["updated_at"],
        "name": f"build ({place}, ünï)",
        "steps": [
            {
                "status": "completed",
                "conclusion": "success",
                "name": "Set up job",
                "number": 1,
                "started_at": run["created_at"],
                "completed_at": None,
            }
        ],
        "check_run_url": f"{repository.api}/check-runs/{number}",
        "labels": ["ubuntu-latest", "größe"],
        "runner_id": None if place else 7,
        "runner_name": None if place else "runner 7",
        "runner_group_id": 2,
        "runner_group_name": "GitHub Actions",
        "workflow_name": run["name"],
        "head_branch": run["head_branch"],
    }


def add_deployment(repository: Repository, created: int) -> Record:
    """A deployment without statuses; its payload is an object or a text."""
    number = repository.new_id()
    key = repository.key("deployment", number)
    api = f"{repository.api}/deployments/{number}"
    payload: Any = {"deploy": "migrate", "n": key % 9} if key % 2 else '{"as": "text"}'
    deployment = {
        "url": api,
        "id": number,
        "node_id": node("DE", number),
        "sha": sha_of(number),
        "ref": "main",
        "task": "deploy",
        "payload": payload,
        "original_environment": "staging",
        "environment": _ENVIRONMENTS[key % 3],
        "description": None if key % 3 else repository.text("deployment", number),
        "creator": user(key % 4),
        "created_at": second(created),
        "updated_at": second(created),
        "statuses_url": f"{api}/statuses",
        "repository_url": repository.api,
        "transient_environment": False,
        "production_environment": key % 3 == 0,
        "performed_via_github_app": None,
    }
    repository.of("deployments").append(deployment)
    return deployment


def add_status(repository: Repository, deployment: Record, created: int) -> Record:
    """A status, which changes its deployment."""
    number = repository.new_id()
    status = {
        "url": f"{deployment['url']}/statuses/{number}",
        "id": number,
        "node_id": node("DES", number),
        "state": ("in_progress", "success", "error")[number % 3],
        "creator": user(number % 4),
        "description": "",
        "environment": deployment["environment"],
        "target_url": "",
        "created_at": second(created),
        "updated_at": second(created),
        "deployment_url": deployment["url"],
        "repository_url": repository.api,
        "environment_url": "",
        "log_url": f"{API}/logs/{number}",
        "performed_via_github_app": None,
    }
    repository.under("statuses", deployment["id"]).append(status)
    deployment["updated_at"] = max(deployment["updated_at"], second(created))
    return status


def _environment(repository: Repository, times: Times, index: int, name: str) -> Record:
    number = repository.id * 10 + index
    created = times.rising("environment", index, 3)
    return {
        "id": number,
        "node_id": node("EN", number),
        "name": name,
        "url": f"{repository.api}/environments/{index}",
        "html_url": f"{repository.web}/deployments/activity_log?environments_filter={index}",
        "created_at": second(created),
        "updated_at": second(created + 1000),
        "protection_rules": [{"id": number, "node_id": "GA", "type": "wait_timer", "wait_timer": 30}],
        "deployment_branch_policy": None if index else {"protected_branches": True, "custom_branch_policies": False},
    }
