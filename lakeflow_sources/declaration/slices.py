"""Parts of a table that are read at the same time: values, numbers, days, rows of a parent, pieces of a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Protocol

from lakeflow_sources.declaration.clock_text import floor, following
from lakeflow_sources.declaration.problems import Path
from lakeflow_sources.declaration.scope import Vocabulary, scope_of
from lakeflow_sources.declaration.template import Template
from lakeflow_sources.declare import Read, Slice, Table, Window
from lakeflow_sources.decode import dig, records_of
from lakeflow_sources.errors import ConfigurationError, DataError
from lakeflow_sources.fetch import fetch
from lakeflow_sources.http.client import Client
from lakeflow_sources.plan import frozen_now

__all__ = ["Dimension", "Slicing", "make_dimension", "names_of"]

_MOST = 100_000  # slices: more would only mean that a step was forgotten


class Dimension(Protocol):
    """Gives the values of its slices."""

    def __call__(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:
        """One mapping of names to values for each slice."""
        ...


@dataclass(frozen=True, slots=True)
class Values:
    """A list, or a template that gives one with commas."""

    name: str
    values: tuple[Any, ...] = ()
    template: Template | None = None

    def __call__(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002 (every dimension gets it)
        if self.template is None:
            yield from ({self.name: value} for value in self.values)
            return
        text = self.template.render(scope_of(read.settings))
        parts = [part.strip() for part in (text or "").split(",") if part.strip()]
        if not parts:
            raise ConfigurationError(
                f"{read.connector.name}.{read.table.name}: {self.template.text} gives no {self.name}",
                f"set {' and '.join(self.template.names) or self.name} to a list with commas",
            )
        yield from ({self.name: part} for part in dict.fromkeys(parts))


@dataclass(frozen=True, slots=True)
class Numbers:
    """A range of numbers, *last* included, *step* of them in a slice."""

    name: str
    first: int
    last: int
    step: int = 1

    def __call__(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002 (every dimension gets it)
        for start in range(self.first, self.last + 1, self.step):
            yield {self.name: start, f"{self.name}_end": min(start + self.step, self.last + 1)}


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, *last* (or today) included, *days* of them in a slice."""

    name: str
    first: date
    last: date | None = None
    days: int = 1
    form: str = "%Y-%m-%d"

    def __call__(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002 (every dimension gets it)
        day, after = self.first, (self.last or datetime.now(UTC).date()) + timedelta(days=1)
        while day < after:
            following = min(day + timedelta(days=self.days), after)
            yield {self.name: day.strftime(self.form), f"{self.name}_end": following.strftime(self.form)}
            day = following


@dataclass(frozen=True)
class ParentRows:
    """A slice for each row of *table*, which is read in full; *paths* are pairs of a name and a path in a row."""

    table: Table
    paths: tuple[tuple[str, str], ...]

    def __call__(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:
        known: set[tuple[Any, ...]] = set()
        for record in self._records(read, client):
            values = {name: dig(record, path) for name, path in self.paths}
            for (name, path), value in zip(self.paths, values.values(), strict=True):
                if value is None or isinstance(value, dict | list):
                    raise DataError(
                        f"{read.connector.name}.{read.table.name}: a row of {self.table.name} has no {path} for {name}",
                        "correct the map of its slices",
                    )
            if (key := tuple(values.values())) not in known:
                known.add(key)
                yield values

    def _records(self, read: Read, client: Client) -> Iterator[Mapping[str, Any]]:
        """Rows as the API gives them; tombstones have no children."""
        parent = replace(read, table=self.table, window=None)
        slices = self.table.slices(parent, client) if self.table.slices else (Slice(),)
        for piece in slices:
            for page in fetch(parent, piece, client):
                for record in records_of(page, exact=self.table.exact_numbers):
                    yield from self.table.rows(parent, piece, record) if self.table.rows else (record,)


@dataclass(frozen=True, slots=True)
class Slicing:
    """A table's `slices`: each value of a dimension with each of the others, and with each piece of the window.

    *begin*: nothing is older, so that a full read has a window too; *piece_seconds* is the length of its pieces.
    """

    dimensions: tuple[Dimension, ...] = ()
    begin: datetime | None = None
    piece_seconds: float | None = None
    form: str = "iso"
    rate: str = "default"

    def __call__(self, read: Read, client: Client) -> list[Slice]:
        windows = list(self._windows(read))
        found: list[Slice] = []
        for combination in product(*(list(one(read, client)) for one in self.dimensions)):
            values = {name: value for part in combination for name, value in part.items()}
            found += [Slice(values, window, rate=self.rate) for window in windows]
            if len(found) > _MOST:
                raise ConfigurationError(
                    f"{read.connector.name}.{read.table.name} has more than {_MOST:,} slices", "make its steps larger"
                )
        return found

    def _windows(self, read: Read) -> Iterator[Window | None]:
        window = read.window
        if self.begin is not None:
            end = window.end if window else frozen_now(read)
            start = max(window.start, self.begin) if window else self.begin
            window = Window(start, end)
            if start >= end:
                return
        if window is None or self.piece_seconds is None:
            yield window
            return
        yield from self._pieces(read, window, timedelta(seconds=self.piece_seconds))

    def _pieces(self, read: Read, window: Window, step: timedelta) -> Iterator[Window]:
        """Inner edges lie on whole units of the API's times, so that no row belongs to two pieces."""
        if (window.end - window.start) / step > _MOST:
            raise ConfigurationError(
                f"{read.connector.name}.{read.table.name} has more than {_MOST:,} slices", "make its window longer"
            )
        start = window.start
        while start < window.end:
            edge = max(floor(start + step, self.form), following(start, self.form))
            yield Window(start, min(edge, window.end))
            start = edge


def names_of(keys: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that the slices of checked *keys* have."""
    if "parent" in keys:
        return tuple(keys.get("map", {}))
    name = keys.get("name", "")
    return (name, f"{name}_end") if "numbers" in keys or "dates" in keys else (name,)


def make_dimension(
    keys: Mapping[str, Any], words: Vocabulary, path: Path, tables: Mapping[str, Table]
) -> Dimension | None:
    """The dimension of checked *keys*; *tables* are those that may be its parent."""
    if "parent" in keys:
        parent = tables.get(keys["parent"])
        return ParentRows(parent, tuple(keys.get("map", {}).items())) if parent else None
    name = keys.get("name", "")
    if numbers := keys.get("numbers"):
        return Numbers(name, numbers.get("first", 0), numbers["last"], numbers.get("step", 1))
    if dates := keys.get("dates"):
        return _days(name, dates, words, path)
    values: Sequence[Any] | str = keys["values"]
    if isinstance(values, str):
        return Values(name, template=words.template(values, (*path, "values")))
    return Values(name, tuple(values))


def _days(name: str, keys: Mapping[str, Any], words: Vocabulary, path: Path) -> Days | None:
    found: dict[str, date] = {}
    for edge in ("first", "last"):
        if edge in keys:
            try:
                found[edge] = date.fromisoformat(keys[edge])
            except ValueError:
                words.problems.add((*path, "dates", edge), f"{keys[edge]!r} is no day", "write one such as 2020-01-31")
                return None
    return Days(name, found["first"], found.get("last"), keys.get("days", 1), keys.get("format", "%Y-%m-%d"))
