"""What a read would take: slices, calls, share of the vendor's quota, time, before anything is read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import chain
from math import ceil
from typing import Any

from rich.markup import escape

from lakeflow_sources.cli.catalogue import Json, Name, TableName
from lakeflow_sources.cli.console import OUT, counted, show, show_json
from lakeflow_sources.cli.estimate import Estimate, estimates, seconds_of
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import SecretsFile, Sets, settings_of
from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Slice
from lakeflow_sources.discover import prepare
from lakeflow_sources.options import resolved
from lakeflow_sources.plan import as_batch
from lakeflow_sources.plan import plan as plan_read
from lakeflow_sources.registry import connector as find_connector

__all__ = ["plan"]

Shares = Sequence[Sequence[Slice]]


def plan(
    name: Name,
    table: TableName,
    *,
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    as_json: Json = False,
) -> None:
    """Partitions, calls, share of the quota and time, before anything is read."""
    connector = find_connector(name)
    settings = settings_of(connector, sets, secrets_file, tableName=table)
    connector = resolved(connector, settings)
    since = time.monotonic()
    with Progress() as progress, connect(connector, settings) as client:
        progress.now(f"planning {connector.name}.{table}")
        read = as_batch(prepare(connector, settings, lambda: client))
        shares = plan_read(read, client)
        asked, left = client.stats.requests, client.stats.quota_left
    took = time.monotonic() - since
    found = estimates(connector, settings, list(chain.from_iterable(shares)))
    threads = settings.integer("concurrency") or 1
    latency = took / asked if asked else None
    facts = {
        "connector": connector.name,
        "table": read.table.name,
        "partitions": [_partition(number, pieces) for number, pieces in enumerate(shares)],
        "slices": sum(map(len, shares)),
        "calls": sum(one.calls for one in found),
        "seconds": round(seconds_of(found, shares, threads, latency), 1),
        "budgets": [one.facts() for one in found],
        "ways": _ways(chain.from_iterable(shares)),
        "quota_left": left,
        "planning": {"calls": asked, "seconds": round(took, 1)},
    }
    if as_json:
        show_json(facts)
    else:
        _print(facts, found)


def _partition(number: int, pieces: Sequence[Slice]) -> dict[str, Any]:
    return {"partition": number, "slices": len(pieces), "calls": ceil(sum(piece.weight for piece in pieces))}


def _ways(pieces: Iterable[Slice]) -> list[dict[str, Any]]:
    """How slices are read and why, where the connector tells."""
    told: dict[tuple[str, str], int] = {}
    for piece in pieces:
        if piece["way"]:
            key = (str(piece["way"]), str(piece["why"] or ""))
            told[key] = told.get(key, 0) + 1
    return [{"way": way, "why": why, "slices": number} for (way, why), number in told.items()]


def _print(facts: dict[str, Any], found: Sequence[Estimate]) -> None:
    title = f"{facts['connector']}.{facts['table']}"
    if not facts["partitions"]:
        OUT.print(f"{title}: nothing to read", markup=False)
    else:
        show(facts["partitions"], ("partition", "slices", "calls"), as_json=False, title=title)
        show([one.row() for one in found], ("budget", "calls", "limit", "share of quota"), as_json=False)
        slices = counted(facts["slices"], "slice")
        parts = counted(len(facts["partitions"]), "partition")
        calls = counted(facts["calls"], "call")
        OUT.print(f"[bold]{slices} in {parts}, about {calls}, about {_span(facts['seconds'])}[/bold]")
    for one in facts["ways"]:
        why = f": {one['why']}" if one["why"] else ""
        OUT.print(f"{counted(one['slices'], 'slice')} by {one['way']}{why}", markup=False)
    if facts["quota_left"] is not None:
        OUT.print(f"The vendor counts {counted(facts['quota_left'], 'call')} left.", markup=False)
    cost = f"{counted(facts['planning']['calls'], 'call')} and {facts['planning']['seconds']:.1f} s"
    OUT.print(
        escape(f"Planning took {cost}. A slice whose length the API does not tell counts as one call."), style="dim"
    )


def _span(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004 - two hours
