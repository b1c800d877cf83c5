"""Records as REST shows them (JSON) and as the Bulk API does (CSV)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from .fields import Field
from .ids import id_of
from .org import Org, Thing
from .records import DELETED, Index
from .selection import Path
from .values import PERIOD, blob

__all__ = ["csv_header", "csv_rows", "json_records", "raw_value"]

_TIMES = {"created", "modified", "stamp"}


def raw_value(thing: Thing, field: Field, index: int) -> Any:
    """The value without its dress: texts, numbers as text, times without a zone, booleans, `None`."""
    records, fill = thing.records, field.fill
    if fill == "id":
        return records.id(index)
    if fill in _TIMES:
        return _moment(int(getattr(records, fill)[index]))
    if fill == "deleted":
        return bool(records.state[index] == DELETED)
    if fill == "archived":
        return bool(records.archived[index])
    if fill == "compound":
        return _compound(thing, field, index)
    return thing.raw(field, index)


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.000"


def _compound(thing: Thing, field: Field, index: int) -> dict[str, Any] | None:
    """The parts of an address or a place under their short names."""
    parts = [one for one in thing.kind.fields if one.compound == field.name]
    stem = field.name.removesuffix("__c") + "__" if field.type == "location" else field.name.removesuffix("Address")
    names = [one.name.removeprefix(stem).removesuffix("__s") for one in parts]
    values = [raw_value(thing, one, index) for one in parts]
    if all(value is None for value in values):
        return None
    return {name[0].lower() + name[1:]: (value, one) for name, value, one in zip(names, values, parts, strict=True)}


def json_records(org: Org, thing: Thing, indexes: Index, paths: Sequence[Path], version: str) -> list[dict[str, Any]]:
    """Records as the query resource gives them; what repeats is put together once for each of the `PERIOD`."""
    moving = [path for path in paths if path.steps or not thing.values.repeats(path.field)]
    templates: dict[int, dict[str, Any]] = {}
    records = []
    for index in indexes.tolist():
        changed = index in thing.records.changes
        record = None if changed else templates.get(index % PERIOD)
        if record is None:
            record = {"attributes": None}
            for path in paths:
                _put(org, thing, index, path, version, record)
            if not changed:
                templates[index % PERIOD] = record
        record = {**record, "attributes": _attributes(thing, thing.records.id(index), version)}
        record |= {path.steps[0].relationship: None for path in moving if path.steps}
        for path in moving:
            _put(org, thing, index, path, version, record)
        records.append(record)
    return records


def _attributes(thing: Thing, record_id: str, version: str) -> dict[str, str]:
    name = thing.kind.name
    return {"type": name, "url": f"/services/data/v{version}/sobjects/{name}/{record_id}"}


def _put(org: Org, thing: Thing, index: int, path: Path, version: str, record: dict[str, Any]) -> None:
    """The value of *path*, below the parents that lead to it."""
    for step in path.steps:
        found = _parent(org, thing, step, index)
        if found is None:
            record.setdefault(step.relationship, None)
            return
        thing, index = found
        below = record.get(step.relationship)
        if below is None:
            below = record[step.relationship] = {"attributes": _attributes(thing, thing.records.id(index), version)}
        record = below
    field = thing.kind.find(path.field.name) if path.steps else path.field
    record[path.field.name] = None if field is None else _json(thing, field, index, version)


def _parent(org: Org, thing: Thing, step: Field, index: int) -> tuple[Thing, int] | None:
    parent_id = raw_value(thing, step, index)
    parent = org.with_prefix(parent_id[:3]) if parent_id else None
    place = parent.records.find(parent_id) if parent is not None else None
    return None if parent is None or place is None else (parent, place)


def _json(thing: Thing, field: Field, index: int, version: str) -> Any:
    if field.type == "base64":
        path = f"/services/data/v{version}/sobjects/{thing.kind.name}/{thing.records.id(index)}/{field.name}"
        return path if blob(thing.records.id(index), field.name) else None
    value = raw_value(thing, field, index)
    if field.fill == "compound" and value is not None:
        return {name: _dressed(one, part) for name, (part, one) in value.items()}
    return _dressed(field, value)


def _dressed(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.numeric:
        return orjson.Fragment(str(value).encode())
    return f"{value}+0000" if field.type == "datetime" else value


def csv_header(paths: Sequence[Path]) -> bytes:
    """The first line of every result set."""
    return b",".join(b'"%s"' % path.text.encode() for path in paths) + b"\n"


def csv_rows(org: Org, thing: Thing, indexes: Index, paths: Sequence[Path]) -> bytes:
    """The lines of the records at *indexes*; what repeats is put together once for each of the `PERIOD`."""
    moving = [path for path in paths if path.steps or not thing.values.repeats(path.field)]
    columns = [_column(org, thing, indexes, path) for path in moving]
    templates: dict[int, bytes] = {}
    lines = []
    changes = thing.records.changes
    for place, index in enumerate(indexes.tolist()):
        if index in changes:
            lines.append(b",".join(_csv_value(org, thing, path, index) for path in paths))
            continue
        template = templates.get(index % PERIOD)
        if template is None:
            template = templates[index % PERIOD] = _template(thing, paths, set(map(id, moving)), index)
        lines.append(template % tuple(column[place] for column in columns))
    return b"".join(line + b"\n" for line in lines)


def _template(thing: Thing, paths: Sequence[Path], moving: set[int], index: int) -> bytes:
    pieces = (
        b"%s" if id(path) in moving else _quoted(path.field, raw_value(thing, path.field, index)).replace(b"%", b"%%")
        for path in paths
    )
    return b",".join(pieces)


def _column(org: Org, thing: Thing, indexes: Index, path: Path) -> list[bytes]:
    if not path.steps and path.field.fill in _TIMES:
        texts = np.datetime_as_string(getattr(thing.records, path.field.fill)[indexes].astype("datetime64[s]"))
        return [b'"%s.000Z"' % text.encode() for text in texts.tolist()]
    if not path.steps and path.field.fill == "id":
        return [
            b'"%s"' % id_of(thing.kind.prefix, number).encode() for number in thing.records.numbers[indexes].tolist()
        ]
    return [_csv_value(org, thing, path, index) for index in indexes.tolist()]


def _csv_value(org: Org, thing: Thing, path: Path, index: int) -> bytes:
    for step in path.steps:
        found = _parent(org, thing, step, index)
        if found is None:
            return b'""'
        thing, index = found
    field = thing.kind.find(path.field.name) if path.steps else path.field
    return b'""' if field is None else _quoted(field, raw_value(thing, field, index))


def _quoted(field: Field, value: Any) -> bytes:
    """Nothing and an empty text are both two quotes; whole numbers get a fraction, as the vendor writes them."""
    if value is None:
        return b'""'
    if isinstance(value, bool):
        return b'"true"' if value else b'"false"'
    text = str(value)
    if field.type == "datetime":
        text += "Z"
    elif field.numeric and field.type != "long" and text.lstrip("-").isdigit():
        text += ".0"
    return b'"%s"' % text.replace('"', '""').encode()
