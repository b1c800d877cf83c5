"""What a complete read of each table must give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.vendor import RowsAsked

from .account import Account
from .listing import Listing
from .metadata import Metadata
from .related import Related
from .resources import RESOURCES

__all__ = ["Truth"]

_RELATED = {
    "Deals_Contact_Roles": ("Deals", "Contact_Roles"),
    "Campaigns_Leads": ("Campaigns", "Leads"),
    "Campaigns_Contacts": ("Campaigns", "Contacts"),
}
_PLAIN = {
    "Roles": "roles", "Profiles": "profiles", "Territories": "territories", "Currencies": "currencies", "Org": "org",
    "Contact_Roles": "contact_roles",
}  # fmt: skip


class Truth:
    """Rows by table: records as the answer for a single one shows them, deleted ones as the list of these does."""

    def __init__(self, account: Account, metadata: Metadata, listing: Listing, related: Related) -> None:
        self._account, self._metadata, self._listing, self._related = account, metadata, listing, related

    def tables(self) -> list[str]:
        """Names that `rows` takes."""
        return [
            *self._account.modules,
            *_PLAIN,
            *_RELATED,
            "Users",
            "Tags",
            "Pipelines",
            "Modules",
            "Fields",
            "Deleted_Records",
        ]

    def rows(self, asked: RowsAsked) -> Sequence[Any]:
        """A page of a table; archived ones are the deleted records of a module."""
        end = asked.start + asked.limit
        if asked.table in self._account.records:
            return self._records(asked, end)
        return self._others(asked.table)[asked.start : end]

    def _records(self, asked: RowsAsked, end: int) -> list[dict[str, Any]]:
        records, module = self._account.records[asked.table], self._account.modules[asked.table]
        if asked.archived:
            chosen = sorted(records.deletions)[asked.start : end]
            return [self._listing.deletion(module, index) for index in chosen]
        return [self._account.row(module, index) for index in records.live[asked.start : end].tolist()]

    def _others(self, table: str) -> Sequence[Any]:
        account, metadata = self._account, self._metadata
        if table in account.modules:
            module = account.modules[table]
            return account.items(module) if module.parent else account.links()
        if table in _PLAIN:
            return RESOURCES[_PLAIN[table]]
        if table in _RELATED:
            return self._pairs(*_RELATED[table])
        modules = account.modules
        found: Mapping[str, Any] = {
            "Users": lambda: account.users,
            "Modules": metadata.modules,
            "Fields": lambda: [
                {**row, "module": name} for name, one in modules.items() for row in metadata.fields(one)
            ],
            "Tags": lambda: [
                {**row, "module": name}
                for name, one in modules.items()
                if one.generated in {"default", "custom"}
                for row in metadata.tags(one)
            ],
            "Pipelines": metadata.pipelines,
            "Deleted_Records": lambda: [
                {**self._listing.deletion(modules[name], index), "module": name}
                for name, records in account.records.items()
                for index in records.deletions
            ],
        }
        if table not in found:
            raise ConfigurationError(f"There is no table {table!r}", f"use {', '.join(self.tables())}")
        rows: Sequence[Any] = found[table]()
        return rows

    def _pairs(self, module: str, related: str) -> list[dict[str, Any]]:
        records = self._account.records[module]
        return [
            {**row, "parent_id": str(records.ids[index])}
            for index in records.live.tolist()
            for row in self._related.rows(module, related, index)
        ]
