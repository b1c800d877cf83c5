"""One connector at one mock: reads without Spark, planned and decoded as they are with it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lakeflow_sources.connect import connect
from lakeflow_sources.declare import Connector, Read, Slice, Window
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import LakeflowError
from lakeflow_sources.http.client import Client
from lakeflow_sources.http.clock import Clock
from lakeflow_sources.options import Settings, check_options, resolved
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.testing.handle import MockServer

__all__ = ["Bench", "PatientClock", "Row", "counted", "texts_of"]

Row = dict[str, Any]
_ENDLESS = "418"  # a status that no API means
_QUICK = {"max_retries": "3", "retry_deadline_seconds": "60", "timeout_seconds": "30", "requests_per_second": "5000"}


class PatientClock:
    """A clock whose waits take no time; `slept` are their seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._lock = threading.Lock()

    @property
    def clock(self) -> Clock:
        """It, as clients take it."""
        return Clock(lambda: time.time() + sum(self.slept), self._sleep)

    def _sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)


@dataclass(frozen=True)
class Bench:
    """A *connector*, its mock, and *options* beside those that sign in; *way* is the sign-in, the usual one without it.

    The connector's own rates are lifted: what they are for are limits of a real account.
    """

    connector: Connector
    server: MockServer
    options: Mapping[str, str] = field(default_factory=dict)
    way: str = ""
    most_calls: int = 5_000
    """Of one check; a read that makes more of them does not come to an end."""

    def calm(self) -> None:
        """Put nothing in force but the end of reads that have none."""
        self.server.clear_faults()
        self.server.faults(_ENDLESS, skip=self.most_calls)

    def settings(self, table: str, **more: str) -> Settings:
        """The checked options of a read."""
        return check_options(self.connector, {**_QUICK, **self.given(), **more, "tableName": table})

    def given(self) -> dict[str, str]:
        """The options as a user sets them."""
        return {**self.server.sign_in(self.way or self.server.ways[0]), **self.options}

    def client(self, settings: Settings, clock: PatientClock | None = None) -> Client:
        """A client of the mock."""
        unpaced = replace(resolved(self.connector, settings), rates={})
        return connect(unpaced, settings, None, clock.clock if clock else Clock())

    def prepared(self, settings: Settings, client: Client, window: Window | None = None) -> Read:
        """The read that *settings* ask for."""
        read = prepare(resolved(self.connector, settings), settings, lambda: client)
        return replace(read, window=window)

    def rows(
        self, table: str, window: Window | None = None, clock: PatientClock | None = None, **options: str
    ) -> list[Row]:
        """Every row of *table*, or of a *window* of it."""
        settings = self.settings(table, **options)
        try:
            with self.client(settings, clock) as client:
                read = self.prepared(settings, client, window)
                return list(self.read(read, plan(read, client), client))
        except LakeflowError as error:
            if self.count("faults", _ENDLESS) or "does not come to an end" in str(error):
                raise AssertionError(
                    f"{self.connector.name}.{table} does not come to an end: correct its paging ({error})"
                ) from error
            raise

    def read(self, read: Read, shares: Iterable[Sequence[Slice]], client: Client) -> Iterator[Row]:
        """The rows of *shares*, one after the other."""
        for pieces in shares:
            for batch in read_share(read, pieces, client):
                yield from batch.to_pylist()

    def count(self, counter: str, name: str = "") -> int:
        """A counter of the mock: calls by status or fault, tokens issued."""
        found = self.server.counters()[counter]
        return int(found.get(name, 0) if isinstance(found, dict) else found)


def texts_of(rows: Iterable[Row]) -> list[str]:
    """*rows* as texts that can be compared and counted."""
    return [json.dumps(row, default=str, sort_keys=True, ensure_ascii=False) for row in rows]


def counted(rows: Iterable[Row]) -> Counter[str]:
    """How many times each row is there."""
    return Counter(texts_of(rows))
