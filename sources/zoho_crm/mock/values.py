"""Values of fields: functions of seed, module, field and record, unless a write has changed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from lakeflow_sources.testing.samples import DATES, NAMES, TEXTS, number_of, scatter

from .catalogue import Field, Module

if TYPE_CHECKING:
    from .account import Account

__all__ = ["ZONE", "Values", "moment_text"]

Maker = Callable[[Field, int, int], Any]

ZONE = timezone(timedelta(hours=5, minutes=30))
_EMPTY = 5  # one value of so many is null
_NUMBERS = (0, 1, -1, 42, 1999, -17)
_AMOUNTS = (0.0, 199.99, -17.5, 1000000.0, 0.1, 1234567890123.45, 0.01, 3.1)
_LONG = ("9007199254740993", "-9223372036854775808", "0", "4711")
_BORN = date(2020, 1, 1)
_SPAN = 3000
_TAGS = 4


def moment_text(seconds: int) -> str:
    """A time as the API shows it: in the zone of the user, to the second."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZONE).isoformat()


class Values:
    """What the fields of one module hold."""

    def __init__(self, account: Account, module: Module) -> None:
        self._account = account
        self._module = module
        self._keys = {one.name: number_of(account.seed, module.name, one.name) for one in module.fields}
        self._makers = {**self._plain_makers(), **self._linking_makers()}

    def _plain_makers(self) -> Mapping[str, Maker]:
        return {
            "text": self._text,
            "textarea": self._text,
            "mediumtext": lambda one, index, draw: f"<p>{TEXTS[draw % len(TEXTS)]}</p>" * (1 + draw % 3),
            "email": lambda one, index, draw: f"person{index}@example.com",
            "phone": lambda one, index, draw: f"+1 555 {draw % 10_000:04}",
            "website": lambda one, index, draw: f"https://example.com/{draw % 1000}?a=1&b=ü",
            "autonumber": lambda one, index, draw: f"PRJ-{index:07}",
            "profileimage": lambda one, index, draw: f"image{draw % 10_000}",
            "picklist": lambda one, index, draw: one.options[draw % len(one.options)],
            "multiselectpicklist": self._picks,
            "integer": lambda one, index, draw: _NUMBERS[draw % len(_NUMBERS)],
            "bigint": lambda one, index, draw: _LONG[draw % len(_LONG)],
            "double": lambda one, index, draw: round(draw % 1_000_003 / 10_000, one.decimals or 4),
            "percent": lambda one, index, draw: round(draw % 10_001 / 100, one.decimals or 0),
            "currency": self._amount,
            "rollup_summary": self._amount,
            "boolean": lambda one, index, draw: draw % 2 == 0,
            "date": self._date,
            "datetime": lambda one, index, draw: moment_text(1_700_000_000 + draw % 40_000_000),
            "formula": self._formula,
            "ALARM": lambda one, index, draw: {"period": "minutes", "unit": draw % 60},
            "RRULE": lambda one, index, draw: {"RRULE": f"FREQ=DAILY;INTERVAL={1 + draw % 9}"},
            "layout": lambda one, index, draw: {"name": "Standard", "id": "91055"},
            "participants": lambda one, index, draw: [{"type": "email", "participant": f"p{draw % 100}@example.com"}],
            "fileupload": lambda one, index, draw: _files(one.name, draw),
            "imageupload": lambda one, index, draw: _files(one.name, draw),
        }

    def _linking_makers(self) -> Mapping[str, Maker]:
        return {
            "tag": lambda one, index, draw: self._account.tags(self._module)[: draw % _TAGS],
            "lookup": lambda one, index, draw: self._account.link(one.target, draw),
            "consent_lookup": lambda one, index, draw: {"id": str(4_000 + index), "name": "Consent - Pending"},
            "ownerlookup": lambda one, index, draw: self._account.user_link(draw),
            "userlookup": lambda one, index, draw: self._account.user_link(draw),
            "multi_module_lookup": self._regarding,
            "multiuserlookup": self._team,
            "multiselectlookup": lambda one, index, draw: self._account.links_of(self._module, index),
            "subform": lambda one, index, draw: self._account.items_of(self._module, one, index),
        }

    def value(self, one: Field, index: int) -> Any:
        """What a field of a record holds."""
        records = self._account.records[self._module.name]
        changed = records.changes.get(index, {})
        if one.name in changed:
            return changed[one.name]
        if one.name == "Created_Time":
            return moment_text(int(records.created[index]))
        if one.name == "Modified_Time":
            return moment_text(int(records.modified[index]))
        return self.seeded(one, index)

    def seeded(self, one: Field, index: int) -> Any:
        """The value that nobody has changed."""
        if one.name not in self._keys:
            return None
        draw = scatter(self._keys[one.name], index)
        always = one.display or one.type in {"autonumber", "boolean", "ownerlookup", "tag", "subform"}
        if one.type in {"multiselectlookup", "multiuserlookup"}:
            always = True
        if not always and draw % _EMPTY == 0:
            return None
        return self._makers[one.type](one, index, draw >> 3)

    def _text(self, one: Field, index: int, draw: int) -> str:
        if one.display:
            return f"{NAMES[draw % len(NAMES)]} {index}"
        return TEXTS[draw % len(TEXTS)]

    def _picks(self, one: Field, _index: int, draw: int) -> list[str]:
        return [option for place, option in enumerate(one.options) if draw >> place & 1]

    def _amount(self, _one: Field, _index: int, draw: int) -> float:
        return _AMOUNTS[draw % len(_AMOUNTS)]

    def _date(self, _one: Field, _index: int, draw: int) -> str:
        odd = draw % len(DATES)
        return DATES[odd] if draw % 7 == 0 else (_BORN + timedelta(days=draw % _SPAN)).isoformat()

    def _formula(self, one: Field, index: int, draw: int) -> Any:
        kind = {"string": "text"}.get(one.returns, one.returns)
        return self._makers[kind](one, index, draw)

    def _regarding(self, one: Field, _index: int, draw: int) -> dict[str, Any] | None:
        target = one.options[draw % len(one.options)]
        link = self._account.link(target, draw >> 2)
        return None if link is None else {**link, "module": {"api_name": target, "id": str(number_of(target) % 10**9)}}

    def _team(self, one: Field, index: int, draw: int) -> list[dict[str, Any]]:
        return [
            {"id": str(7_000_000 + index * 4 + place), one.name: self._account.user_link(draw + place)}
            for place in range(draw % 3)
        ]


def _files(name: str, draw: int) -> list[dict[str, Any]]:
    return [
        {
            "id": str(draw % 10**9 + place),
            "File_Name__s": f"{name} {place}.pdf",
            "Size__s": "1024",
            "File_Id__s": f"f{draw % 997}",
        }
        for place in range(1 + draw % 2)
    ]
