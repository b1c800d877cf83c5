"""Made-up values as awkward as real ones, and a hash that spreads them: what a vendor's mock fills its records with."""

from __future__ import annotations

import hashlib

__all__ = ["DATES", "DECIMALS", "INTEGERS", "MOMENTS", "NAMES", "TEXTS", "number_of", "scatter"]

NAMES = (
    "Ada", "Björn", "Chloë", "Đorđe", "Eszter", "François", "Ğülşen", "Hélène", "İbrahim", "José", "Kühn", "Łukasz",
    "Muñoz", "Nguyễn", "O'Brien", "Πηνελόπη", "Quặng", "Ренат", "Siân", "Þór", "Ümit", "Václav", "Weiß", "Xóchitl",
    "Ýmir", "Żaneta", "李娜", "山田 太郎", "محمد", "שרה", "ปรีชา", "नेहा", "Anne-Marie", "van der Berg", "de la Cruz",
)  # fmt: skip

TEXTS: tuple[str, ...] = (
    "plain words",
    " leading and trailing ",
    'She said "no"',
    "it's \\ a backslash",
    "one\ntwo\r\nthree",
    "tab\there, semicolon; comma",
    "NA",
    "null",
    "None",
    "NaN",
    "true",
    "007",
    "1e5",
    "2024-02-30",
    "-",
    "🙂 family: 👨‍👩‍👧‍👦, flag: 🇪🇺",
    "e\u0301 is not é",
    "\u200bzero\u200dwidth\ufeff",
    "line\u2028separator",
    "\u202eright to left",
    "مرحبا بالعالم",
    "数据工程师",
    "<p>html &amp; entities</p>",
    '{"looks": ["like", "json"]}',
    "'; DROP TABLE contacts; --",
    '"); import os; ("',
    "${dollar} {{braces}} %s %(name)s",
    "C:\\temp\\new",
    "a;b;;c",
    "nul\x00byte",
    "x" * 900,
    "ends with newline\n",
)

DECIMALS: tuple[str, ...] = (
    "0",
    "-0",
    "199.99",
    "-17.5",
    "1000000",
    "0.1",
    "0.30000000000000004",
    "0.000000000000000001",
    "-0.000000000000000001",
    "12345678901234567890.123456789012345678",
    "-99999999999999999999.999999999999999999",
    "9007199254740993",
    "1.5E7",
    "2.5e-7",
    "1E+3",
    "00042",
    "3.10",
)
"""Within decimal(38,18): not more than 20 digits before the point and 18 behind it."""

INTEGERS: tuple[str, ...] = ("0", "1", "-1", "42", "2147483648", "-9007199254740993", "9223372036854775807", "365")

DATES: tuple[str, ...] = (
    "2024-02-29",
    "1999-12-31",
    "1970-01-01",
    "1900-03-01",
    "1582-10-15",
    "2038-01-20",
    "2100-01-01",
)

MOMENTS: tuple[str, ...] = (
    "2024-02-29T23:59:59.999Z",
    "2023-03-26T01:30:00Z",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.001Z",
    "1901-12-13T20:45:52.100Z",
    "2038-01-19T03:14:08.000Z",
    "2999-12-31T00:00:00.500Z",
)

_MASK = 2**64 - 1


def number_of(*parts: object) -> int:
    """A whole number below 2**63 that depends on *parts* only, the same in every process."""
    text = "/".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def scatter(key: int, index: int) -> int:
    """A fast hash of a record's *index* below 2**64; *key* makes one sequence differ from another."""
    mixed = (index + key) * 0x9E3779B97F4A7C15 & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return mixed ^ mixed >> 31
