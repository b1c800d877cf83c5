"""What changes rarely: owners, properties, pipelines, schemas and the usage of the account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import NAMES, number_of

from .account import PORTAL, Account, Thing
from .catalogue import Property
from .values import OPTIONS

__all__ = ["Reference"]

_DAILY = 250_000
_LEFT = 6  # every sixth owner has left
_STAGES = ("appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost", "1", "2")


class Reference:
    """The same rows for the API and for tests."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def owners(self, *, archived: bool) -> list[dict[str, Any]]:
        """Users, those who left apart from the others."""
        all_of_them = (self._owner(place) for place in range(self.account.amounts["owners"]))
        return [owner for owner in all_of_them if owner["archived"] is archived]

    def _owner(self, place: int) -> dict[str, Any]:
        key = number_of(self.account.seed, "owner", place)
        left = place % _LEFT == _LEFT - 1
        owner: dict[str, Any] = {
            "id": str(41_000_000 + 7919 * place),
            "email": f"owner{place}@example.com",
            "type": "QUEUE" if place % 10 == 7 else "PERSON",
            "firstName": NAMES[key % len(NAMES)],
            "lastName": NAMES[(key >> 8) % len(NAMES)],
            "userId": None if left else 9_000_000 + place,
            "userIdIncludingInactive": 9_000_000 + place,
            "createdAt": self.account.moment(key),
            "updatedAt": self.account.moment(key // 2),
            "archived": left,
        }
        if place % 2:
            owner["teams"] = [{"id": str(178_588 + key % 3), "name": f'Team "{key % 3}"', "primary": key % 2 == 0}]
        return owner

    def properties(self, thing: Thing, *, archived: bool = False) -> list[dict[str, Any]]:
        """Definitions of an object type's properties; removed ones count as archived."""
        found = thing.values.removed if archived else thing.values.properties
        return [self._property(thing, one, archived=archived) for one in found.values()]

    def _property(self, thing: Thing, one: Property, *, archived: bool) -> dict[str, Any]:
        options = OPTIONS.get(one.fill, ()) if one.type == "enumeration" else ()
        system = one.fill in {"id", "created", "modified"}
        shown: dict[str, Any] = {
            "name": one.name,
            "label": one.label,
            "type": one.type,
            "fieldType": one.field_type,
            "description": f"About “{one.label}”,\nin two lines",
            "groupName": f"{thing.kind.singular}information",
            "options": [_option(value, place) for place, value in enumerate(options)],
            "displayOrder": -1,
            "calculated": one.field_type.startswith("calculation"),
            "externalOptions": one.fill == "owner",
            "hasUniqueValue": one.unique,
            "hidden": system,
            "hubspotDefined": one.defined,
            "formField": not system,
            "dataSensitivity": "non_sensitive",
            "modificationMetadata": {
                "archivable": not one.defined,
                "readOnlyValue": system,
                "readOnlyDefinition": True,
            },
            "createdAt": "2019-08-06T02:41:08.029Z",
            "updatedAt": self.account.moment(number_of(thing.kind.api, one.name)),
        }
        if one.fill == "owner":
            shown["referencedObjectType"] = "OWNER"
        return {**shown, "archived": True, "archivedAt": iso(self.account.clock.now())} if archived else shown

    def pipelines(self, thing: Thing) -> list[dict[str, Any]]:
        """Pipelines of an object type with their stages; none for types without."""
        if thing.kind.api not in self.account.piped():
            return []
        return [self._pipeline(thing, name, place) for place, name in enumerate(OPTIONS["pipeline"])]

    def _pipeline(self, thing: Thing, name: str, place: int) -> dict[str, Any]:
        key = number_of(self.account.seed, thing.kind.api, name)
        stages = _STAGES[: len(_STAGES) - place]
        return {
            "id": name,
            "label": f"{thing.kind.singular.capitalize()} pipeline №{place}, “main”",
            "displayOrder": place,
            "createdAt": self.account.moment(key),
            "updatedAt": self.account.moment(key // 2),
            "archived": False,
            "stages": [self._stage(key, stage, order) for order, stage in enumerate(stages)],
        }

    def _stage(self, key: int, name: str, order: int) -> dict[str, Any]:
        stage = {
            "id": name,
            "label": name.capitalize(),
            "displayOrder": order,
            "metadata": {"isClosed": str(name.startswith("closed")).lower(), "probability": f"{order / 10:.1f}"},
            "createdAt": self.account.moment(key // 3 + order),
            "updatedAt": self.account.moment(key // 5 + order),
            "archived": order == len(_STAGES) - 1,
        }
        return {**stage, "archivedAt": self.account.moment(key // 7)} if stage["archived"] else stage

    def schemas(self) -> list[dict[str, Any]]:
        """Definitions of the custom objects."""
        return [self._schema(thing) for thing in self.account.things.values() if thing.kind.custom]

    def _schema(self, thing: Thing) -> dict[str, Any]:
        kind = thing.kind
        return {
            "id": kind.type_id.partition("-")[2],
            "objectTypeId": kind.type_id,
            "name": kind.api,
            "fullyQualifiedName": f"p{PORTAL}_{kind.api}",
            "labels": {"singular": kind.singular.capitalize(), "plural": kind.api.capitalize()},
            "primaryDisplayProperty": kind.defaults[0],
            "secondaryDisplayProperties": list(kind.defaults[1:2]),
            "requiredProperties": [kind.defaults[0]],
            "searchableProperties": [kind.defaults[0]],
            "properties": self.properties(thing),
            "associations": [],
            "createdAt": self.account.moment(number_of(kind.api)),
            "updatedAt": self.account.moment(number_of(kind.api) // 2),
            "archived": False,
        }

    def usage(self) -> list[dict[str, Any]]:
        """How much of the daily quota is spent, by the calls that this mock has counted."""
        now = datetime.fromtimestamp(self.account.clock.now() / 1000, UTC)
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        used = self.account.setup.journal.total
        return [
            {
                "name": "private-apps-api-calls-daily",
                "usageLimit": _DAILY,
                "currentUsage": used,
                "collectedAt": iso(self.account.clock.now()),
                "fetchStatus": "SUCCESS",
                "resetsAt": iso(round(midnight.timestamp() * 1000)),
            }
        ]


def _option(value: str, place: int) -> dict[str, Any]:
    return {"label": value.capitalize(), "value": value, "displayOrder": place, "hidden": False, "description": ""}
