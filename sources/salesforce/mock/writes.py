"""How a test changes the data between two reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.clock import millis

from .catalogue import with_fields, without_field
from .doors import Doors
from .fields import Field
from .jobs import Jobs
from .org import Org, Thing
from .queries import Queries
from .records import LIVE
from .replication import Replication

__all__ = ["Writes"]


class Writes:
    """Actions on records (`create change touch delete undelete purge`), fields, and the service (the others).

    Records: *object* with *count*, or *ids*; *values* of fields; *stamp*, an ISO time in place of now, which may lie
    behind others as that of a late commit does. Fields (`add_field remove_field`): *object* and *name*.
    """

    def __init__(self, org: Org, doors: Doors, jobs: Jobs, queries: Queries, replication: Replication) -> None:
        self.org = org
        self._doors, self._jobs, self._queries, self._replication = doors, jobs, queries, replication

    def __call__(self, action: str, values: Mapping[str, Any]) -> Any:
        """Do *action*; raises `ConfigurationError` for one that does not exist."""
        found = getattr(self, f"_do_{action}", None)
        if found is None:
            known = sorted(name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_"))
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join(known)}")
        return found(values)

    def _chosen(self, values: Mapping[str, Any]) -> tuple[Thing, list[int]]:
        thing = self.org.known(str(values["object"]))
        if "ids" not in values:
            return thing, self.org.pick(thing, int(values.get("count", 1)))
        found = [thing.records.find(str(one)) for one in values["ids"]]
        if None in found:
            raise ConfigurationError(f"Some of the ids are no records of {thing.kind.name}")
        return thing, [one for one in found if one is not None]

    def _stamp(self, values: Mapping[str, Any]) -> int:
        return millis(str(values["stamp"])) // 1000 if "stamp" in values else self.org.now()

    def _ids(self, thing: Thing, indexes: list[int]) -> list[str]:
        return [thing.records.id(one) for one in indexes]

    def _do_create(self, values: Mapping[str, Any]) -> list[str]:
        thing = self.org.known(str(values["object"]))
        made = list(thing.records.create(int(values.get("count", 1)), self._stamp(values)))
        if values.get("values"):
            thing.records.change(made, _texts(values["values"]), self._stamp(values))
        return self._ids(thing, made)

    def _do_change(self, values: Mapping[str, Any]) -> list[str]:
        thing, indexes = self._chosen(values)
        thing.records.change(indexes, _texts(values.get("values") or {}), self._stamp(values))
        return self._ids(thing, indexes)

    def _do_touch(self, values: Mapping[str, Any]) -> list[str]:
        """An automated change: the stamp moves, the date of modification does not."""
        thing, indexes = self._chosen(values)
        thing.records.change(indexes, {}, self._stamp(values), automated=True)
        return self._ids(thing, indexes)

    def _do_delete(self, values: Mapping[str, Any]) -> list[str]:
        thing, indexes = self._chosen(values)
        thing.records.delete([one for one in indexes if thing.records.state[one] == LIVE], self._stamp(values))
        return self._ids(thing, indexes)

    def _do_undelete(self, values: Mapping[str, Any]) -> list[str]:
        thing, indexes = self._chosen(values)
        thing.records.undelete(indexes, self._stamp(values))
        return self._ids(thing, indexes)

    def _do_purge(self, values: Mapping[str, Any]) -> list[str]:
        """A hard delete, or the recycle bin emptied: gone from queryAll, known to the delete log."""
        thing, indexes = self._chosen(values)
        found = self._ids(thing, indexes)
        thing.records.purge(indexes, self._stamp(values))
        return found

    def _do_add_field(self, values: Mapping[str, Any]) -> None:
        """A text field of the org's own; no stamp moves."""
        thing = self.org.known(str(values["object"]))
        thing.kind = with_fields(thing.kind, (Field(str(values["name"]), "string", "text"),))

    def _do_remove_field(self, values: Mapping[str, Any]) -> None:
        """A field of the org's own is deleted, or hidden from the user; no stamp moves."""
        thing, name = self.org.known(str(values["object"])), str(values["name"])
        if thing.kind.find(name) is None or not name.endswith("__c"):
            raise ConfigurationError(f"{thing.kind.name} has no field {name!r} that can be removed")
        thing.kind = without_field(thing.kind, name)

    def _do_drift(self, values: Mapping[str, Any]) -> None:
        """A formula gives other values while no stamp moves."""
        thing = self.org.known(str(values["object"]))
        for index in range(len(thing.records)):
            changes = thing.records.changes.setdefault(index, {})
            changes |= _texts(values["values"])
        thing.records.version += 1

    def _do_purge_log(self, values: Mapping[str, Any]) -> None:
        """The delete log begins at *stamp* only."""
        self._replication.log_begins = self._stamp(values)

    def _do_fail_jobs(self, values: Mapping[str, Any]) -> None:
        """The next bulk jobs end as failed."""
        self._jobs.failures += [str(values.get("message", "InternalServerError"))] * int(values.get("count", 1))

    def _do_time_out(self, values: Mapping[str, Any]) -> None:
        """The next queries run out of time."""
        self._queries.timeouts = int(values.get("count", 1))

    def _do_forget_locators(self, _values: Mapping[str, Any]) -> None:
        self._queries.forget()

    def _do_spend(self, values: Mapping[str, Any]) -> None:
        """So many calls of the day are used."""
        self.org.daily_used = int(values["calls"])

    def _do_expire_password(self, _values: Mapping[str, Any]) -> None:
        self._doors.expired_password = True

    def _do_undescribe(self, values: Mapping[str, Any]) -> None:
        """The description of an object is refused, or shown again without *object*."""
        self.org.undescribed = {str(values["object"])} if "object" in values else set()

    def _do_watch(self, _values: Mapping[str, Any]) -> dict[str, int]:
        """Counters that calls alone do not tell."""
        return {
            "jobs_created": self._jobs.created,
            "jobs_deleted": self._jobs.deleted,
            "jobs_open": self._jobs.open,
            "logins": self._doors.logins,
            "calls_of_the_day": self.org.daily_used,
        }


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as text, as all values are kept."""
    return {
        name: str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        for name, value in values.items()
    }
