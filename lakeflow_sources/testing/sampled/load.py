"""`api.yaml` and the files of records beside it, checked as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeflow_sources.declaration.document import parse
from lakeflow_sources.declaration.problems import Path as Place
from lakeflow_sources.declaration.problems import Problems
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.sampled.keys import API

__all__ = ["FILE", "SampleTable", "Samples", "find_samples", "load_samples"]

FILE = "api.yaml"


@dataclass(frozen=True)
class SampleTable:
    """One endpoint with the records that it serves; *single* answers its only record."""

    name: str
    path: str
    records: tuple[Mapping[str, Any], ...] = field(repr=False)
    method: str = "GET"
    at: str = ""
    paging: Mapping[str, Any] = field(default_factory=dict)
    window: Mapping[str, Any] = field(default_factory=dict)
    single: bool = False


@dataclass(frozen=True)
class Samples:
    """The whole API."""

    tables: tuple[SampleTable, ...]
    sign_in: tuple[Mapping[str, Any], ...]
    base_path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def find_samples(folder: Path) -> Path | None:
    """The `api.yaml` of *folder*, or of its folder `samples`."""
    places = (folder / FILE, folder / "samples" / FILE)
    return next((place for place in places if place.is_file()), None)


def load_samples(folder: Path) -> Samples:
    """The API whose `api.yaml` lies in *folder*; raises `ConfigurationError` that names all that is wrong with it."""
    path = find_samples(folder)
    if path is None:
        raise ConfigurationError(f"{folder} has no {FILE}", "write one that says how the API answers")
    document = parse(path.read_text("utf-8-sig"), str(path))
    problems = Problems(document.lines)
    API.check(document.value, (), problems)
    problems.refuse(document.name)
    given = document.value["tables"]
    tables = tuple(_table(name, keys, path.parent, problems) for name, keys in given.items())
    problems.refuse(document.name)
    sign_in = document.value.get("sign_in", {"type": "bearer"})
    return Samples(
        tables,
        tuple(sign_in if isinstance(sign_in, list) else [sign_in]),
        document.value.get("base_path", "").rstrip("/"),
        {name: _text(value) for name, value in document.value.get("options", {}).items()},
    )


def _table(name: str, keys: Mapping[str, Any], folder: Path, problems: Problems) -> SampleTable:
    place: Place = ("tables", name)
    found = _records(folder / keys.get("samples", f"{name}.json"), place, problems)
    single = isinstance(found, dict)
    records = tuple([found] if isinstance(found, dict) else found)
    if any(not isinstance(one, dict) for one in records):
        problems.add((*place, "samples"), "a record is no JSON object", "write a list of objects")
    paging = {} if keys.get("paging", {}).get("type") == "none" else keys.get("paging", {})
    if paging:
        _check_size(paging, len(records), (*place, "paging"), problems)
        _check_marks(paging, keys, place, problems)
    return SampleTable(
        name,
        keys["path"],
        records,
        keys.get("method", "GET"),
        keys.get("records", ""),
        paging,
        keys.get("window", {}),
        single,
    )


def _check_size(paging: Mapping[str, Any], count: int, place: Place, problems: Problems) -> None:
    """A test whose records fit on one page would prove nothing about paging."""
    if "size" not in paging:
        problems.add(place, "size is missing", "add how many records a page has, fewer than there are samples")
    elif count <= paging["size"]:
        cause = f"{count} samples fit on one page of {paging['size']}, so that paging is not tried"
        problems.add((*place, "size"), cause, "add samples, or write a smaller size")


def _check_marks(paging: Mapping[str, Any], keys: Mapping[str, Any], place: Place, problems: Problems) -> None:
    told = [name for name in ("field", "pages", "total", "more", "last") if name in paging]
    if told and "records" not in keys:
        cause = f"an answer that is a list has no room for {' and '.join(told)}"
        problems.add((*place, "paging"), cause, "add `records:`, the path at which an answer has the list")


def _records(path: Path, place: Place, problems: Problems) -> Any:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        problems.add(place, f"{path.name} cannot be read ({error.strerror})", f"put the records into {path}")
    except ValueError as error:
        problems.add(place, f"{path.name} is not JSON ({error})", "correct it")
    else:
        if isinstance(found, dict) or (isinstance(found, list) and found):
            return found
        problems.add(place, f"{path.name} holds no records", "write a list of objects, or one object")
    return []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
