"""Short lists that every account has: roles, profiles, territories, currencies, contact roles, the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .values import moment_text

__all__ = ["BORN", "PERSON", "RESOURCES"]

BORN = 1_600_000_000
PERSON = {"name": "Root", "id": "5725767000000411001"}
_MADE = {
    "created_time": moment_text(BORN),
    "modified_time": moment_text(BORN + 5),
    "created_by": PERSON,
    "modified_by": PERSON,
}
_NEVER = dict.fromkeys(_MADE)


def _named(number: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": name, "api_name": name.partition(" ")[0], "description": None, **more}


def _role(number: str, name: str, above: Mapping[str, str] | None, born: int | None) -> dict[str, Any]:
    times = {
        "created_time__s": None if born is None else moment_text(born),
        "modified_time__s": None if born is None else moment_text(born + 1),
    }
    return _named(number, name, display_label=name, reporting_to=above, share_with_peers=above is None, **times)


def _territory(place: int) -> dict[str, Any]:
    above = {"name": "Territory 0", "id": "600"} if place else None
    manager = None if place else {"name": "Ada", "id": "1"}
    return _named(
        f"60{place}", f"Territory {place}", permission_type="read_only", manager=manager, reporting_to=above, **_MADE
    )


def _currency(number: str, name: str, rate: str, *, base: bool) -> dict[str, Any]:
    marks = ("Period", "Comma") if base else ("Comma", "Period")
    shown = {"decimal_separator": marks[0], "thousand_separator": marks[1], "decimal_places": "2" if base else "3"}
    return {
        "id": number,
        "name": name,
        "iso_code": name[-3:],
        "symbol": "€" if base else "KD",
        "exchange_rate": rate,
        "is_base": base,
        "is_active": base,
        "prefix_symbol": base,
        "format": shown,
        **_MADE,
    }


_ORG: Mapping[str, Any] = {
    "id": "5725767000000000381",
    "company_name": "Mock & Söhne",
    "zgid": "10073640",
    "country_code": "DE",
    "currency": "Euro",
    "iso_code": "EUR",
    "currency_symbol": "€",
    "time_zone": "Asia/Kolkata",
    "created_time": moment_text(BORN),
    "type": "production",
    "primary_email": "root@example.com",
    "mc_status": True,
    "employee_count": "42",
    "license_details": {"paid": True, "paid_type": "enterprise", "users_license_purchased": 12},
}
RESOURCES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "roles": [_role("31", "CEO", None, None), _role("32", "Manager «süd»", {"name": "CEO", "id": "31"}, BORN)],
    "profiles": [
        _named("26", "Administrator", display_label="Administrator", custom=False, type="normal_profile", **_NEVER),
        _named("27", "Standard; a,b", display_label='says "hi"', custom=True, type="normal_profile", **_MADE),
    ],
    "territories": [_territory(place) for place in range(5)],
    "currencies": [
        _currency("70", "Euro - EUR", "1.000000000", base=True),
        _currency("71", "Dinar - KWD", "0.331234567", base=False),
    ],
    "contact_roles": [
        {"id": "80", "name": "Decision Maker", "sequence_number": 1},
        {"id": "81", "name": "Purchasing", "sequence_number": 2},
    ],
    "org": [_ORG],
}
