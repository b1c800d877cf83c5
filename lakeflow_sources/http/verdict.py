"""What follows from an attempt that failed: another one, or the error that ends the call."""

from __future__ import annotations

from lakeflow_sources.errors import VendorError
from lakeflow_sources.http.faults import Fault
from lakeflow_sources.http.report import gave_up, too_long
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.retry import AgainError, Trial
from lakeflow_sources.http.transport import NetworkError

__all__ = ["damage", "pause_of", "unanswered", "verdict"]

_FINE = range(200, 300)
_OK = 200
_SERVER = range(500, 600)
_LIMITED = 429
_BUSY = 503
_PROBES = 2  # retries of the first call to a host that cannot be reached: mostly a wrong address
_DAMAGED = 4  # retries of answers whose JSON is broken: a vendor that always sends it must not cost minutes
_PAUSE = 1.0  # seconds that all calls hold back when a refusal names no time
_SOON = 5.0  # the same when the time is too long to be waited for: the next read may ask again


def damage(response: Response) -> Fault | None:
    """JSON that was cut on its way, as a fault."""
    expected = response.body or (response.status == _OK and response.request.method == "GET")
    if response.status in _FINE and expected and "json" in response.headers.get("content-type", ""):
        try:
            response.check()
        except VendorError:
            return Fault("retry", "its JSON is cut or damaged")
    return None


def pause_of(trial: Trial, response: Response, fault: Fault) -> float | None:
    """Seconds for which a refusal concerns all calls of its budget; `None` when it is no refusal."""
    if not _refused(response, fault):
        return None
    wait = _PAUSE if fault.wait_seconds is None else fault.wait_seconds
    return wait if wait <= trial.left else _SOON


def verdict(trial: Trial, response: Response, fault: Fault) -> Exception:
    """What to raise for a fault that passes: `AgainError`, unless there is no time or repeating is not safe."""
    trial.reasons[str(response.status)] += 1
    wait = fault.wait_seconds
    if wait is not None and wait > trial.left:
        return too_long(trial, response, fault)
    not_done = _refused(response, fault) or (response.status == _BUSY and wait is not None)
    if not (trial.request.idempotent or not_done):
        return gave_up(trial, response, fault)
    return AgainError(fault, response, _DAMAGED if response.status in _FINE else None)


def unanswered(trial: Trial, error: NetworkError, *, reached: bool) -> Exception:
    """What to raise when no answer came; *reached*: the host has answered before."""
    trial.reasons["no answer" if error.sent else "no connection"] += 1
    fault = Fault("retry", str(error))
    if error.sent and not trial.request.idempotent:
        return gave_up(trial, None, fault)
    return AgainError(fault, most=None if reached or error.sent else _PROBES)


def _refused(response: Response, fault: Fault) -> bool:
    """The vendor did not do what was asked, because too much was asked."""
    return response.status == _LIMITED or (fault.wait_seconds is not None and response.status not in _SERVER)
