"""The query endpoint: COQL over the modules, with the vendor's limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from aiohttp import web
from numpy.typing import NDArray

from lakeflow_sources.testing.answers import json_answer

from .account import Account
from .calls import Routes, body_of, empty
from .catalogue import UNQUERIED, Field, Module
from .grammar import Both, Condition, Query, Where, parse
from .records import Records
from .refusals import bad

__all__ = ["add_coql"]

_LIMIT = 2_000
_COLUMNS = 500
_VALUES = 100
_CRITERIA = 25
_CREDITS = ((200, 1), (1_000, 2), (_LIMIT, 3))
_NUMERIC = {"id", "Created_Time", "Modified_Time"}
_REFUSED = {"Notes", "Attachments", "Projects_X_Contacts", "Activities"}

Mask = NDArray[np.bool_]


class Coql:
    """Answers queries."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._account: Account = routes.account
        self._reach = int(routes.account.setup.number("coql_cap", 100_000))
        self.refused: set[str] = set()
        """Columns that queries do not know, beside those of certain types."""

    async def answer(self, request: web.Request) -> web.Response:
        """`POST /coql`."""
        body = await body_of(request)
        query = parse(str(body.get("select_query", "")))
        self._routes.credits.spend(next((cost for most, cost in _CREDITS if query.limit <= most), 3) - 1)
        module = self._module(query)
        self._check(query, module)
        rows = self._subform(module, query) if module.parent else self._records(module, query)
        more = len(rows) > query.limit
        if not rows:
            return empty()
        shown = rows[: query.limit]
        return json_answer({"data": shown, "info": {"count": len(shown), "more_records": more}})

    def _module(self, query: Query) -> Module:
        module = self._account.module(query.module)
        if module is None or module.name in _REFUSED:
            raise bad("INVALID_QUERY", "module is not valid", module=query.module)
        self._routes.check(module.name)
        return module

    def _check(self, query: Query, module: Module) -> None:
        if query.limit > _LIMIT or query.limit + query.offset > self._reach:
            raise bad("LIMIT_EXCEEDED", "max records limit exceeded", limit=str(_LIMIT))
        if len(query.columns) > _COLUMNS:
            raise bad("LIMIT_EXCEEDED", "select column limit exceeded", limit=str(_COLUMNS))
        if len(set(query.columns)) < len(query.columns):
            raise bad("DUPLICATE_DATA", "duplicate select columns", column_name=query.columns[0])
        for name in query.columns:
            one = module.field(name)
            if name != "id" and (one is None or one.type in UNQUERIED or name in self.refused):
                raise bad("INVALID_QUERY", "column given seems to be invalid", column_name=name)
        conditions = list(_leaves(query.where))
        if len(conditions) > _CRITERIA or any(len(one.values) > _VALUES for one in conditions):
            raise bad("LIMIT_EXCEEDED", "the criteria exceed the limit")
        for condition in conditions:
            if condition.name != "id" and module.field(condition.name) is None:
                raise bad("INVALID_QUERY", "column given seems to be invalid", column_name=condition.name)

    def _records(self, module: Module, query: Query) -> list[dict[str, Any]]:
        records = self._account.records[module.name]
        found = records.live
        if module.name == "Leads" and self._account.setup.flag("coql_hides_converted", default=True):
            found = np.array([one for one in found.tolist() if one not in records.converted], dtype=np.int64)
        found = found[_mask(query.where, lambda one: self._test(module, records, found, one))]
        for name, descending in reversed(query.order):
            column = _column(records, found, name)
            found = found[np.argsort(-column if descending else column, kind="stable")]
        chosen = found[query.offset : query.offset + query.limit + 1].tolist()
        values = self._account.values[module.name]
        rows = []
        for index in chosen:
            row: dict[str, Any] = {"id": str(records.ids[index])}
            for name in query.columns:
                one = module.field(name)
                if one is not None and one.visible:
                    row[name] = self._shown(one, values.value(one, index))
            rows.append(row)
        return rows

    def _test(self, module: Module, records: Records, found: NDArray[np.int64], one: Condition) -> Mask:
        if one.name in _NUMERIC:
            if one.operator.startswith("is"):
                return np.full(len(found), one.operator == "is not null")
            return _compare(_column(records, found, one.name), one, _number(one))
        field = module.field(one.name)
        values = self._account.values[module.name]
        texts = [values.value(field, index) for index in found.tolist()] if field else []
        return np.array([_matches(text, one) for text in texts], dtype=bool)

    def _subform(self, module: Module, query: Query) -> list[dict[str, Any]]:
        """Rows of a subform, by ascending id."""
        rows = self._account.items(module)
        mask = _mask(query.where, lambda one: np.array([_matches(row.get(one.name), one) for row in rows], dtype=bool))
        kept = [row for row, good in zip(rows, mask, strict=True) if good]
        shown = kept[query.offset : query.offset + query.limit + 1]
        return [{"id": row["id"], **{name: self._plain(module, row, name) for name in query.columns}} for row in shown]

    def _plain(self, module: Module, row: Mapping[str, Any], name: str) -> Any:
        one = module.field(name)
        return row["id"] if one is None else self._shown(one, row.get(name))

    def _shown(self, one: Field, value: Any) -> Any:
        """Users show their last name only, and lookups of several modules none at all."""
        if value is None:
            return None
        if one.type in {"ownerlookup", "userlookup"}:
            user = next(user for user in self._account.users if user["id"] == value["id"])
            return {"name": user["last_name"], "id": value["id"]}
        if one.type == "multi_module_lookup":
            return {"id": value["id"], "module": value["module"]}
        return {"id": value["id"]} if one.type == "consent_lookup" else value


def _leaves(where: Where) -> list[Condition]:
    return [where] if isinstance(where, Condition) else [*_leaves(where.left), *_leaves(where.right)]


def _mask(where: Where, test: Any) -> Mask:
    if isinstance(where, Both):
        left, right = _mask(where.left, test), _mask(where.right, test)
        return left & right if where.word == "and" else left | right
    found: Mask = test(where)
    return found


def _column(records: Records, found: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    columns = {"id": records.ids, "Created_Time": records.created, "Modified_Time": records.modified}
    if name not in columns:
        raise bad("INVALID_QUERY", "cannot sort by this column here", column_name=name)
    return columns[name][found]


def _number(one: Condition) -> list[int]:
    try:
        if one.name == "id":
            return [int(value) for value in one.values]
        return [round(datetime.fromisoformat(value).timestamp()) for value in one.values]
    except ValueError:
        raise bad("INVALID_QUERY", "value given seems to be invalid", column_name=one.name) from None


def _compare(column: NDArray[np.int64], one: Condition, numbers: list[int]) -> Mask:
    first = numbers[0]
    tests: dict[str, Any] = {
        "=": column == first,
        "!=": column != first,
        ">": column > first,
        ">=": column >= first,
        "<": column < first,
        "<=": column <= first,
        "in": np.isin(column, numbers),
        "between": (column >= first) & (column <= numbers[-1]),
    }
    return np.asarray(tests[one.operator], dtype=bool)


def _matches(value: Any, one: Condition) -> bool:
    if one.operator == "is null":
        return value is None
    if one.operator == "is not null":
        return value is not None
    text = value["id"] if isinstance(value, dict) else value
    if one.name == "id" and one.operator in {">", ">="}:
        return int(str(text)) > int(one.values[0]) - (one.operator == ">=")
    return value is not None and str(text) in one.values and one.operator in {"=", "in"}


def add_coql(routes: Routes) -> Coql:
    """The route of queries."""
    coql = Coql(routes)
    routes.add("POST", "/crm/{version}/coql", coql.answer, area="coql")
    return coql


__all__ += ["Coql"]
