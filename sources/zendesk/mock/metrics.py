"""Times and counts of tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lakeflow_sources.testing.clock import iso

__all__ = ["metric_events", "metric_set"]

_METRICS = ("agent_work_time", "pausable_update_time", "reply_time", "requester_wait_time")
_DAY = 86_400


def _minutes(draw: int) -> dict[str, int | None]:
    return {"calendar": draw % 9_000, "business": None if draw % 4 == 0 else draw % 3_000}


def metric_set(ticket: dict[str, Any], draw: int) -> dict[str, Any]:
    """The metrics of a ticket as a list of metrics shows them."""
    key = ticket["id"]
    return {
        "url": f"https://acme.zendesk.com/api/v2/ticket_metrics/{key + 7_000}.json",
        "id": key + 7_000,
        "ticket_id": key,
        "created_at": ticket["created_at"],
        "updated_at": ticket["updated_at"],
        "group_stations": draw % 3,
        "assignee_stations": draw % 5,
        "reopens": draw % 2,
        "replies": draw % 7,
        "assignee_updated_at": ticket["updated_at"] if draw % 2 else None,
        "requester_updated_at": ticket["created_at"],
        "status_updated_at": ticket["updated_at"],
        "initially_assigned_at": None if draw % 3 else ticket["created_at"],
        "assigned_at": None if draw % 3 else ticket["created_at"],
        "solved_at": None,
        "latest_comment_added_at": ticket["created_at"],
        "custom_status_updated_at": ticket["updated_at"],
        "reply_time_in_minutes": _minutes(draw),
        "reply_time_in_seconds": {"calendar": draw % 9_000 * 60},
        "first_resolution_time_in_minutes": _minutes(draw >> 2),
        "full_resolution_time_in_minutes": _minutes(draw >> 4),
        "agent_wait_time_in_minutes": _minutes(draw >> 6),
        "requester_wait_time_in_minutes": _minutes(draw >> 8),
        "on_hold_time_in_minutes": _minutes(draw >> 10),
    }


def metric_events(key: int, draw: int, made: int) -> Iterator[dict[str, Any]]:
    """What was measured; the first ones of many tickets share a second."""
    for place in range(1 + draw % 3):
        kind = ("activate", "apply_sla", "update_status", "fulfill")[(draw >> place) % 4]
        yield {
            "id": 500_000 + key * 10 + place,
            "ticket_id": key,
            "metric": _METRICS[(draw >> 2 * place) % 4],
            "instance_id": place,
            "type": kind,
            "time": iso((made + place * _DAY // 7) * 1000),
            **({"deleted": draw % 5 == 0} if kind == "apply_sla" else {}),
            **({"sla": {"target": 60, "policy": {"id": 36, "title": "Pölicy"}}} if kind == "apply_sla" else {}),
            **({"status": {"calendar": draw % 900, "business": draw % 90}} if kind == "update_status" else {}),
        }
