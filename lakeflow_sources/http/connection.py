"""All that a client has to know about an account, in one value that travels to tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lakeflow_sources.http.auth import Auth, NoAuth
from lakeflow_sources.http.faults import Faults, by_status
from lakeflow_sources.http.pacing import UNLIMITED, Budget, Rate, per_second, reserved
from lakeflow_sources.http.quota import Quota, by_headers
from lakeflow_sources.http.response import Response
from lakeflow_sources.http.retry import Persistence
from lakeflow_sources.redact import Redactor

__all__ = ["Connection", "budgets"]

_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Connection:
    """One account of one vendor."""

    name: str
    base_url: str
    auth: Auth = field(default_factory=NoAuth)
    headers: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    """The vendor's limits by class of calls; `default` is for calls without a class of their own."""
    requests_per_second: float | None = None
    """The user's limit: holds for all calls together, and takes the place of the vendor's default one."""
    reserve: float = 0.0
    """Percentage of the vendor's limits that is left to others."""
    timeout_seconds: float = 60.0
    max_retries: int = 8
    retry_deadline_seconds: float = 900.0
    backoff_seconds: float = 0.5
    verify: bool | str = True
    hosts: tuple[str, ...] = ()
    """Hosts beside that of base_url which may see the credentials."""
    faults: Faults = by_status
    quota: Callable[[Response, float], Quota | None] = by_headers
    """Reads from an answer, and the time, how many calls are left."""
    redactor: Redactor = field(default_factory=Redactor, repr=False)
    account: str = ""
    """Names the shared budget."""
    log_requests: bool = False
    max_body_bytes: int = 512 * _MEBIBYTE
    base_fact: str = ""
    """Fact of the token that takes the place of base_url, where the vendor tells the host at sign-in."""

    @property
    def persistence(self) -> Persistence:
        """How long a call is tried."""
        return Persistence(self.max_retries, self.retry_deadline_seconds, self.backoff_seconds)


def budgets(connection: Connection, kind: str, account: str) -> tuple[Budget, ...]:
    """The budgets that a call of *kind* is charged to; the first is the one that its answers tell about."""
    found = []
    known = kind in connection.rates or kind == "sign_in"
    name = kind if known else "default"
    if connection.requests_per_second is not None:
        found.append(Budget(account, "all", per_second(connection.requests_per_second)))
        if name == "default":
            return tuple(found)
    rate = connection.rates.get(name)
    limits = [one for one in (rate, rate.within) if one] if rate else []
    own = [Budget(account, name, reserved(one, connection.reserve)) for one in limits]
    return (*(own or [Budget(account, name, UNLIMITED)]), *found)
