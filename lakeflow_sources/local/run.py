"""Run generated notebooks on local Spark."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.java import require_java
from lakeflow_sources.local.job import Job
from lakeflow_sources.local.narrator import Narrator
from lakeflow_sources.local.notebook import find_notebooks
from lakeflow_sources.local.process import work
from lakeflow_sources.local.report import Row, RunReport
from lakeflow_sources.local.secrets import read_secrets, secret_values
from lakeflow_sources.local.state import open_state, save_report
from lakeflow_sources.redact import Redactor

__all__ = ["LocalSettings", "query_local", "run_local"]

_OLDEST_SPARK = (4, 1)


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """What a pipeline's settings are on Databricks, and what to look at afterwards.

    *schema* is that of tables without one; *configuration* is what notebooks read by `spark.conf.get`;
    *full_refresh* forgets all earlier runs; *queries* are answered after the run; *sample* rows of each table are kept.
    """

    schema: str = "default"
    configuration: Mapping[str, str] = field(default_factory=dict)
    full_refresh: bool = False
    queries: Sequence[str] = ()
    sample: int = 0
    cores: int = 0
    """0 takes those of the machine."""
    memory: str = "2g"


def run_local(
    notebook_dir: Path,
    *,
    state_dir: Path,
    secrets_file: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    count: Callable[[int, int], None] = lambda _done, _all: None,
    settings: LocalSettings | None = None,
) -> RunReport:
    """Run the notebooks of *notebook_dir* unchanged, each as a pipeline of its own, on top of what *state_dir* holds.

    *progress* hears what happens, *count* how many tables of how many are done.
    Raises `ConfigurationError` for what is wrong before Spark starts; all else is in the report's `problems`.
    """
    settings = settings or LocalSettings()
    job = replace(
        _job(settings),
        notebooks=tuple(str(path) for path in find_notebooks(notebook_dir)),
        secrets_file=str(secrets_file.resolve()) if secrets_file else None,
    )
    redact = Redactor(secret_values(read_secrets(secrets_file)))
    _require_spark()
    with open_state(state_dir, empty=settings.full_refresh) as state:
        progress(f"starting local Spark {version('pyspark')}")
        report = work(replace(job, state_dir=str(state.root)), state, redact, Narrator(progress, count))
        save_report(state, report)
    return report


def query_local(state_dir: Path, queries: Sequence[str]) -> tuple[tuple[Row, ...], ...]:
    """The answers to SQL *queries* over the tables in *state_dir*; takes a start of Spark."""
    job = _job(LocalSettings(queries=queries))
    _require_spark()
    with open_state(state_dir, create=False) as state:
        report = work(replace(job, state_dir=str(state.root)), state, Redactor(), Narrator(lambda _: None))
    if report.problems:
        raise ConfigurationError("The tables cannot be queried", " ".join(report.problems))
    return report.answers


def _job(settings: LocalSettings) -> Job:
    if not re.fullmatch(r"\w+", settings.schema, re.ASCII):
        raise ConfigurationError(f"{settings.schema!r} cannot be a local schema", "write letters, digits and _ only")
    return Job(
        state_dir="",
        queries=tuple(settings.queries),
        schema=settings.schema,
        configuration=dict(settings.configuration),
        sample=settings.sample,
        cores=settings.cores or max(2, os.cpu_count() or 2),
        memory=settings.memory,
        run=time.time_ns() // 1_000_000,
    )


def _require_spark() -> None:
    """Refuse a machine without Java or without pyspark's pipelines, in words that help."""
    require_java()
    try:
        installed = version("pyspark")
    except PackageNotFoundError:
        installed = ""
    numbers = tuple(int(part) for part in re.findall(r"\d+", installed)[:2])
    if numbers < _OLDEST_SPARK:
        found = f"pyspark {installed} is too old" if installed else "pyspark is not installed"
        remedy = "run `pip install 'lakeflow-sources[spark]' 'pyspark[pipelines]>=4.1'`"
        raise ConfigurationError(f"{found} for local pipelines", remedy)
