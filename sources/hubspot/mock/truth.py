"""What a complete read of each table must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.vendor import RowsAsked

from .account import Account, Thing
from .definitions import Reference
from .links import Associations
from .marketing import Marketing
from .records import ARCHIVED, LIVE, Index
from .rendering import fragments, render

__all__ = ["Truth"]

_LINKS = "associations_"


class Truth:
    """Rows by table; object tables hold live or archived records, the others what the API would answer."""

    def __init__(
        self, account: Account, associations: Associations, reference: Reference, marketing: Marketing
    ) -> None:
        self._account = account
        self._associations = associations
        self._reference = reference
        self._marketing = marketing
        self._kept: tuple[str, Sequence[Any]] = ("", ())  # pages of one table show one moment
        self._plain: Mapping[str, Callable[[bool | None], Sequence[Any]]] = {
            "owners": lambda archived: _both(archived, lambda flag: reference.owners(archived=flag)),
            "pipelines": lambda _: [row for row, _stages in self._pipelines()],
            "pipeline_stages": lambda _: [stage for _row, stages in self._pipelines() for stage in stages],
            "properties": lambda archived: _both(archived, self._properties),
            "lists": lambda _: self._lists(),
            "forms": lambda archived: _shown(marketing.shelves.rows["forms"], archived),
            "marketing_emails": lambda archived: _shown(marketing.shelves.rows["marketing_emails"], archived),
            "campaigns": lambda _: marketing.shelves.rows["campaigns"],
            "schemas": lambda _: reference.schemas(),
        }

    def tables(self) -> list[str]:
        """Names that `rows` takes, beside `associations_<from>_<to>`."""
        return [*self._account.things, *self._plain, "list_memberships"]

    def rows(self, asked: RowsAsked) -> Sequence[Any]:
        """A page of a table."""
        begin, end = asked.start, asked.start + asked.limit
        if asked.table in self._account.things:
            thing = self._account.things[asked.table]
            indexes = _chosen(thing, asked.archived)[begin:end]
            return fragments(render(thing.records, thing.values, indexes, tuple(thing.values.properties)))
        if begin == 0 or self._kept[0] != asked.table:
            self._kept = asked.table, self._whole(asked.table, asked.archived)
        return self._kept[1][begin:end]

    def _whole(self, table: str, archived: bool | None) -> Sequence[Any]:
        if table.startswith(_LINKS):
            return self._links(table.removeprefix(_LINKS))
        if table == "list_memberships":
            return self._members()
        if table in self._plain:
            return self._plain[table](archived)
        raise ConfigurationError(f"There is no table {table!r}", f"use {', '.join(self.tables())}")

    def _links(self, pair: str) -> list[dict[str, Any]]:
        things = self._account.things
        for first in things:
            second = pair.removeprefix(f"{first}_")
            if second != pair and second in things:
                return self._associations.rows(things[first], things[second])
        raise ConfigurationError(f"There is no table {_LINKS}{pair}", f"use two of {', '.join(things)}")

    def _members(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for one in self._lists():
            thing, indexes = self._marketing.members(one)
            rows += [
                {"listId": one["listId"], **self._marketing.member(one, thing, index)} for index in indexes.tolist()
            ]
        return rows

    def _lists(self) -> list[dict[str, Any]]:
        return [row for row in self._marketing.shelves.rows["lists"] if "deletedAt" not in row]

    def _properties(self, archived: bool) -> list[dict[str, Any]]:
        return [
            {"objectType": thing.kind.api, **row}
            for thing in self._account.things.values()
            for row in self._reference.properties(thing, archived=archived)
        ]

    def _pipelines(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        found = []
        for name in self._account.piped():
            for row in self._reference.pipelines(self._account.things[name]):
                stages = [{"objectType": name, "pipelineId": row["id"], **stage} for stage in row.pop("stages")]
                found.append(({"objectType": name, **row}, stages))
        return found


def _chosen(thing: Thing, archived: bool | None) -> Index:
    if archived is None:
        both = (thing.records.chosen(LIVE), thing.records.chosen(ARCHIVED))
        return np.sort(np.concatenate(both))
    return thing.records.chosen(ARCHIVED if archived else LIVE)


def _both(archived: bool | None, rows: Callable[[bool], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [*rows(False), *rows(True)] if archived is None else rows(archived)


def _shown(rows: Sequence[Mapping[str, Any]], archived: bool | None) -> list[Mapping[str, Any]]:
    return [row for row in rows if archived is None or row["archived"] is archived]
