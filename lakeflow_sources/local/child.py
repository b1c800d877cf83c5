"""The process that holds Spark: a `Job` on standard input, JSON lines of events and a report on standard output."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any, TextIO

from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.local.cause import cause_of
from lakeflow_sources.local.job import job_from_json
from lakeflow_sources.local.pipeline import run_job
from lakeflow_sources.local.report import RunReport, report_to_json

__all__ = ["main"]


def main() -> None:
    """Do the job; whatever happens, the last line of the output is a report."""
    answers = _own_output()

    def tell(event: str, **values: Any) -> None:
        answers.write(json.dumps({"event": event, **values}) + "\n")
        answers.flush()

    try:
        report = run_job(job_from_json(sys.stdin.read()), tell)
    except LakeflowError as error:
        report = RunReport(problems=(str(error),))
    except Exception as error:  # noqa: BLE001 - the other process cannot see it otherwise
        traceback.print_exc()
        report = RunReport(problems=(cause_of(error),))
    tell("report", report=report_to_json(report))


def _own_output() -> TextIO:
    """Standard output for events alone; what notebooks and Spark print goes to the log with the errors."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


if __name__ == "__main__":
    main()
