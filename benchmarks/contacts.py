"""A HubSpot account with contacts of 24 columns, whose pages are put together from records that are ready."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

__all__ = ["COLUMNS", "LIST", "PROPERTIES", "Contacts"]

LIST = "/crm/objects/2026-03/contacts"
PROPERTIES = {
    "email": "string",
    "firstname": "string",
    "lastname": "string",
    "company": "string",
    "jobtitle": "string",
    "phone": "string",
    "city": "string",
    "country": "string",
    "website": "string",
    "lifecyclestage": "enumeration",
    "hs_lead_status": "enumeration",
    "hubspot_owner_id": "enumeration",
    "annualrevenue": "number",
    "numemployees": "number",
    "hs_email_optout": "bool",
    "date_of_birth": "date",
    "first_deal_created_date": "datetime",
    "notes_last_updated": "datetime",
    "lastmodifieddate": "datetime",
}
_TYPES = {"number": "decimal(38,18)", "bool": "boolean", "date": "date", "datetime": "timestamp"}
COLUMNS = {
    "id": "string",
    "created_at": "timestamp",
    "updated_at": "timestamp",
    "archived_at": "timestamp",
    **{name: _TYPES.get(kind, "string") for name, kind in PROPERTIES.items()},
    "_deleted": "boolean",
}
"""Column names and types of the table, as Spark has them."""

_VARIANTS = 5_000
_FIRST = 101
_WORDS = ("Aldgate", "Birchwood", "Curie", "Dvořák", "Elm Street", "Ferrari", "Grün", "Haruki", "Iris", "Jansson")


class Contacts:
    """Records *_FIRST*, *_FIRST* + 1, ...: ids are unique, everything else repeats after some thousand."""

    def __init__(self, count: int) -> None:
        self.count = count
        chance = random.Random(11)
        self._tails = [_tail(chance, number) for number in range(min(count, _VARIANTS))]

    def answer(self, method: str, target: str, body: bytes) -> bytes | None:
        """The body for a call, `None` where there is no such thing."""
        path = urlsplit(target).path
        if path == LIST:
            return self._page(target)
        if method == "POST" and path == f"{LIST}/search":
            return self._end(json.loads(body))
        if path == "/crm/properties/2026-03/contacts":
            return json.dumps({"results": [{"name": name, "type": kind} for name, kind in PROPERTIES.items()]}).encode()
        return None

    def _page(self, target: str) -> bytes:
        after, limit = _place(target)
        start = max(0, after - _FIRST + 1) if after else 0
        end = min(start + limit, self.count)
        if start >= self.count:
            return b'{"results":[]}'
        tails, most = self._tails, len(self._tails)
        records = b",".join([b'{"id":"%d"%b' % (_FIRST + one, tails[one % most]) for one in range(start, end)])
        if end == self.count:
            return b'{"results":[%b]}' % records
        return b'{"results":[%b],"paging":{"next":{"after":"%d","link":"?after=%d"}}}' % (
            records,
            _FIRST + end - 1,
            _FIRST + end - 1,
        )

    def _end(self, question: dict) -> bytes:
        """What search knows: how many there are within the bounds, and the first one in the order that is asked for."""
        low, high = _FIRST, _FIRST + self.count - 1
        for group in question["filterGroups"]:
            for one in group["filters"]:
                bound = int(one["value"])
                low, high = (max(low, bound), high) if one["operator"] == "GTE" else (low, min(high, bound - 1))
        last = question["sorts"][0]["direction"] == "DESCENDING"
        found = [{"id": str(high if last else low)}] if low <= high else []
        return json.dumps({"total": max(0, high - low + 1), "results": found}).encode()


@lru_cache(maxsize=100_000)
def _place(target: str) -> tuple[int, int]:
    query = parse_qs(urlsplit(target).query)
    return int(query.get("after", ["0"])[0]), int(query.get("limit", ["100"])[0])


def _tail(chance: random.Random, number: int) -> bytes:
    """A record behind its id; one value of ten is null."""

    def word() -> str:
        return chance.choice(_WORDS)

    def day() -> str:
        return f"{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"

    def moment() -> str:
        return f"20{chance.randint(18, 25)}-{day()}T10:15:{number % 60:02d}.{chance.randint(0, 999):03d}Z"

    values = {
        "string": lambda: f"{word()} {word()} {number}",
        "enumeration": lambda: chance.choice(("lead", "customer", "NEW", "IN_PROGRESS", "41000017")),
        "number": lambda: f"{chance.uniform(0, 1e6):.2f}",
        "bool": lambda: chance.choice(("true", "false")),
        "date": lambda: f"19{chance.randint(50, 99)}-{day()}",
        "datetime": moment,
    }
    properties = {name: None if chance.random() < 0.1 else values[kind]() for name, kind in PROPERTIES.items()}
    record = {"properties": properties, "createdAt": moment(), "updatedAt": moment(), "archived": False}
    return b"," + json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()[1:]
