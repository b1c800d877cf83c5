"""What Spark tells of a pipeline's flows while they run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lakeflow_sources.local.cause import cause_of_text

__all__ = ["FlowEvent", "FlowState", "flow_events", "follow"]

_PROGRESS = re.compile(r"Flow '?(?P<flow>\S+?)'? (?:(?:is|has) )?(?P<state>[A-Z]{4,})\b(?P<rest>.*)", re.DOTALL)
_UNRESOLVED = re.compile(
    r"Failed to resolve flow(?P<upstream> due to upstream failure)?: '(?P<flow>.+?)'\.(?P<rest>.*)", re.DOTALL
)
_BEGUN = frozenset({"PLANNING", "STARTING", "RUNNING"})
_FINAL = {
    "COMPLETED": "completed",
    "FAILED": "failed",
    "SKIPPED": "skipped",
    "EXCLUDED": "skipped",
    "STOPPED": "failed",
}
_RUN_ENDED = re.compile(r"Run is (?P<state>COMPLETED|FAILED|CANCELED)")


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """A flow's new state, in the words of a report; an empty *flow* stands for the run as a whole."""

    flow: str
    state: str
    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class FlowState:
    """A flow as its events left it."""

    state: str = "waiting"
    begun: datetime | None = None
    seconds: float = 0.0
    error: str = ""


def flow_events(results: Iterable[Any]) -> Iterator[FlowEvent]:
    """The events of flows and of the run among *results*, which a Connect server answers a pipeline's start with."""
    for result in results:
        if "pipeline_event_result" in result:
            event = result["pipeline_event_result"].event
            told = _event(event.message, event.timestamp.ToDatetime())
            if told:
                yield told


def follow(events: Iterable[FlowEvent], states: dict[str, FlowState], tell: Callable[[str, FlowState], None]) -> None:
    """Keep *states* by flow up to date and *tell* of each change."""
    for event in events:
        before = states.get(event.flow, FlowState())
        after = _after(before, event)
        states[event.flow] = after
        if after.state != before.state:
            tell(event.flow, after)


def _event(message: str, at: datetime) -> FlowEvent | None:
    if match := _UNRESOLVED.match(message):
        if match["upstream"]:
            return FlowEvent(match["flow"], "skipped", at)
        return FlowEvent(match["flow"], "failed", at, cause_of_text(_error(match["rest"])))
    if match := _RUN_ENDED.match(message):
        return FlowEvent("", _FINAL.get(match["state"], "failed"), at)
    if not (match := _PROGRESS.match(message)):
        return None
    state = "running" if match["state"] in _BEGUN else _FINAL.get(match["state"], "")
    error = cause_of_text(_error(match["rest"])) if state == "failed" else ""
    return FlowEvent(match["flow"], state, at, error) if state else None


def _error(rest: str) -> str:
    return rest.partition("Error: ")[2] or "Spark gave no reason"


def _after(before: FlowState, event: FlowEvent) -> FlowState:
    if event.state == "running":
        # Begun again: what the attempt before it failed of is overcome, unless this one fails too.
        error = "" if before.state == "failed" else before.error
        return replace(before, state="running", begun=before.begun or event.at, error=error)
    seconds = (event.at - before.begun).total_seconds() if before.begun else 0.0
    return replace(before, state=event.state, seconds=seconds, error=event.error or before.error)
