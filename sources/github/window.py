"""The time span of a read, in GitHub's words: whole seconds, UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

from lakeflow_sources import EPOCH, Read, moment

__all__ = ["SECOND", "bounds", "midnight", "text", "within"]

SECOND = timedelta(seconds=1)


def bounds(read: Read) -> tuple[datetime | None, datetime | None]:
    """Where the changes begin that are read, `None` for all there is, and the end that does not belong to them."""
    if read.window is None:
        return None, None
    return (read.window.start if read.window.start > EPOCH else None), read.window.end


def text(moment: datetime) -> str:
    """*moment* as parameters want it; a part of a second is cut off."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(moment: datetime) -> datetime:
    """The beginning of its day: bounds that stay the same for a day make addresses that a cache knows again."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def within(read: Read, changed: str) -> bool:
    """Whether something that *changed* then belongs to the window of the read."""
    return read.window is None or read.window.start <= moment(changed) < read.window.end
