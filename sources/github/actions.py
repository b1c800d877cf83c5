"""GitHub Actions: workflows, their runs with earlier attempts and jobs, and the environments they deploy to."""

from __future__ import annotations

from lakeflow_sources import Cursor, Table

from . import lists, parents, runs
from .columns import IN_REPOSITORY, columns, known
from .lists import Listing
from .parents import Family

__all__ = ["TABLES"]

_WORKFLOW = columns(
    "id long",
    "node_id",
    "name",
    "path",
    "state",
    "html_url",
    "url",
    "badge_url",
    "created_at timestamp",
    "updated_at timestamp",
    "deleted_at timestamp",
)

WORKFLOWS = Table(
    name="workflows",
    columns=(*IN_REPOSITORY, *_WORKFLOW),
    primary_key=("id",),
    slices=lists.slices,
    fetch=lists.fetch,
    category="actions",
    data=Listing("actions/workflows"),
)

_RUN = columns(
    "id long",
    "node_id",
    "name",
    "display_title",
    "run_number long",
    "run_attempt long",
    "event",
    "status",
    "conclusion",
    "workflow_id long",
    "check_suite_id long",
    "head_branch",
    "head_sha",
    "path",
    "actor {user}",
    "triggering_actor {user}",
    "head_commit.message -> head_commit_message",
    "head_commit.timestamp timestamp -> head_commit_at",
    "head_repository.id long -> head_repository_id",
    "head_repository.full_name -> head_repository",
    "pull_requests json",
    "referenced_workflows json",
    "html_url",
    "url",
    "created_at timestamp",
    "run_started_at timestamp",
    "updated_at timestamp",
)
_RUN_LINKS = (
    *known(_RUN),
    "check_suite_node_id",
    "head_commit",
    "head_repository",
    "head_repository_id",
    "repository",
    "jobs_url",
    "logs_url",
    "check_suite_url",
    "artifacts_url",
    "cancel_url",
    "rerun_url",
    "previous_attempt_url",
    "workflow_url",
)

WORKFLOW_RUNS = Table(
    name="workflow_runs",
    columns=(*IN_REPOSITORY, *_RUN),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=60.0, lookback=60.0, client_side=True),
    ingestion="cdc",
    slices=runs.slices,
    fetch=runs.fetch,
    ignored=_RUN_LINKS,
    category="actions",
    description="The latest attempt of each run.",
)

_CHANGED = columns("run_updated_at timestamp")
_CHANGE = Cursor("run_updated_at", lag=60.0, lookback=60.0, client_side=True)

WORKFLOW_RUN_ATTEMPTS = Table(
    name="workflow_run_attempts",
    columns=(*IN_REPOSITORY, *_CHANGED, *_RUN),
    primary_key=("id", "run_attempt"),
    cursor=_CHANGE,
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    ignored=(*_RUN_LINKS, "attempt"),
    category="actions",
    description="Earlier attempts of runs that were run again.",
    data=Family("actions/runs/{}", runs.changed_attempts, runs.request, "attempt", "run_updated_at", single=True),
)

WORKFLOW_JOBS = Table(
    name="workflow_jobs",
    columns=(
        *IN_REPOSITORY,
        *_CHANGED,
        *columns(
            "id long",
            "node_id",
            "run_id long",
            "run_attempt long",
            "name",
            "workflow_name",
            "status",
            "conclusion",
            "head_branch",
            "head_sha",
            "labels array<string>",
            "runner_id long",
            "runner_name",
            "runner_group_id long",
            "runner_group_name",
            "steps array<struct<number:long,name:string,status:string,conclusion:string,"
            "started_at:timestamp,completed_at:timestamp>>",
            "html_url",
            "url",
            "created_at timestamp",
            "started_at timestamp",
            "completed_at timestamp",
        ),
    ),
    primary_key=("id",),
    cursor=_CHANGE,
    ingestion="cdc",
    slices=parents.slices,
    fetch=parents.fetch,
    ignored=("run_url", "check_run_url"),
    category="actions",
    description="Jobs of all attempts of each run that changed.",
    data=Family(
        "actions/runs/{}/jobs", runs.changed_runs, runs.request, "run_id", "run_updated_at", params={"filter": "all"}
    ),
)

ENVIRONMENTS = Table(
    name="environments",
    columns=(
        *IN_REPOSITORY,
        *columns(
            "id long",
            "node_id",
            "name",
            "protection_rules json",
            "deployment_branch_policy struct<protected_branches:boolean,custom_branch_policies:boolean>",
            "html_url",
            "url",
            "created_at timestamp",
            "updated_at timestamp",
        ),
    ),
    primary_key=("id",),
    slices=lists.slices,
    fetch=lists.fetch,
    category="deployments",
    data=Listing("environments"),
)

TABLES: tuple[Table, ...] = (WORKFLOWS, WORKFLOW_RUNS, WORKFLOW_RUN_ATTEMPTS, WORKFLOW_JOBS, ENVIRONMENTS)
