"""What the account tells about itself: modules, fields, users, roles, tags, currencies and the like."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lakeflow_sources.testing.samples import number_of

from .account import Account
from .calls import Routes, envelope, whole
from .catalogue import HIDDEN, Field, Module
from .refusals import bad
from .resources import BORN, PERSON, RESOURCES
from .values import moment_text

__all__ = ["Metadata", "add_metadata"]

_PAGE = 200


class Metadata:
    """The settings endpoints; each resource is a list of rows."""

    def __init__(self, routes: Routes) -> None:
        self._account: Account = routes.account
        self._page = int(routes.account.setup.number("users_page", _PAGE))

    def modules(self) -> list[dict[str, Any]]:
        """All modules, readable or not."""
        return [self._module(place, one) for place, one in enumerate((*self._account.modules.values(), *HIDDEN))]

    def _module(self, place: int, one: Module) -> dict[str, Any]:
        return {
            "id": str(5_725_767_000_000_002_000 + place),
            "api_name": one.name,
            "module_name": one.name,
            "singular_label": one.name.rstrip("s"),
            "plural_label": one.name.replace("_", " "),
            "generated_type": one.generated,
            "api_supported": one.supported,
            "viewable": True,
            "visible": True,
            "creatable": True,
            "editable": True,
            "deletable": True,
            "modified_time": moment_text(BORN + place) if place % 2 else None,
            "parent_module": {"api_name": one.parent, "id": "1"} if one.parent else {},
        }

    def fields(self, module: Module) -> list[dict[str, Any]]:
        """The fields of a module as its metadata shows them."""
        return [self._field(module, one) for one in module.fields]

    def _field(self, module: Module, one: Field) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": str(number_of(module.name, one.name) % 10**15),
            "api_name": one.name,
            "field_label": one.name.replace("_", " "),
            "display_label": one.name.replace("_", " "),
            "data_type": one.shown,
            "json_type": one.json,
            "length": 255,
            "decimal_place": one.decimals,
            "precision": one.decimals,
            "visible": one.visible,
            "custom_field": module.generated == "custom",
            "virtual_field": one.type == "tag",
            "read_only": False,
            "system_mandatory": one.display,
            "display_field": one.display,
            "pick_list_values": [{"display_value": text, "actual_value": text} for text in one.options],
            "lookup": {},
            "multiselectlookup": {},
            "associated_module": None,
            "formula": {},
            "rollup_summary": {},
        }
        return shown | self._leads_to(module, one) | dict(one.facts)

    def _leads_to(self, module: Module, one: Field) -> dict[str, Any]:
        """What a field tells of other modules, and of its own result."""
        if one.type == "multi_module_lookup":
            return {"pick_list_values": []}
        if one.type in {"lookup", "consent_lookup"} and one.target in self._account.modules:
            return {
                "lookup": {"display_label": one.name, "api_name": None, "module": {"api_name": one.target, "id": "1"}}
            }
        if one.type == "subform":
            return {"associated_module": {"module": one.target, "id": "1"}}
        if one.type == "multiselectlookup":
            link = {"module": {"api_name": "Projects_X_Contacts", "id": "1"}, "lookup_field": {"api_name": module.name}}
            return {"multiselectlookup": {"linking_details": link}}
        return (
            {"formula" if one.type == "formula" else "rollup_summary": {"return_type": one.returns}}
            if one.returns
            else {}
        )

    def tags(self, module: Module) -> list[dict[str, Any]]:
        """The tags of a module with who made them."""
        more = {"created_by": PERSON, "modified_by": PERSON, "created_time": moment_text(BORN)}
        return [{**tag, **more, "modified_time": moment_text(BORN + 9)} for tag in self._account.tags(module)]

    def layouts(self, module: Module) -> list[dict[str, Any]]:
        """The layouts of a module."""
        return [{"id": "91055", "name": "Standard", "status": "active", "module": module.name}]

    def pipelines(self) -> list[dict[str, Any]]:
        """The sales pipelines of the layout of deals."""
        maps = [
            {"id": f"95{place}", "display_value": name, "actual_value": name, "sequence_number": place + 1,
             "forecast_type": "Open", "forecast_category": {"name": "Pipeline", "id": "5"}, "colour_code": None}
            for place, name in enumerate(("Qualification", "Closed Won"))
        ]  # fmt: skip
        return [{"id": "94", "display_value": "Standard", "actual_value": "Standard", "default": True, "maps": maps}]

    async def _users(self, request: web.Request) -> web.Response:
        kind = request.query.get("type", "AllUsers")
        gone = [user for user in self._account.users if user["status"] == "deleted"]
        rows = gone if kind == "DeletedUsers" else [user for user in self._account.users if user not in gone]
        page, size = (
            whole(request, "page", 1, most=10**6),
            min(self._page, whole(request, "per_page", _PAGE, most=_PAGE)),
        )
        shown = rows[(page - 1) * size : page * size]
        info = {"per_page": size, "count": len(shown), "page": page, "more_records": page * size < len(rows)}
        return envelope("users", shown, **info)

    async def _fields(self, request: web.Request) -> web.Response:
        return envelope("fields", self.fields(self._named(request)))

    async def _tags(self, request: web.Request) -> web.Response:
        module = self._named(request)
        if module.generated in {"subform", "linking"}:
            raise bad("INVALID_MODULE", "the given module is not supported for this api")
        rows = self.tags(module)
        return envelope("tags", rows, count=len(rows), allowed_count=100)

    async def _layouts(self, request: web.Request) -> web.Response:
        return envelope("layouts", self.layouts(self._named(request)))

    async def _pipelines(self, request: web.Request) -> web.Response:
        if request.query.get("layout_id") != "91055":
            raise bad("INVALID_DATA", "the layout id given seems to be invalid", param_name="layout_id")
        return envelope("pipeline", self.pipelines())

    def _named(self, request: web.Request) -> Module:
        module = self._account.module(request.query.get("module", ""))
        if module is None:
            raise bad("INVALID_MODULE", "the module name given seems to be invalid")
        return module

    def add(self, routes: Routes) -> None:
        """The routes of all of them."""

        def listed(name: str) -> Any:
            async def handler(_request: web.Request) -> web.Response:
                return envelope(name, list(RESOURCES[name]))

            return handler

        async def modules(_request: web.Request) -> web.Response:
            return envelope("modules", self.modules())

        settings = "/crm/{version}/settings/"
        routes.add("GET", f"{settings}modules", modules, area="modules")
        routes.add("GET", f"{settings}fields", self._fields)
        routes.add("GET", f"{settings}tags", self._tags, area="tags")
        routes.add("GET", f"{settings}layouts", self._layouts)
        routes.add("GET", f"{settings}pipeline", self._pipelines)
        for name in ("roles", "profiles", "territories"):
            routes.add("GET", f"{settings}{name}", listed(name), area=name)
        routes.add("GET", "/crm/{version}/users", self._users, area="users")
        routes.add("GET", "/crm/{version}/org", listed("org"), area="org")
        routes.add("GET", "/crm/{version}/org/currencies", listed("currencies"), area="currencies")
        routes.add("GET", "/crm/{version}/{contacts:[Cc]ontacts}/roles", listed("contact_roles"))


def add_metadata(routes: Routes) -> Metadata:
    """The routes of the account's settings."""
    metadata = Metadata(routes)
    metadata.add(routes)
    return metadata
