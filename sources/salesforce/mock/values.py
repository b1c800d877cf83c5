"""The value of each field of each record, as a pure function of seed, object and index.

Numbers are kept as text, as JSON and CSV write them in different ways; times without their zone for the same reason.
Most fields draw from a pool and repeat with the `PERIOD`; a few are unique for each record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from lakeflow_sources.testing.samples import DATES, MOMENTS, NAMES, TEXTS, number_of, scatter

from .catalogue import Kind
from .fields import Field

__all__ = ["PERIOD", "SYSTEM", "Values", "blob"]

PERIOD = 211
SYSTEM = frozenset({"id", "created", "modified", "stamp", "deleted", "archived", "compound"})
"""Fills that the records themselves know."""

_SHORT = ("paid, in part", "NA", "second reminder", 'it\'s "ok"', "Grüße", "line\nbreak", "-", "none", "a;b", "後日")
_POOLS: dict[str, tuple[Any, ...]] = {
    "nothing": (None,),
    "name": (*NAMES, None),
    "text": (*TEXTS, None, None),
    "short": (*_SHORT, None),
    "phone": ("+49 (0)30 1234567", "0012125550100", "555-0199 x12", "٠١٢٣٤٥٦٧٨٩", None),
    "select": ("New", "Open - not contacted", "Won't fix", "été", "NA", None),
    "checkbox": ("Red", "Red;Green", "Green;Blue, dark;Yellow", None),
    "integer": ("0", "1", "-1", "42", "99999999", None),
    "long": ("0", "-9007199254740993", "9223372036854775807", "365", None),
    "bool": (True, False),
    "date": (*DATES[:4], *DATES[5:], None),
    "moment": (*(text.removesuffix("Z") for text in MOMENTS), None),
    "time": ("10:15:00.000Z", "00:00:00.000Z", "23:59:59.999Z", None),
    "latitude": ("52.520008", "-33.868820000000001", "0", "-0.000000000000001", "89.999999999999999", None),
    "json": ('{"a":[1,2.50,"x"]}', "[]", '{"nested":{"empty":{}}}', None),
}


class Values:
    """The seeded values of one object; *find_id* gives the id of some record of an object."""

    def __init__(self, seed: int, kind: Kind, find_id: Callable[[str, int], str | None]) -> None:
        self.kind = kind
        self._seed = seed
        self._find_id = find_id
        self._tables: dict[str, Sequence[Any]] = {}
        self._keys: dict[str, int] = {}

    def repeats(self, field: Field) -> bool:
        """Whether values of *field* repeat with the `PERIOD`."""
        return field.fill not in _UNIQUE and field.fill not in SYSTEM

    def value(self, field: Field, index: int) -> Any:
        """The seeded value; not for `SYSTEM` fills."""
        unique = _UNIQUE.get(field.fill)
        if unique:
            return unique(self._key(field), index)
        if field.fill == "document":
            return self._find_id(field.to[0], index)
        return self._table(field)[index % PERIOD]

    def _table(self, field: Field) -> Sequence[Any]:
        found = self._tables.get(field.name)
        if found is None:
            key = self._key(field)
            draws = [scatter(key, index) for index in range(PERIOD)]
            if field.fill in {"ref", "user"}:
                found = [self._reference(field, draw) for draw in draws]
            else:
                pool = _pool(field)
                found = [pool[draw % len(pool)] for draw in draws]
            self._tables[field.name] = found
        return found

    def _key(self, field: Field) -> int:
        if field.name not in self._keys:
            self._keys[field.name] = number_of(self._seed, self.kind.name, field.name)
        return self._keys[field.name]

    def _reference(self, field: Field, draw: int) -> str | None:
        target = "User" if field.fill == "user" else field.to[draw % len(field.to)]
        return None if field.fill == "ref" and draw % 6 == 0 else self._find_id(target, draw >> 8)


def _pool(field: Field) -> Sequence[Any]:
    if field.fill not in {"number", "money", "whole"}:
        return _POOLS[field.fill]
    step = Decimal(1).scaleb(-field.scale)
    most = (Decimal(10) ** field.precision - 1) * step
    plain = (Decimal(0), step, -step, most, -most, *(Decimal(n) % (most + step) for n in (1, 7, -42, 100)))
    fine = [(most / n).quantize(step) for n in (3, 7, -11, 1000, 30_011)]
    texts = [str(one) if one else "0" for one in (*plain, *fine)]
    if field.fill == "number":
        return [*texts, None, *(["1.5E7"] if field.precision - field.scale > 8 else [])]
    return texts


def _serial(key: int, index: int) -> str:
    return f"{TEXTS[scatter(key, index) % len(TEXTS)]} №{index}"


def _email(key: int, index: int) -> str:
    return f"user.{index}+{scatter(key, index) % 1000:03d}@example{index % 7}.com"


def blob(record_id: str, name: str) -> bytes:
    """Made-up content of a base64 field: bytes that are no text."""
    return bytes(range(256)) + f"\x00{record_id}/{name}\r\n".encode() * 3


_UNIQUE: dict[str, Callable[[int, int], Any]] = {"serial": _serial, "email": _email, "blob": lambda _key, _index: None}
