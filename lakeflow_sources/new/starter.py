"""The draft that a new connector starts from, where no document of its API is at hand."""

from __future__ import annotations

import keyword
import re

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.new.draft import ColumnDraft, CursorDraft, Draft, ParentDraft, TableDraft
from lakeflow_sources.registry import connector_names

__all__ = ["check_name", "starter", "title_of"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_PROJECTS = ("Harbour", "Bridge", "Tunnel", "Station", "Lighthouse")
_STATES = ("open", "closed", "waiting")


def check_name(name: str) -> str:
    """*name*, if a new connector can have it; raises `ConfigurationError`."""
    if name in connector_names():
        raise ConfigurationError(f"There is a connector called {name} already", "give the new one another name")
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
        hint = near if _NAME.fullmatch(near) and not keyword.iskeyword(near) else "acme_crm"
        raise ConfigurationError(
            f"{name!r} cannot be the name of a connector",
            f"write lower-case letters, digits and underscores, a letter first, such as {hint}",
        )
    return name


def title_of(name: str) -> str:
    """A name for people."""
    return name.replace("_", " ").title()


def starter(name: str) -> Draft:
    """An API with projects that change, by pages, and the tasks of each project, by tokens."""
    return Draft(
        name=check_name(name),
        title=title_of(name),
        base_url=f"https://api.{name.replace('_', '-')}.example/v1",
        tables=(_projects(), _tasks()),
        auth={"type": "bearer"},
        notes=("Made-up tables: put those of your API in their place, and samples of its answers beside it.",),
    )


def _projects() -> TableDraft:
    return TableDraft(
        name="projects",
        path="/projects",
        at="data",
        columns=(
            ColumnDraft("id", "long"),
            ColumnDraft("name"),
            ColumnDraft("owner_email", "string", "owner.email"),
            ColumnDraft("budget", "decimal(12,2)"),
            ColumnDraft("updated_at", "timestamp"),
        ),
        primary_key=("id",),
        ingestion="cdc",
        cursor=CursorDraft("updated_at", "updated_since", "updated_before"),
        paging={"type": "page", "size": 100, "size_param": "per_page"},
        description="Projects, and what changed of them.",
        records=tuple(
            {
                "id": number,
                "name": name,
                "owner": {"email": f"{name.lower()}@example.com"},
                "budget": f"{number * 1000}.50",
                "updated_at": f"2026-01-{number * 5:02}T08:30:00Z",
            }
            for number, name in enumerate(_PROJECTS, 1)
        ),
    )


def _tasks() -> TableDraft:
    return TableDraft(
        name="tasks",
        path="/projects/{project_id}/tasks",
        at="data",
        columns=(
            ColumnDraft("project_id", "long", "@project_id"),
            ColumnDraft("id", "long"),
            ColumnDraft("title"),
            ColumnDraft("state"),
            ColumnDraft("done", "boolean"),
        ),
        primary_key=("project_id", "id"),
        parent=ParentDraft("projects", "project_id", "id"),
        paging={"type": "token", "field": "next.cursor", "param": "cursor", "size": 100, "size_param": "limit"},
        description="Tasks, asked of each project.",
        records=tuple(
            {
                "id": number,
                "project_id": number % len(_PROJECTS) + 1,
                "title": f"Task {number}",
                "state": _STATES[number % len(_STATES)],
                "done": number % 2 == 0,
            }
            for number in range(1, 16)
        ),
    )
