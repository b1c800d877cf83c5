"""The search endpoint: what its lagging index knows, which records match, and in which order they come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from .account import Thing
from .filters import Filter, Span, parse_groups, sort_key, span_of, value_test
from .records import LIVE, Index
from .refusals import not_valid
from .values import PERIOD

__all__ = ["Found", "search", "view_of"]

_KEPT = 6  # windows and orders of one view
_DIRECTIONS = {"ASCENDING", "DESCENDING"}


@dataclass
class View:
    """What the index knew at one moment; *order* sorts the live records by time of change, *moments* holds those."""

    key: tuple[int, int]
    ids: Index
    created: Index
    modified: Index
    live: Index
    order: Index
    moments: Index
    changes: Mapping[int, Mapping[str, str | None]]
    archived_at: Mapping[int, int] = field(default_factory=dict)
    windows: OrderedDict[Span, Index] = field(default_factory=OrderedDict)
    sorted: OrderedDict[bytes, Index] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class Found:
    """Matching records in order; for a big result only the order is kept, not the records."""

    view: View
    indexes: Index


def view_of(thing: Thing, previous: View | None, now: int) -> View:
    """The index as of now; *previous* where nothing new has become visible."""
    records = thing.records
    hidden = [one for one in records.recent if one.at > now - records.lag]
    key = (records.version, len(hidden))
    if previous is not None and previous.key == key:
        return previous
    modified, state = records.modified, records.state
    changes: dict[int, Mapping[str, str | None]] = {}
    changes.update(records.changes)
    if hidden:
        modified, state = modified.copy(), state.copy()
    for one in reversed(hidden):
        modified[one.index], state[one.index] = one.modified, one.state
        changes.pop(one.index, None)
        if one.changes:
            changes[one.index] = one.changes
    live = np.flatnonzero(state == LIVE)
    order = live[np.argsort(modified[live], kind="stable")]
    return View(key, records.ids, records.created, modified, live, order, modified[order], changes)


def search(thing: Thing, view: View, body: Mapping[str, Any]) -> Found:
    """The records that match, in order; raises `Refused`."""
    types = {name: one.type for name, one in thing.values.properties.items()}
    groups = parse_groups(body, types)
    sorts = _sorts(body, types)
    query = str(body.get("query") or "")
    parts = [_group(thing, view, group, types) for group in groups] or [view.live]
    matching = parts[0]
    for part in parts[1:]:
        matching = np.union1d(matching, part)
    if query:
        matching = _containing(thing, view, matching, query.lower())
    key = orjson.dumps([[[f.name, f.operator, f.operand] for f in group] for group in groups] + [sorts, query])
    return Found(view, _ordered(thing, view, matching, sorts, key))


def _sorts(body: Mapping[str, Any], types: Mapping[str, str]) -> tuple[str, bool]:
    asked = body.get("sorts") or ()
    if len(asked) > 1:
        raise not_valid("Only one sort is allowed")
    if not asked:
        return "hs_object_id", False
    one = asked[0] if isinstance(asked[0], dict) else {"propertyName": asked[0]}
    name, direction = str(one.get("propertyName", "")), str(one.get("direction", "ASCENDING"))
    if name not in types or direction not in _DIRECTIONS:
        raise not_valid(f"There was a problem with the request: sort {name!r} {direction!r} is not valid")
    return name, direction == "DESCENDING"


def _group(thing: Thing, view: View, group: Sequence[Filter], types: Mapping[str, str]) -> Index:
    """Records that pass all filters of a group, by ascending id."""
    created, identifier, cursor = thing.kind.system
    spans = {name: Span() for name in (created, identifier, cursor)}
    others: list[Filter] = []
    for one in group:
        span = span_of(one, types[one.name]) if one.name in spans else None
        if span is None:
            others.append(one)
        else:
            spans[one.name] = spans[one.name].meet(span)
    found = view.live if spans[cursor] == Span() else _window(view, spans[cursor])
    first, last = np.searchsorted(view.ids, [spans[identifier].low, spans[identifier].high])
    begin, end = np.searchsorted(found, [first, last])
    found = found[begin:end]
    if spans[created] != Span():
        moments = view.created[found]
        found = found[(moments >= spans[created].low) & (moments < spans[created].high)]
    for one in others:
        found = found[_mask(thing, view, found, one, types[one.name])]
    return found


def _window(view: View, span: Span) -> Index:
    """Live records changed within the span, by ascending id; kept, as the next page asks for the same."""
    if span not in view.windows:
        low, high = np.searchsorted(view.moments, [span.low, span.high])
        _keep(view.windows, span, np.sort(view.order[low:high]))
    view.windows.move_to_end(span)
    return view.windows[span]


def _mask(thing: Thing, view: View, indexes: Index, one: Filter, kind: str) -> NDArray[np.bool_]:
    test = value_test(one, kind)
    columns = dict(zip(thing.kind.system, (view.created, view.ids, view.modified), strict=True))
    if one.name in columns:
        return np.fromiter((test(str(number)) for number in columns[one.name][indexes].tolist()), bool, len(indexes))
    values = thing.values
    if not values.repeats(one.name):
        texts = (_value(thing, view, one.name, index) for index in indexes.tolist())
        return np.fromiter(map(test, texts), bool, len(indexes))
    passing = np.fromiter(map(test, values.table(one.name)), bool, PERIOD)
    mask: NDArray[np.bool_] = passing[indexes % PERIOD]
    for index in sorted(view.changes):
        place = int(np.searchsorted(indexes, index))
        if place < len(indexes) and indexes[place] == index and one.name in view.changes[index]:
            mask[place] = test(view.changes[index][one.name])
    return mask


def _value(thing: Thing, view: View, name: str, index: int) -> str | None:
    changed = view.changes.get(index, {})
    return changed[name] if name in changed else thing.values.value(name, index)


def _containing(thing: Thing, view: View, indexes: Index, query: str) -> Index:
    names = [name for name in thing.kind.defaults if name not in thing.kind.system]

    def contains(index: int) -> bool:
        return any(query in (_value(thing, view, name, index) or "").lower() for name in names)

    mask = np.fromiter(map(contains, indexes.tolist()), bool, len(indexes))
    found: Index = indexes[mask]
    return found


def _ordered(thing: Thing, view: View, indexes: Index, sort: tuple[str, bool], key: bytes) -> Index:
    """Sorted; records with equal values come in no useful order, as with the real one: by descending id."""
    name, descending = sort
    if name == "hs_object_id":
        return indexes[::-1] if descending else indexes
    if key not in view.sorted:
        backwards = indexes[::-1]
        created, _, cursor = thing.kind.system
        if name in {created, cursor}:
            column = (view.created if name == created else view.modified)[backwards]
            order = np.argsort(-column if descending else column, kind="stable")
        else:
            kind = thing.values.properties[name].type
            keys = [sort_key(_value(thing, view, name, index), kind) for index in backwards.tolist()]
            order = np.array(sorted(range(len(keys)), key=keys.__getitem__, reverse=descending), dtype=np.int64)
        _keep(view.sorted, key, backwards[order])
    view.sorted.move_to_end(key)
    return view.sorted[key]


def _keep(cache: OrderedDict[Any, Index], key: Any, found: Index) -> None:
    cache[key] = found
    if len(cache) > _KEPT:
        cache.popitem(last=False)
