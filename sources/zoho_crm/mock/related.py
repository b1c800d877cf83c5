"""Related lists: attachments of a record, contact roles of a deal, members of a campaign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lakeflow_sources.testing.samples import number_of, scatter

from .account import Account
from .calls import Routes, envelope, whole
from .listing import Listing
from .refusals import bad

__all__ = ["Related", "add_related"]

_PAGE = 200
_ROLES = ({"name": "Decision Maker", "id": "80"}, {"name": "Purchasing", "id": "81"})
_LISTS = {
    ("Deals", "Contact_Roles"): "Contacts",
    ("Campaigns", "Leads"): "Leads",
    ("Campaigns", "Contacts"): "Contacts",
}


class Related:
    """Rows that are asked for parent by parent."""

    def __init__(self, routes: Routes, listing: Listing) -> None:
        self._account: Account = routes.account
        self._listing = listing

    def rows(self, module: str, related: str, index: int) -> list[dict[str, Any]]:
        """The rows of one parent."""
        if related == "Attachments":
            return self._attachments(module, index)
        target = _LISTS[module, related]
        records = self._account.records[target]
        draw = scatter(number_of(self._account.seed, module, related), index)
        found: list[tuple[int, int]] = []
        for place in range(draw % 4):
            other = (draw >> 5 + place) % max(1, len(records.ids))
            if other < len(records.ids) and records.state[other] == 0 and other not in [one[0] for one in found]:
                found.append((other, place))
        return [self._row(target, related, other, place) for other, place in found]

    def _row(self, target: str, related: str, index: int, place: int) -> dict[str, Any]:
        row = self._account.row(self._account.modules[target], index, whole=False)
        if related == "Contact_Roles":
            return {**row, "Contact_Role": _ROLES[place % 2] if place else None}
        return {**row, "Member_Status": "Planned" if place else None}

    def _attachments(self, module: str, index: int) -> list[dict[str, Any]]:
        records = self._account.records["Attachments"]
        own = str(self._account.records[module].ids[index])
        found = []
        for one in records.live.tolist():
            row = self._account.row(self._account.modules["Attachments"], one)
            parent = row["Parent_Id"]
            if parent and parent["id"] == own and parent["module"]["api_name"] == module:
                found.append(row)
        return found

    async def answer(self, request: web.Request) -> web.Response:
        """`GET /{module}/{id}/{related list}`."""
        module, related = self._listing.module(request), request.match_info["related"]
        if related != "Attachments" and (module.name, related) not in _LISTS:
            raise bad("INVALID_DATA", "the relation name given seems to be invalid", resource_path_index=2)
        names = [name for name in request.query.get("fields", "").split(",") if name]
        if not names:
            raise bad("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", param_name="fields")
        index = self._account.records[module.name].find(request.match_info["id"])
        if index is None:
            raise bad("INVALID_DATA", "the related id given seems to be invalid", resource_path_index=1)
        rows = self.rows(module.name, related, index)
        shown = [{"id": row["id"], **{name: row.get(name) for name in names}} for row in rows]
        page, size = whole(request, "page", 1, most=10), whole(request, "per_page", _PAGE, most=_PAGE)
        part = shown[(page - 1) * size : page * size]
        return envelope("data", part, per_page=size, page=page, count=len(part), more_records=page * size < len(shown))


def add_related(routes: Routes, listing: Listing) -> Related:
    """The route of related lists."""
    related = Related(routes, listing)
    routes.add("GET", "/crm/{version}/{module}/{id:[0-9]+}/{related}", related.answer)
    return related
