"""Settings that are stated, laid over settings that are there: what is not stated stays as people left it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["changed_lines", "merged"]

_DROPPED_WITH = {
    True: ("clusters", "edition", "photon"),  # serverless pipelines refuse them
    False: ("environment",),
}


def merged(there: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """*there* with everything that *stated* says."""
    result = dict(there)
    for name, value in stated.items():
        old = there.get(name)
        if name in _LISTS and isinstance(value, list):
            result[name] = _LISTS[name](old or [], value)
        elif isinstance(value, Mapping) and isinstance(old, Mapping):
            result[name] = merged(old, value)
        else:
            result[name] = value
    if "autoscale" in there:
        result.pop("num_workers", None)  # a cluster has one of both, and the one set by hand stays
    for name in _DROPPED_WITH.get(stated.get("serverless", ""), ()):
        if name not in stated:
            result.pop(name, None)
    return result


def changed_lines(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What differs, a line for each setting: `- path: old` and `+ path: new`."""
    old, new = dict(_flat(there)), dict(_flat(wanted))
    lines = []
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            lines += [f"- {path}: {old[path]}"] if path in old else []
            lines += [f"+ {path}: {new[path]}"] if path in new else []
    return lines


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{number}]")
    elif path:
        yield path, json.dumps(value, ensure_ascii=False)


def _keyed(key: Callable[[Any], str]) -> Callable[[Sequence[Any], Sequence[Any]], list[Any]]:
    """Entries with one key are the same entry; those that nobody states stay."""

    def combine(there: Sequence[Any], stated: Sequence[Any]) -> list[Any]:
        wanted = {key(entry): entry for entry in stated}
        result = []
        for entry in there:
            found = wanted.pop(key(entry), None)
            if found is None:
                result.append(entry)
            else:
                both = isinstance(entry, Mapping) and isinstance(found, Mapping)
                result.append(merged(entry, found) if both else found)
        return [*result, *wanted.values()]

    return combine


def _library(entry: Any) -> str:
    """Notebooks of one name are one: its folder may change."""
    path = (entry.get("notebook") or {}).get("path") if isinstance(entry, Mapping) else None
    return f"notebook {path.rpartition('/')[2]}" if path else json.dumps(entry, sort_keys=True)


def _requirement(line: Any) -> str:
    """Name of the package that a line of requirements installs."""
    name = str(line).rpartition("/")[2] if str(line).endswith(".whl") else str(line)
    found = re.match(r"[A-Za-z0-9_.]+(?:-[A-Za-z][A-Za-z0-9_.]*)*", name)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else name


def _told(there: Sequence[Any], stated: Sequence[Any]) -> list[Any]:
    """Notifications: an entry is added for those recipients that do not hear of it yet."""
    result = list(there)
    for entry in stated:
        alerts = set(entry["alerts"])
        deaf = [
            address
            for address in entry["email_recipients"]
            if not alerts
            <= {
                alert for one in result if address in one.get("email_recipients", ()) for alert in one.get("alerts", ())
            }
        ]
        if deaf:
            result.append({**entry, "email_recipients": deaf})
    return result


def _union(there: Sequence[Any], stated: Sequence[Any]) -> list[Any]:
    return [*there, *(entry for entry in stated if entry not in there)]


_LISTS: Mapping[str, Callable[[Sequence[Any], Sequence[Any]], list[Any]]] = {
    "libraries": _keyed(_library),
    "clusters": _keyed(lambda entry: str(entry.get("label") or "default")),
    "dependencies": _keyed(_requirement),
    "tasks": _keyed(lambda entry: str(entry.get("task_key"))),
    "notifications": _told,
    "on_failure": _union,
}
