"""What a run asks of the process that holds Spark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Job", "job_from_json", "job_to_json"]


@dataclass(frozen=True, slots=True)
class Job:
    """Paths and plain settings only: secrets are read where they are used."""

    state_dir: str
    notebooks: tuple[str, ...] = ()
    secrets_file: str | None = None
    queries: tuple[str, ...] = ()
    schema: str = "default"
    configuration: Mapping[str, str] = field(default_factory=dict)
    sample: int = 0
    cores: int = 2
    memory: str = "2g"
    run: int = 0
    """Its start, in milliseconds since 1970: marks the changes that it reads."""


def job_to_json(job: Job) -> str:
    """*job* for the pipe between the processes."""
    return json.dumps(asdict(job))


def job_from_json(text: str) -> Job:
    """The job that `job_to_json` made *text* of."""
    values: dict[str, Any] = json.loads(text)
    return Job(**{**values, "notebooks": tuple(values["notebooks"]), "queries": tuple(values["queries"])})
