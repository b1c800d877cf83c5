"""What a user reads about a call that failed: what was asked, what came, how often, what to do."""

from __future__ import annotations

from lakeflow_sources.errors import LakeflowError, QuotaError, TransientError
from lakeflow_sources.http.exchange import path_of
from lakeflow_sources.http.faults import Fault, error_of
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.retry import Trial

__all__ = ["failure", "gave_up", "too_long"]

_LIMITED = 429
_UNREACHED = "check base_url, the network and its proxy settings, and whether the service runs"


def failure(trial: Trial, response: Response, fault: Fault) -> LakeflowError:
    """The error of an answer that no retry can mend."""
    return error_of(fault, _cause(trial, response, fault))


def gave_up(trial: Trial, response: Response | None, fault: Fault) -> LakeflowError:
    """The error of a call that failed until its retries were spent."""
    cause = _cause(trial, response, fault)
    if response is None:
        return TransientError(cause, fault.remedy or _UNREACHED)
    if response.status == _LIMITED:
        return QuotaError(cause, fault.remedy or "lower requests_per_second, or raise retry_deadline_seconds")
    return error_of(fault, cause)


def too_long(trial: Trial, response: Response, fault: Fault) -> LakeflowError:
    """The error of a vendor that asks for a longer wait than is left."""
    cause = _cause(trial, response, fault)
    kind = QuotaError if response.status < 500 else TransientError  # noqa: PLR2004 (server errors)
    return kind(
        f"{cause} and asks to come back in {fault.wait_seconds:.0f} seconds, "
        f"longer than the {trial.left:.0f} that are left of retry_deadline_seconds",
        fault.remedy or "read again later, or raise retry_deadline_seconds",
    )


def _cause(trial: Trial, response: Response | None, fault: Fault) -> str:
    call = f"{trial.request.method} {path_of(trial.request)}"
    if response is None:
        return f"{call} failed{trial}: {fault.message}"
    said = [fault.code, f'"{fault.message}"' if fault.message else ""]
    said.append(f"correlation id {fault.correlation}" if fault.correlation else "")
    told = ", ".join(part for part in said if part)
    return f"{call} answered {response.status}{f' ({told})' if told else ''}{trial}"
