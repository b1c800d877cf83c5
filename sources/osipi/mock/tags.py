"""Tags of all types, and the values that a tag has by the number of its event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakeflow_sources.testing.samples import TEXTS, scatter

from .times import SECOND, text

__all__ = ["STATES", "SYSTEM", "Tag", "make_tag", "value_of"]

STATES = ("Closed", "Open", "Moving", 'Jammed "hard"', "Störung")
SYSTEM = (("I/O Timeout", 246), ("Pt Created", 253), ("Bad Input", 255), ("Shutdown", 254), ("No Data", 248))
_TYPES = (
    "Float32",
    "Float64",
    "Int32",
    "Digital",
    "Float32",
    "String",
    "Int64",
    "Float16",
    "Int16",
    "Timestamp",
    "Float32",
    "Digital",
)
_GAPS = (60 * SECOND, 300 * SECOND, 3600 * SECOND, 20 * SECOND, 900 * SECOND, 6 * 3600 * SECOND)
_BAD_EVERY = 29
_AWKWARD = ("Ünïté", "O'Brien", "a,b", "100%", "x&y=z", "+plus", "数", "#hash")


@dataclass(frozen=True, slots=True)
class Tag:
    """A point of the archive; *gap* is the usual time between two events, in ticks."""

    index: int
    server: int
    webid: str
    name: str
    kind: str
    gap: int
    units: str
    burst: int = 0
    """Events that share one timestamp in the middle of the tag's history."""
    broken: int = 0
    """Status that asking for values answers."""


def make_tag(index: int, servers: int, burst: int, gap: int = 0) -> Tag:
    """The tag with this number; the same for every process."""
    kind = _TYPES[index % len(_TYPES)]
    plain = ("SINUSOID", "CDT158")[index] if index in (0, 1) else f"Plant{index % 5}.{kind}.{index:05d}"
    name = f"{plain}.{_AWKWARD[index % len(_AWKWARD)]}" if index % 17 == 13 else plain
    units = {"Float32": "°C", "Float64": "kg/s", "Int32": "rpm"}.get(kind, "")
    spread = scatter(7, index)
    return Tag(
        index=index,
        server=index % servers,
        webid=f"F1DPmock{scatter(1, index) % 2**28:07x}{index:06d}",
        name=name,
        kind=kind,
        gap=gap or (_GAPS[1] if index == 0 else _GAPS[spread % len(_GAPS)]),
        units=units,
        burst=burst if index == 0 else 0,
    )


def value_of(tag: Tag, number: int) -> tuple[Any, bool]:
    """The JSON value of an event, and whether it is good."""
    chance = scatter(tag.index * 7919 + 11, number)
    if chance % _BAD_EVERY == 0:
        name, code = SYSTEM[chance // _BAD_EVERY % len(SYSTEM)]
        return {"Name": name, "Value": code, "IsSystem": True}, False
    return _good(tag.kind, chance, number), True


def _good(kind: str, chance: int, number: int) -> Any:
    if kind in ("Float32", "Float16", "Float64"):
        return (chance % 2_000_000 - 1_000_000) / 1000 if chance % 11 else chance % 100
    if kind == "Int16":
        return chance % 65_536 - 32_768
    if kind == "Int32":
        return chance % 2**32 - 2**31
    if kind == "Int64":
        return chance % 2**63 - 2**62 if chance % 3 else 9_007_199_254_740_993
    if kind == "Digital":
        code = chance % len(STATES)
        return {"Name": STATES[code], "Value": code, "IsSystem": False}
    if kind == "Timestamp":
        return text((chance % 2**31) * SECOND + number)
    return TEXTS[chance % len(TEXTS)]
