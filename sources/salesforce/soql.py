"""Queries as text: what is selected, from where, and of which span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lakeflow_sources import Column, ConfigurationError

__all__ = ["LONGEST", "Query", "Span", "literal", "quoted", "selected"]

LONGEST = 100_000
"""Characters of one query."""


@dataclass(frozen=True, slots=True)
class Span:
    """*start* <= the field *on* < *end*; `None` leaves that side open."""

    on: str
    start: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[str]:
        """As parts of a WHERE."""
        bounds = ((">=", self.start), ("<", self.end))
        return [f"{self.on} {sign} {literal(bound)}" for sign, bound in bounds if bound is not None]


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT; *everything* takes in what is deleted or archived."""

    paths: tuple[str, ...]
    source: str
    where: tuple[str, ...] = ()
    order: str = ""
    limit: int | None = None
    everything: bool = False

    def also(self, *conditions: str) -> Query:
        """The same with more conditions."""
        return replace(self, where=(*self.where, *conditions))

    @property
    def resource(self) -> str:
        """The REST resource, and the operation of a bulk job."""
        return "queryAll" if self.everything else "query"

    def __str__(self) -> str:
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        order = f" ORDER BY {self.order}" if self.order else ""
        limit = f" LIMIT {self.limit}" if self.limit is not None else ""
        text = f"SELECT {', '.join(self.paths)} FROM {self.source}{where}{order}{limit}"  # noqa: S608 (names come from describe, values are quoted)
        if len(text) > LONGEST:
            raise ConfigurationError(
                f"salesforce: the query for {self.source} has {len(text)} characters, more than the {LONGEST} allowed",
                "choose fewer columns by `columns`",
            )
        return text


def selected(columns: Iterable[Column], *more: str) -> tuple[str, ...]:
    """Paths that *columns* read, and *more* that the reader needs for itself."""
    return tuple(dict.fromkeys((*more, *(one.source for one in columns if not _made(one)))))


def _made(one: Column) -> bool:
    """Not a field of the object."""
    return one.source.startswith(("@", "_"))


def literal(moment: datetime) -> str:
    """A time cut to the second, as stamps are: what changes later in that second comes with the next window."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def quoted(texts: Sequence[str]) -> str:
    """A list of text literals for IN."""
    return ", ".join("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in texts)
