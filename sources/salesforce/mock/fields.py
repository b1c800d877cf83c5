"""Fields of made-up objects, one line each: `Name type fill [key=value ...]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Field", "extra_fields", "fields_of"]

_ADDRESS = "Street textarea text|City string name|State string text|PostalCode string text|Country string name"
_CODES = "Latitude double latitude 18 15|Longitude double latitude 18 15|GeocodeAccuracy picklist select"

_DRESSES = (
    "textarea text",
    "double number precision=18 scale=4",
    "boolean bool",
    "date date",
    "datetime moment",
    "picklist select",
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field as describe shows it; *fill* tells how its values are made up."""

    name: str
    type: str
    fill: str
    precision: int = 0
    scale: int = 0
    to: tuple[str, ...] = ()
    relationship: str = ""
    compound: str = ""
    calculated: bool = False

    @property
    def numeric(self) -> bool:
        """Whether JSON shows a number."""
        return self.type in {"double", "currency", "percent", "int", "long"}


def extra_fields(count: int) -> tuple[Field, ...]:
    """Custom fields of all types in turn, with names so long that a list of them does not fit an address."""
    lines = (f"Custom_{number:04d}_with_a_long_name__c {_DRESSES[number % len(_DRESSES)]}" for number in range(count))
    return tuple(_field(line) for line in lines)


def fields_of(text: str) -> Iterator[Field]:
    """The fields of some lines; `@address X` and `@location X` stand for a compound field with its parts."""
    for line in text.strip().splitlines():
        word, _, rest = line.partition(" ")
        if word == "@address":
            yield from _address(rest)
        elif word == "@location":
            yield from _location(rest)
        elif line:
            yield _field(line)


def _field(line: str) -> Field:
    name, kind, fill, *rest = line.split()
    more = dict(one.split("=") for one in rest if "=" in one)
    return Field(
        name,
        kind,
        fill,
        int(more.get("precision", 0)),
        int(more.get("scale", 0)),
        tuple(more["to"].split(",")) if "to" in more else (),
        more.get("rel", ""),
        calculated="calculated" in rest,
    )


def _address(prefix: str) -> Iterator[Field]:
    compound = f"{prefix}Address"
    for part in f"{_ADDRESS}|{_CODES}".split("|"):
        name, kind, fill, *digits = part.split()
        precision, scale = (int(digits[0]), int(digits[1])) if digits else (0, 0)
        yield Field(prefix + name, kind, fill, precision, scale, compound=compound)
    yield Field(compound, "address", "compound")


def _location(name: str) -> Iterator[Field]:
    stem = name.removesuffix("__c")
    for part in ("Latitude", "Longitude"):
        yield Field(f"{stem}__{part}__s", "double", "latitude", 18, 15, compound=name)
    yield Field(name, "location", "compound")
