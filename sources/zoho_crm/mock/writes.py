"""What tests may do to the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis

from .account import Account
from .bulk import Bulk
from .calls import Credits
from .catalogue import SYSTEM, Field
from .coql import Coql
from .records import Records

__all__ = ["Writes"]


class Writes:
    """Actions by name."""

    def __init__(self, account: Account, spent: Credits, bulk: Bulk, coql: Coql) -> None:
        self._account, self._credits, self._bulk, self._coql = account, spent, bulk, coql
        self._changes = 0
        self._actions: Mapping[str, Callable[..., Any]] = {
            "create": self._create,
            "change": self._change,
            "delete": self._delete,
            "restore": self._restore,
            "convert": self._convert,
            "add_field": self._add_field,
            "remove_field": self._remove_field,
            "deny": lambda area, code="NO_PERMISSION": account.denied.__setitem__(area, code),
            "hide": self._hide,
            "allow": lambda area: account.denied.pop(area, None) and None,
            "fail_bulk": lambda count=1: setattr(bulk, "failing", count),
            "refuse_column": self._refuse_column,
            "accept_columns": self._accept_columns,
            "credits": self._spent,
        }

    def __call__(self, action: str, values: Mapping[str, Any]) -> Any:
        """Do it; raises `ConfigurationError` for an action that does not exist, `TypeError` for a wrong field."""
        if action not in self._actions:
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join(self._actions)}")
        return self._actions[action](**values)

    def _records(self, module: str) -> Records:
        if module not in self._account.records:
            raise ConfigurationError(f"There are no records of {module!r}", f"use {', '.join(self._account.records)}")
        return self._account.records[module]

    def _create(
        self, module: str, count: int = 1, fields: Mapping[str, Any] | None = None, time: str | None = None
    ) -> dict[str, list[str]]:
        records = self._records(module)
        moment = self._moment(time)
        return _ids(records, records.create([moment] * count, fields or {}))

    def _change(
        self,
        module: str,
        ids: list[str] | None = None,
        count: int = 0,
        fields: Mapping[str, Any] | None = None,
        time: str | None = None,
    ) -> dict[str, list[str]]:
        records = self._records(module)
        indexes = _chosen(records, ids, count)
        self._changes += 1
        display = self._account.modules[module].display
        records.change(indexes, [self._moment(time)] * len(indexes), fields or {display: f"changed №{self._changes}"})
        return _ids(records, indexes)

    def _delete(
        self,
        module: str,
        ids: list[str] | None = None,
        count: int = 0,
        time: str | None = None,
        permanent: bool = False,
    ) -> dict[str, list[str]]:
        records = self._records(module)
        indexes = _chosen(records, ids, count)
        records.delete(indexes, self._moment(time), permanent=permanent)
        return _ids(records, indexes)

    def _restore(self, module: str, ids: list[str], time: str | None = None) -> dict[str, list[str]]:
        records = self._records(module)
        wanted = [index for index in records.deletions if str(records.ids[index]) in ids]
        records.restore(wanted, self._moment(time))
        return _ids(records, wanted)

    def _convert(self, count: int = 1) -> dict[str, list[str]]:
        """Leads become contacts: they stay, but hidden."""
        records = self._records("Leads")
        indexes = [index for index in records.live.tolist() if index not in records.converted][:count]
        records.converted |= set(indexes)
        records.change(indexes, [self._moment(None)] * len(indexes), {})
        return _ids(records, indexes)

    def _add_field(self, module: str, name: str, kind: str = "text") -> None:
        self._account.add_field(module, Field(name, kind))

    def _remove_field(self, module: str, name: str) -> None:
        self._records(module)
        one = self._account.modules[module].field(name)
        if one is None or one.display or one.name in SYSTEM:
            raise ConfigurationError(f"{module} has no field {name!r} that can be removed")
        self._account.remove_field(module, name)

    def _hide(self, ids: list[str]) -> None:
        """Lists count these records, and do not show them."""
        self._account.hidden.update(ids)

    def _refuse_column(self, name: str) -> None:
        self._bulk.refused.add(name)
        self._coql.refused.add(name)

    def _accept_columns(self) -> None:
        self._bulk.refused.clear()
        self._coql.refused.clear()

    def _spent(self) -> int:
        return self._credits.used

    def _moment(self, time: str | None) -> int:
        return millis(time) // 1000 if time else self._account.now()


def _chosen(records: Records, ids: list[str] | None, count: int) -> list[int]:
    if ids is not None:
        found = [records.find(one) for one in ids]
        if None in found:
            raise ConfigurationError(f"Some of these records are not there: {', '.join(ids[:5])}")
        return [one for one in found if one is not None]
    live = records.live
    if not 0 < count <= len(live):
        raise ConfigurationError(f"There are {len(live)} records to choose from", "give ids, or a count")
    return [int(live[place * len(live) // count]) for place in range(count)]


def _ids(records: Records, indexes: list[int]) -> dict[str, list[str]]:
    return {"ids": [str(records.ids[index]) for index in indexes]}
