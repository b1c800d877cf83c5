"""What a call asked for: values in its query, its JSON body or its headers, by dotted names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lakeflow_sources.decode import dig

__all__ = ["Call", "CallRefusedError", "instant"]

_MILLIS = 100_000_000_000  # seconds of the year 5138: a larger number counts milliseconds


class CallRefusedError(ValueError):
    """The call asks for something that the API does not understand."""


@dataclass(frozen=True)
class Call:
    """One call; *matched* are the values of the names in its path."""

    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    matched: Mapping[str, str]

    def value(self, name: str, where: str) -> Any:
        """What it says at *name* of its `query`, `body` or `header`, or `None`."""
        if where == "body":
            return dig(self.body, name)
        return (self.headers if where == "header" else self.query).get(name)

    def number(self, name: str, where: str, default: int) -> int:
        """The same as a whole number that is not negative."""
        value = self.value(name, where)
        if value in (None, ""):
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = -1
        if number < 0:
            raise CallRefusedError(f"{name}={value!r} is no number")
        return number


def instant(value: Any) -> datetime:
    """A time in ISO 8601, or in seconds or milliseconds since 1970; raises `CallRefusedError`."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        pass
    else:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLIS else number, UTC)
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise CallRefusedError(f"{value!r} is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
