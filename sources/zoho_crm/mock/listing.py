"""Records of a module as the list shows them: pages, page tokens, times of change, single records, deleted ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer

from .account import Account
from .calls import Routes, empty, whole
from .catalogue import NESTED, Module
from .records import PERMANENT
from .refusals import bad
from .values import moment_text

__all__ = ["add_listing"]

_PAGE = 200
_FIELDS = 50
_LONGEST = 1_024
_SORTS = ("id", "Created_Time", "Modified_Time")
_NOT_MODIFIED = 304


class Listing:
    """The record endpoints of all modules."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._account: Account = routes.account
        setup = routes.account.setup
        self._discrete = int(setup.number("page_cap", 2_000))
        self._most = int(setup.number("token_cap", 100_000))
        self._inclusive = setup.flag("modified_since_inclusive")

    def module(self, request: web.Request, name: str = "module") -> Module:
        """The module of a path; raises `Refused` where the caller may not see it."""
        wanted = request.match_info[name]
        module = self._account.module(wanted)
        if wanted == "Locking_Information__s":
            self._account.denied.setdefault(wanted, "NO_PERMISSION")
        self._routes.check(wanted)
        if module is None or (
            module.name == "Attachments" and not self._account.setup.flag("attachments_list", default=True)
        ):
            raise bad("INVALID_MODULE", "the module name given seems to be invalid", resource_path_index=0)
        self._routes.check(module.name)
        return module

    async def records(self, request: web.Request) -> web.Response:
        """`GET /{module}`."""
        module = self.module(request)
        names = self._names(request)
        per_page = whole(request, "per_page", _PAGE, most=_PAGE)
        rows = self._candidates(module, request)
        if request.headers.get("If-Modified-Since") and not len(rows):
            return web.Response(status=_NOT_MODIFIED)
        start, page = self._place(request, per_page)
        chosen = rows[start : start + per_page]
        if not len(chosen):
            return empty()
        shown = (self._shown(module, one, names) for one in chosen)
        data = [row for row in shown if row["id"] not in self._account.hidden]
        return json_answer({"data": data, "info": self._info(request, (start, page, per_page), len(chosen), len(rows))})

    def _names(self, request: web.Request) -> list[str]:
        text = request.query.get("fields", "")
        names = [name for name in text.split(",") if name]
        if not names:
            raise bad("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", param_name="fields")
        if len(names) > _FIELDS or len(text) > _LONGEST:
            raise bad("LIMIT_EXCEEDED", "the number of fields exceeds the limit", limit=_FIELDS)
        return names

    def _candidates(self, module: Module, request: web.Request) -> Sequence[Any]:
        """Indexes of records, or ready rows of modules that have none of their own, in the order asked for."""
        sort, order = request.query.get("sort_by", "id"), request.query.get("sort_order", "desc")
        if sort not in _SORTS or order not in {"asc", "desc"}:
            raise bad("INVALID_DATA", "invalid sort", param_name="sort_by")
        if module.generated in {"subform", "linking"}:
            rows = self._account.items(module) if module.parent else self._account.links()
            rows = sorted(rows, key=lambda row: int(row["id"]) if sort == "id" else row.get(sort, ""))
            return rows if order == "asc" else rows[::-1]
        records = self._account.records[module.name]
        found = records.ordered(sort)
        since = request.headers.get("If-Modified-Since")
        if since:
            moment = round(datetime.fromisoformat(since).timestamp())
            times = records.modified[found]
            found = found[times >= moment if self._inclusive else times > moment]
        if module.name == "Leads" and request.query.get("converted", "false") != "both":
            wanted = request.query.get("converted") == "true"
            found = np.array([one for one in found.tolist() if (one in records.converted) is wanted], dtype=np.int64)
        if "ids" in request.query:
            if len(request.query["ids"]) > _LONGEST:
                raise bad("LIMIT_EXCEEDED", "too many ids")
            asked = {records.find(one) for one in request.query["ids"].split(",")}
            found = np.array([one for one in found.tolist() if one in asked], dtype=np.int64)
        ordered: list[int] = (found if order == "asc" else found[::-1]).tolist()
        return ordered

    def _place(self, request: web.Request, per_page: int) -> tuple[int, int]:
        token = request.query.get("page_token")
        if token is None:
            page = whole(request, "page", 1, most=10**9)
            if page * per_page > self._discrete:
                message = "You can only get the first 2000 records without using page_token param"
                raise bad("DISCRETE_PAGINATION_LIMIT_EXCEEDED", message, limit=self._discrete)
            return (page - 1) * per_page, page
        if "page" in request.query:
            raise bad("AMBIGUITY_DURING_PROCESSING", "page and page_token cannot be given together")
        bound, _, rest = token.partition("-")
        start, _, born = rest.partition("-")
        if bound != _bound(request):
            raise bad("TOKEN_BOUND_DATA_MISMATCH", "the token does not belong to these parameters")
        if self._account.now() > int(born) + 86_400:
            raise bad("EXPIRED_VALUE", "the page token has expired", param_name="page_token")
        if int(start) + per_page > self._most:
            raise bad("PAGINATION_LIMIT_EXCEEDED", "no more than 100000 records can be fetched", limit=self._most)
        return int(start), int(start) // per_page + 1

    def _info(self, request: web.Request, place: tuple[int, int, int], count: int, total: int) -> dict[str, Any]:
        start, page, per_page = place
        more = start + count < total
        now = self._account.now()
        return {
            "per_page": per_page,
            "count": count,
            "page": page,
            "sort_by": request.query.get("sort_by", "id"),
            "sort_order": request.query.get("sort_order", "desc"),
            "more_records": more,
            # A position, as adversarial as a token may be: rows that move shift all behind them.
            "next_page_token": f"{_bound(request)}-{start + count}-{now}" if more else None,
            "previous_page_token": None,
            "page_token_expiry": moment_text(now + 86_400) if more else None,
        }

    def _shown(self, module: Module, one: Any, names: Sequence[str]) -> dict[str, Any]:
        if isinstance(one, dict):
            return {"id": one["id"], **{name: one.get(name) for name in names if module.field(name)}}
        values = self._account.values[module.name]
        row: dict[str, Any] = {"id": str(self._account.records[module.name].ids[one])}
        for name in names:
            field = module.field(name)
            if field is not None and field.visible and field.type not in NESTED:
                row[name] = values.value(field, one)
        return row

    async def one(self, request: web.Request) -> web.Response:
        """`GET /{module}/{id}`: all fields."""
        module = self.module(request)
        records = self._account.records.get(module.name)
        index = records.find(request.match_info["id"]) if records else None
        if index is None:
            raise bad("INVALID_DATA", "the related id given seems to be invalid", resource_path_index=1)
        row = {**self._account.row(module, index), "$approved": True, "$editable": True, "$currency_symbol": "€"}
        return json_answer({"data": [row]})

    async def count(self, request: web.Request) -> web.Response:
        """`GET /{module}/actions/count`."""
        module = self.module(request)
        if module.name not in self._account.records:
            raise bad("NOT_SUPPORTED", "the given module is not supported for count", module=module.name)
        records = self._account.records[module.name]
        total = len(records.live)
        if module.name == "Leads" and request.query.get("converted", "false") != "both":
            total -= sum(index in records.converted for index in records.live.tolist())
        return json_answer({"count": total})

    async def deleted(self, request: web.Request) -> web.Response:
        """`GET /{module}/deleted`."""
        module = self.module(request)
        if module.name not in self._account.records or module.name in {"Notes", "Attachments"}:
            raise bad("INVALID_MODULE", "the module name given seems to be invalid", resource_path_index=0)
        records, kind = self._account.records[module.name], request.query.get("type", "all")
        since = request.headers.get("If-Modified-Since")
        floor = round(datetime.fromisoformat(since).timestamp()) if since else 0
        found = [
            one
            for one in records.deletions.values()
            if one.at >= floor and kind in {"all", "permanent" if one.permanent else "recycle"}
        ]
        found.sort(key=lambda one: (-one.at, one.index))
        page, per_page = whole(request, "page", 1, most=10**6), whole(request, "per_page", _PAGE, most=_PAGE)
        start = (page - 1) * per_page
        rows = [self.deletion(module, one.index) for one in found[start : start + per_page]]
        info = {"per_page": per_page, "count": len(rows), "page": page, "more_records": start + per_page < len(found)}
        return json_answer({"data": rows, "info": info}) if rows else empty()

    def deletion(self, module: Module, index: int) -> dict[str, Any]:
        """An entry of the deleted records."""
        records = self._account.records[module.name]
        one = records.deletions[index]
        user = {"name": self._account.users[0]["full_name"], "id": self._account.users[0]["id"]}
        return {
            "id": str(records.ids[index]),
            "display_name": None if records.state[index] == PERMANENT else self._account.name_of(module.name, index),
            "type": "permanent" if one.permanent else "recycle",
            "deleted_time": moment_text(one.at),
            "deleted_by": user,
            "created_by": user,
        }


def _bound(request: web.Request) -> str:
    """What a page token is tied to."""
    kept = sorted((name, value) for name, value in request.query.items() if name not in {"page", "page_token"})
    return sha256(repr((request.path, kept)).encode()).hexdigest()[:16]


def add_listing(routes: Routes) -> Listing:
    """The routes of records."""
    listing = Listing(routes)
    routes.add("GET", "/crm/{version}/{module}/actions/count", listing.count, area="count")
    routes.add("GET", "/crm/{version}/{module}/deleted", listing.deleted, cost=2, area="deleted")
    routes.add("GET", "/crm/{version}/{module}/{id:[0-9]+}", listing.one)
    routes.add("GET", "/crm/{version}/{module}", listing.records)
    return listing


__all__ += ["Listing"]
