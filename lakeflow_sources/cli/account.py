"""Ask a live account: does it let us in, and what do its rows look like."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import Annotated, Any

import typer

from lakeflow_sources.cli.catalogue import Json, Name, TableName
from lakeflow_sources.cli.console import OUT, show_json
from lakeflow_sources.cli.progress import Progress
from lakeflow_sources.cli.settings import SecretsFile, Sets, gather, settings_of
from lakeflow_sources.cli.wide import show_rows
from lakeflow_sources.connect import base_url, connect
from lakeflow_sources.declare import Connector, Read
from lakeflow_sources.discover import prepare
from lakeflow_sources.http.client import Client
from lakeflow_sources.options import Settings, resolved
from lakeflow_sources.plan import as_batch
from lakeflow_sources.plan import plan as plan_read
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector as find_connector
from lakeflow_sources.summary import Summary

__all__ = ["check", "preview"]


def check(name: Name, *, sets: Sets = [], secrets_file: SecretsFile = None, as_json: Json = False) -> None:  # noqa: B006 (typer copies it)
    """Sign in and make the cheapest call."""
    connector = find_connector(name)
    settings = settings_of(connector, sets, secrets_file)
    connector = resolved(connector, settings)
    since = time.monotonic()
    with connect(connector, settings) as client:
        client.sign_in()
        called = _called(connector, settings, client)
    facts = {
        "connector": connector.name,
        "base_url": base_url(connector, settings),
        "credentials": list(settings.credentials),
        "called": called,
        "seconds": round(time.monotonic() - since, 3),
    }
    if as_json:
        show_json(facts)
        return
    by = f" with {', '.join(settings.credentials)}" if settings.credentials else ""
    OUT.print(f"{connector.title}: signed in at {facts['base_url']}{by} ({facts['seconds']:.1f} s)", markup=False)


def _called(connector: Connector, settings: Settings, client: Client) -> str | None:
    """The path of the call that was made; its answer must be the vendor's, not a login page's."""
    if connector.check is None:
        return None
    request = connector.check(settings) if callable(connector.check) else connector.check
    response = client.send(request)
    if response.body:
        response.json()
    return request.url


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
    given = {option.lower() for option in gather(connector, sets, secrets_file)}
    soonest = {option: value for option, value in connector.preview.items() if option not in given}
    first = {"tableName": table, "parallelism": "1", "concurrency": "1", **soonest}
    settings = settings_of(connector, sets, secrets_file, **first)
    connector = resolved(connector, settings)
    began = time.monotonic()
    with Progress() as progress, connect(connector, settings) as client:
        progress.now(f"planning {connector.name}.{table}")
        read = as_batch(prepare(connector, settings, lambda: client))
        with closing(_rows(read, client)) as found_rows:
            found = list(_counted(islice(found_rows, rows), rows, progress))
        facts = client.stats.facts()
    columns = [one.name for one in read.columns]
    if as_json:
        show_json([{column: row[column] for column in columns} for row in found])
    else:
        show_rows(found, columns, f"{connector.name}.{read.table.name}")
        _print_cost(Summary(connector.name, read.table.name, seconds=time.monotonic() - began, **facts))


def _print_cost(summary: Summary) -> None:
    for line in (summary.cost, *summary.notes):
        OUT.print(line, markup=False)


def _counted(rows: Iterator[dict[str, Any]], most: int, progress: Progress) -> Iterator[dict[str, Any]]:
    progress.now("reading")
    for number, row in enumerate(rows, start=1):
        progress.count(number, most)
        yield row


def _rows(read: Read, client: Client) -> Generator[dict[str, Any], None, None]:
    for pieces in plan_read(read, client):
        for batch in read_share(read, pieces, client):
            yield from batch.to_pylist()
