"""Which of the columns that are read each API can carry, and what that costs.

| column                    | list | query (COQL)       | bulk (CSV)                           | single record |
|---------------------------|------|--------------------|--------------------------------------|---------------|
| text, numbers, times      | yes  | yes                | yes                                  | yes           |
| lookup                    | yes  | yes                | id and name, as two columns          | yes           |
| owner, user               | yes  | last name, no mail | id: the rest comes from the users    | yes           |
| tags                      | yes  | yes                | names: the rest comes from the tags  | yes           |
| lookup of several modules | yes  | id without name    | id without name                      | yes           |
| files, JSON               | yes  | no                 | no                                   | yes           |
| subform                   | no   | of its own module  | of its own module                    | yes           |
| multi-select lookup       | no   | no                 | no                                   | yes           |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from lakeflow_sources import Column, Read

from .columns import LINKS, REGARDING, TAGS, TEAM, USER

__all__ = ["BULK_PAGE", "LISTED", "QUERIED", "Demand", "chunks", "demand_of", "is_nested"]

LISTED = 50  # fields of a list
QUERIED = 500  # columns of a query
BULK_PAGE = 200_000
_LONGEST = 1_000  # characters of `fields`; the vendor's schema says 1,024
_IDS = 50
_ROWS, _QUERY_ROWS = 200, 2_000
_QUERY_CREDITS, _JOB_CREDITS = 3, 60  # a job itself costs 50, the looks at it the rest
_JOB_CALLS = 12
_SYSTEM = frozenset({"id", "_deleted"})
_CURSOR = "Modified_Time"


@dataclass(frozen=True)
class Demand:
    """The columns of a read by what can carry them."""

    plain: tuple[Column, ...]
    """Those that lists carry."""
    nested: tuple[Column, ...]
    """Those that only a single record, or the module of a subform, carries."""

    @property
    def listed(self) -> tuple[str, ...]:
        """Fields for lists; the time of change is what a list is walked by."""
        return tuple(dict.fromkeys((_CURSOR, *(one.source for one in self.plain))))

    @property
    def queried(self) -> tuple[str, ...]:
        """Fields for queries."""
        return tuple(one.source for one in self.plain if one.type not in (REGARDING, "json"))

    @property
    def unqueried(self) -> tuple[str, ...]:
        """Fields that have to be fetched for the rows of a query."""
        carried = set(self.queried)
        return tuple(one.source for one in self.plain if one.source not in carried)

    @property
    def users(self) -> tuple[str, ...]:
        """Fields whose names and addresses come from the list of users."""
        return tuple(one.source for one in self.plain if one.type == USER)

    @property
    def fits_bulk(self) -> bool:
        """Whether a CSV file carries everything."""
        return not self.nested and not self.unqueried

    def list_credits(self, count: int) -> int:
        """What a list of *count* records costs."""
        extra = len(chunks(self.listed)) - 1
        return ceil(count / _ROWS) + extra * ceil(count / _IDS)

    def query_credits(self, count: int) -> int:
        """What queries cost."""
        extra = len(chunks(self.unqueried)) if self.unqueried else 0
        wide = ceil((len(self.queried) or 1) / QUERIED)
        return _QUERY_CREDITS * wide * ceil(count / _QUERY_ROWS) + extra * ceil(count / _IDS)

    def bulk_credits(self, count: int) -> int:
        """What bulk jobs cost."""
        return _JOB_CREDITS * ceil(count / BULK_PAGE)

    def prices(self, count: int) -> dict[str, int]:
        """Credits of *count* records by each way that carries all columns."""
        prices = {"list": self.list_credits(count), "query": self.query_credits(count)}
        return {**prices, "bulk": self.bulk_credits(count)} if self.fits_bulk else prices

    def why(self, count: int) -> str:
        """What a way was chosen by, in words."""
        prices = ", ".join(f"{way} {credits_}" for way, credits_ in self.prices(count).items())
        return f"about {count:,} records, credits by {prices}"

    def way(self, count: int, *, apart: bool) -> str:
        """The cheapest way for *count* records; a query where slices *apart* from each other are needed."""
        prices = self.prices(count)
        if apart and self.nested and count > _QUERY_ROWS:
            prices.pop("list")  # a call for each record: not one after the other
        return min(prices, key=lambda name: prices[name])

    def calls(self, way: str, count: int) -> float:
        """Expected calls, for even shares."""
        by_id = len(chunks(self.unqueried)) if self.unqueried and way == "query" else 0
        found = {
            "list": float(self.list_credits(count)),
            "query": ceil(count / _QUERY_ROWS) + by_id * ceil(count / _IDS),
            "bulk": _JOB_CALLS * ceil(count / BULK_PAGE),
        }[way]
        return max(1.0, found + len(self.nested) * count / _IDS)


def demand_of(read: Read) -> Demand:
    """The demand of *read*."""
    asked = [one for one in read.columns if one.name not in _SYSTEM]
    nested = tuple(one for one in asked if is_nested(one))
    return Demand(tuple(one for one in asked if one not in nested), nested)


def is_nested(column: Column) -> bool:
    """Whether lists leave this column out."""
    kind = column.type
    return kind in (LINKS, TEAM) or (kind.startswith("array<struct<") and kind != TAGS)


def chunks(names: Sequence[str], most: int = LISTED) -> list[tuple[str, ...]]:
    """*names* in parts that one call can ask for; at least one."""
    found: list[tuple[str, ...]] = []
    part: list[str] = []
    for name in names:
        if part and (len(part) == most or len(",".join((*part, name))) > _LONGEST):
            found.append(tuple(part))
            part = []
        part.append(name)
    return [*found, tuple(part)]
