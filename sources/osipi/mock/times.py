"""Time in ticks of 100 nanoseconds since 1970, and the texts in which PI writes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from .refusals import Refused

__all__ = ["DAY", "SECOND", "span", "text", "ticks"]

SECOND = 10_000_000
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": DAY, "w": 7 * DAY}
_OFFSET = re.compile(r"(?P<base>\*|t|today|y|yesterday)(?P<offset>[+-]\d+(?:\.\d+)?(?:ms|[smhdw]))?", re.IGNORECASE)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,7})\d*)?(Z|[+-]\d\d:\d\d)?", re.IGNORECASE)


def ticks(word: str, now: int) -> int:
    """A PI time expression or an ISO text as ticks; raises the vendor's 400."""
    if match := _OFFSET.fullmatch(word.strip()):
        base = {"*": now, "t": now // DAY * DAY, "y": now // DAY * DAY - DAY}[match["base"][0].lower()]
        offset = match["offset"]
        return base + (span(offset[1:]) * (-1 if offset[0] == "-" else 1) if offset else 0)
    if match := _ISO.fullmatch(word.strip()):
        moment = datetime.fromisoformat(match[1] + (match[3] or "Z").upper().replace("Z", "+00:00"))
        whole = (moment - _EPOCH) // timedelta(seconds=1) * SECOND
        return whole + int((match[2] or "0").ljust(7, "0"))
    raise Refused(HTTPStatus.BAD_REQUEST, f"The time string '{word}' cannot be parsed.")


def span(word: str) -> int:
    """An interval such as `10m`."""
    match = _SPAN.fullmatch(word.strip())
    if not match:
        raise Refused(HTTPStatus.BAD_REQUEST, f"The interval '{word}' cannot be parsed.")
    return round(float(match[1]) * _UNITS[match[2].lower()])


def text(moment: int) -> str:
    """ISO text; the fraction has seven digits or is left out."""
    seconds, rest = divmod(moment, SECOND)
    whole = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{rest:07d}Z" if rest else f"{whole}Z"
