"""What the org tells about itself: versions, objects, fields, limits, and the content of base64 fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from aiohttp import web

from lakeflow_sources.testing.answers import json_answer
from lakeflow_sources.testing.vendor import Route

from .calls import data_route, version_of
from .catalogue import Kind
from .fields import Field
from .org import Org, Thing
from .records import LIVE
from .refusals import not_found
from .values import blob

__all__ = ["description", "metadata_routes"]

_WIDE = {"string": 255, "textarea": 32_000, "picklist": 255, "id": 18, "reference": 18, "multipicklist": 4099}
_SERVED = (("Winter '26", 65), ("Spring '26", 66), ("Summer '26", 67))


class Metadata:
    """The handlers."""

    def __init__(self, org: Org) -> None:
        self.org = org

    async def versions(self, _request: web.Request) -> web.Response:
        """Served versions, for everybody."""
        return json_answer(
            [
                {"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
                for label, number in _SERVED
            ]
        )

    async def objects(self, request: web.Request) -> web.Response:
        """All objects, without their fields."""
        version = version_of(request)
        shown = [_summary(thing.kind, version) for thing in self.org.things.values()]
        return json_answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})

    async def describe(self, request: web.Request) -> web.Response:
        """One object with its fields."""
        thing = self.org.thing(request.match_info["object"])
        return json_answer(description(thing.kind, version_of(request)))

    async def limits(self, _request: web.Request) -> web.Response:
        """What is left of the day."""
        left = max(0, self.org.daily_most - self.org.daily_used)
        return json_answer(
            {
                "DailyApiRequests": {"Max": self.org.daily_most, "Remaining": left},
                "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 9_999},
                "DailyBulkV2QueryFileStorageMB": {"Max": 976_562, "Remaining": 976_562},
            }
        )

    async def count(self, request: web.Request) -> web.Response:
        """Approximate numbers of records."""
        names = request.query.get("sObjects", "")
        found = [self.org.things.get(name.strip().lower()) for name in names.split(",")]
        shown = [{"name": one.kind.name, "count": _live(one)} for one in found if one is not None and one.kind.bulk]
        return json_answer({"sObjects": shown})

    async def content(self, request: web.Request) -> web.Response:
        """The bytes of a base64 field."""
        thing = self.org.thing(request.match_info["object"])
        field = thing.kind.find(request.match_info["field"])
        index = thing.records.find(request.match_info["id"])
        if field is None or field.type != "base64" or index is None:
            raise not_found()
        content = blob(thing.records.id(index), field.name)
        return web.Response(body=content, content_type="application/octet-stream")


def _live(thing: Thing) -> int:
    return int(np.count_nonzero(thing.records.state == LIVE))


def _summary(kind: Kind, version: str) -> dict[str, Any]:
    base = f"/services/data/v{version}/sobjects/{kind.name}"
    return {
        "name": kind.name,
        "label": kind.name.replace("__", " ").title(),
        "keyPrefix": kind.prefix,
        "custom": kind.custom,
        "customSetting": kind.name == "Setting__c",
        "deprecatedAndHidden": False,
        "queryable": kind.queryable,
        "replicateable": kind.replicateable and kind.queryable,
        "retrieveable": kind.queryable,
        "urls": {"sobject": base, "describe": f"{base}/describe"},
    }


def description(kind: Kind, version: str) -> dict[str, Any]:
    """What describe tells of an object."""
    return {**_summary(kind, version), "fields": [_field(one) for one in kind.fields], "childRelationships": []}


def _field(one: Field) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.name.removesuffix("__c").replace("_", " "),
        "type": one.type,
        "length": _WIDE.get(one.type, 0),
        "precision": one.precision if one.type in {"double", "currency", "percent"} else 0,
        "scale": one.scale,
        "digits": one.precision if one.type == "int" else 0,
        "nillable": one.type != "boolean" and one.fill not in {"id", "created", "stamp"},
        "compoundFieldName": one.compound or None,
        "calculated": one.calculated,
        "referenceTo": list(one.to),
        "relationshipName": one.relationship or None,
        "custom": one.name.endswith(("__c", "__s")),
        "filterable": one.type not in {"textarea", "base64", "address", "location"},
        "sortable": one.type not in {"textarea", "base64", "address", "location", "multipicklist"},
        "picklistValues": [],
    }


def metadata_routes(org: Org) -> list[Route]:
    """The routes of everything that is no record."""
    metadata = Metadata(org)
    return [
        Route("GET", "/services/data", metadata.versions, signed=False),
        data_route(org, "GET", "/sobjects", metadata.objects),
        data_route(org, "GET", "/sobjects/{object}/describe", metadata.describe),
        data_route(org, "GET", "/limits", metadata.limits),
        data_route(org, "GET", "/limits/recordCount", metadata.count),
        data_route(org, "GET", "/sobjects/{object}/{id}/{field}", metadata.content, limit="content"),
    ]
