"""Made-up records from a line for each field: `name fill`.

id url · name text short html · flag number small · made changed moment (nullable) date · ref:TABLE refs:TABLE
texts tags · pick:A|B|C · json actions conditions · null · =VALUE
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import NAMES, TEXTS, number_of

__all__ = ["Filler", "texts_of"]

_SOMETIMES = 5
_MONTH = 30 * 86_400
_SPAN = 2 * 365 * 86_400
_VALUES: tuple[Any, ...] = ("open", "", "360001", ["a", "b"], None, True, 7, {"any": "thing"})


def texts_of(key: int) -> str | None:
    """An awkward text, or none."""
    pool = (*TEXTS, "", None)
    return pool[key % len(pool)]


class Filler:
    """Fills records of one table; *ids* gives the ids of another one, *until* is the last second of the seeded past."""

    def __init__(self, seed: int, until: int, ids: Callable[[str], list[int]], ties: int = 0) -> None:
        self._seed, self._until, self._ids, self._ties = seed, until, ids, ties

    def made(self, table: str, index: int) -> int:
        """The second in which a record was made; several of them in the same, and the first *ties* tickets too."""
        if table == "tickets" and index < self._ties:
            return self._until - _MONTH
        shared = index - index % 3 if index % 2 else index
        return self._until - 86_400 - number_of(self._seed, table, shared, "made") % _SPAN

    def record(self, table: str, lines: str, key: int, index: int) -> dict[str, Any]:
        """The record with id *key*."""
        made = self.made(table, index)
        changed = made + number_of(self._seed, table, index, "changed") % 86_000
        facts = {"id": key, "url": f"https://acme.zendesk.com/api/v2/{table}/{key}.json"}
        facts |= {"made": iso(made * 1000), "changed": iso(changed * 1000)}
        fills = (line.partition(" ") for line in lines.strip().splitlines())
        return {name: self._value(table, name, fill, index, facts) for name, _, fill in fills}

    def _value(self, table: str, name: str, fill: str, index: int, facts: Mapping[str, Any]) -> Any:
        if fill in facts:
            return facts[fill]
        draw = number_of(self._seed, table, name, index)
        kind, _, rest = fill.partition(":")
        if kind == "ref":
            ids = self._ids(rest)
            return None if not ids or draw % _SOMETIMES == 0 else ids[draw % len(ids)]
        if kind == "refs":
            ids = self._ids(rest)
            return sorted({ids[(draw >> shift) % len(ids)] for shift in range(0, draw % 4 * 8, 8)}) if ids else []
        if kind == "pick":
            choices = rest.split("|")
            return choices[draw % len(choices)]
        if kind.startswith("="):
            return fill[1:]
        return _SIMPLE[kind](draw)


def _moment(draw: int) -> str | None:
    return None if draw % 3 == 0 else iso((1_600_000_000 + draw % 150_000_000) * 1000)


def _condition(draw: int) -> dict[str, Any]:
    return {"field": "status", "operator": "is", "value": _VALUES[draw % len(_VALUES)]}


_SIMPLE: Mapping[str, Callable[[int], Any]] = {
    "name": lambda draw: NAMES[draw % len(NAMES)],
    "text": texts_of,
    "short": lambda draw: f"value {draw % 1000}",
    "html": lambda draw: f"<p>{TEXTS[draw % len(TEXTS)]}</p>",
    "flag": lambda draw: draw % 2 == 0,
    "number": lambda draw: None if draw % 7 == 0 else draw % 10**12,
    "small": lambda draw: draw % 4,
    "moment": _moment,
    "date": lambda draw: f"2026-{draw % 12 + 1:02d}-{draw % 28 + 1:02d}",
    "texts": lambda draw: [TEXTS[(draw >> shift) % len(TEXTS)] for shift in range(0, draw % 3 * 8, 8)],
    "tags": lambda draw: [f"tag_{(draw >> shift) % 50}" for shift in range(0, draw % 4 * 8, 8)],
    "json": lambda draw: None if draw % 5 == 0 else {"a": [draw % 10, 2.5, "ü"], "empty": {}},
    "actions": lambda draw: [{"field": "status", "value": _VALUES[draw % len(_VALUES)]}],
    "conditions": lambda draw: {"all": [_condition(draw)], "any": [_condition(draw >> 8)] if draw % 2 else []},
    "null": lambda _draw: None,
}
