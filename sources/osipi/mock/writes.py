"""What tests may do to the plant between two reads.

add      tag= time= values=[...] good=     events of a tag, at `time` or now; several share the time
edit     tag= time= value=                 another value for the first event at or after `time`
remove   tag= time=                        drop the first event at or after `time`
break    tag= status=                      its values answer this status; 0 makes it whole again
hide     tag=                              these credentials may not see it any more
fail     text=                             the next set of recorded values breaks off with HTTP 200
frame    start= end=                       a new event frame; open without end
close    webid= end=                       end an open frame
acknowledge   webid= by=
drop_element  webid=
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeflow_sources.errors import ConfigurationError

from .frames import Frames
from .plant import Plant
from .streams import Streams
from .tags import Tag
from .times import text, ticks

__all__ = ["Writes"]


class Writes:
    """The actions by name."""

    def __init__(self, plant: Plant, streams: Streams, frames: Frames) -> None:
        self._plant, self._streams, self._frames = plant, streams, frames

    def __call__(self, action: str, values: Mapping[str, Any]) -> Any:
        """Do *action*; raises `ConfigurationError` for one that does not exist."""
        found = getattr(self, f"_do_{action}", None)
        if found is None:
            known = sorted(name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_"))
            raise ConfigurationError(f"There is no action {action!r}", f"use {', '.join(known)}")
        return found(values)

    def _tag(self, values: Mapping[str, Any]) -> Tag:
        wanted = values["tag"]
        for one in self._plant.tags:
            if wanted in (one.index, one.name, one.webid):
                return one
        raise ConfigurationError(f"There is no tag {wanted!r}")

    def _time(self, values: Mapping[str, Any], name: str = "time") -> int:
        now = self._plant.now()
        return ticks(str(values[name]), now) if name in values else now

    def _do_add(self, values: Mapping[str, Any]) -> str:
        moment = self._time(values)
        for value in values["values"]:
            self._plant.archive.add(self._tag(values), moment, value, good=bool(values.get("good", True)))
        return text(moment)

    def _do_edit(self, values: Mapping[str, Any]) -> str:
        return text(self._plant.archive.edit(self._tag(values), self._time(values), values["value"]))

    def _do_remove(self, values: Mapping[str, Any]) -> str:
        return text(self._plant.archive.remove(self._tag(values), self._time(values)))

    def _do_break(self, values: Mapping[str, Any]) -> None:
        webid = self._tag(values).webid
        self._plant.broken.pop(webid, None)
        if values["status"]:
            self._plant.broken[webid] = int(values["status"])

    def _do_hide(self, values: Mapping[str, Any]) -> None:
        self._plant.hidden.add(self._tag(values).webid)

    def _do_fail(self, values: Mapping[str, Any]) -> None:
        self._streams.failing.append(str(values.get("text", "The operation timed out.")))

    def _do_frame(self, values: Mapping[str, Any]) -> str:
        end = self._time(values, "end") if "end" in values else None
        return str(self._frames.create(self._time(values, "start"), end)["WebId"])

    def _do_close(self, values: Mapping[str, Any]) -> None:
        self._frames.close(str(values["webid"]), self._time(values, "end"))

    def _do_acknowledge(self, values: Mapping[str, Any]) -> None:
        now = text(self._plant.now())
        self._frames.find(str(values["webid"])).update(
            IsAcknowledged=True, AcknowledgedBy=values.get("by", "ada"), AcknowledgedDate=now
        )

    def _do_drop_element(self, values: Mapping[str, Any]) -> None:
        for rows in self._plant.elements.values():
            rows[:] = [one for one in rows if one["WebId"] != values["webid"]]
