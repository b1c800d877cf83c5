"""Ask a live account: does it let us in, what do its rows look like, what would a read cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import ceil
from typing import Annotated, Any

import typer

from lakeflow_sources.cli.catalogue import Json, Name
from lakeflow_sources.cli.console import OUT, show
from lakeflow_sources.cli.settings import SecretsFile, Sets, settings_of
from lakeflow_sources.connect import base_url, connect, rates
from lakeflow_sources.declare import Read, Slice
from lakeflow_sources.discover import prepare
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import resolved
from lakeflow_sources.plan import batch_window
from lakeflow_sources.plan import plan as plan_read
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector as find_connector

__all__ = ["check", "plan", "preview"]

TableName = Annotated[str, typer.Argument(help="Table: lakeflow-sources tables NAME lists them.")]


def check(name: Name, *, sets: Sets = [], secrets_file: SecretsFile = None) -> None:  # noqa: B006 (typer copies it)
    """Sign in and make the cheapest call."""
    connector = find_connector(name)
    settings = settings_of(connector, sets, secrets_file)
    connector = resolved(connector, settings)
    with connect(connector, settings) as client:
        client.sign_in()
        if connector.check is not None:
            client.send(connector.check(settings) if callable(connector.check) else connector.check)
    OUT.print(f"{connector.title}: signed in at {base_url(connector, settings)}")


def preview(
    name: Name,
    table: TableName,
    *,
    rows: Annotated[int, typer.Option("-n", "--rows", min=1, help="How many rows.")] = 20,
    sets: Sets = [],  # noqa: B006 (typer copies it)
    secrets_file: SecretsFile = None,
    as_json: Json = False,
) -> None:
    """The first rows of a table, without Spark."""
    connector = find_connector(name)
    settings = settings_of(connector, sets, secrets_file, tableName=table, parallelism="1", concurrency="1")
    connector = resolved(connector, settings)
    with connect(connector, settings) as client:
        read = _bound(prepare(connector, settings, lambda: client))
        found = list(islice(_rows(read, client), rows))
        show(found, [one.name for one in read.columns], as_json=as_json, title=f"{connector.name}.{table}")


def _bound(read: Read) -> Read:
    return replace(read, window=batch_window(read))


def _rows(read: Read, client: Client) -> Iterator[dict[str, Any]]:
    for pieces in plan_read(read, client):
        for batch in read_share(read, pieces, client):
            yield from batch.to_pylist()


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
    with connect(connector, settings) as client:
        read = _bound(prepare(connector, settings, lambda: client))
        shares = plan_read(read, client)
        asked = client.stats.requests
    rows = [
        {"partition": number, "slices": len(pieces), "calls": ceil(sum(one.weight for one in pieces))}
        for number, pieces in enumerate(shares)
    ]
    if as_json:
        show(rows, ("partition", "slices", "calls"), as_json=True)
        return
    show(rows, ("partition", "slices", "calls"), as_json=False, title=f"{name}.{table}")
    OUT.print(f"{len(shares)} partitions, {sum(map(len, shares))} slices; planning took {asked} calls")
    for line in _estimate(read, [piece for pieces in shares for piece in pieces]):
        OUT.print(line)


def _estimate(read: Read, pieces: list[Slice]) -> Iterator[str]:
    """Calls, share of the budget and time, for each budget that the read draws on."""
    for budget in sorted({piece.rate for piece in pieces}):
        calls = ceil(sum(piece.weight for piece in pieces if piece.rate == budget))
        declared = rates(read.connector, read.settings).get(budget)
        own = read.settings.number("requests_per_second")
        speed = own or (declared.requests / declared.seconds if declared else None)
        if speed is None:
            yield f"{budget}: about {calls} calls"
        else:
            yield f"{budget}: about {calls} calls at {speed:g} a second, {calls / speed:.0f} s of its quota"
