"""What HubSpot says about the calls of the day that are left; the ten seconds are counted by ourselves."""

from __future__ import annotations

from lakeflow_sources.http import Quota, Response

__all__ = ["quota"]

_PREFIX = "x-hubspot-ratelimit-daily"


def quota(response: Response, _now: float) -> Quota | None:
    """Shown to private apps and service keys only; the day ends at midnight in the account's time zone."""
    left, most = (response.headers.get(name, "") for name in (f"{_PREFIX}-remaining", _PREFIX))
    return Quota(int(left), limit=int(most) if most.isdigit() else None) if left.isdigit() else None
