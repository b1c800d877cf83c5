"""Records as the JSON of the CRM API, put together from ready pieces."""

from __future__ import annotations

import numpy as np
import orjson

from lakeflow_sources.testing.clock import iso

from .records import Index, Snapshot
from .values import Values

__all__ = ["fragments", "render"]

_SHAPE = (
    b'{"id":"%d","properties":{%s"%s":"%s","hs_object_id":"%d","%s":"%s"},'
    b'"createdAt":"%s","updatedAt":"%s","archived":%s%s}'
)


def render(snapshot: Snapshot, values: Values, indexes: Index, names: tuple[str, ...]) -> list[bytes]:
    """The records at *indexes* with these properties, and the system ones that always come along."""
    plan = values.plan(names)
    created_name, _, cursor_name = (name.encode() for name in values.kind.system)
    changes, archived_at = snapshot.changes, snapshot.archived_at
    texts: list[bytes] = []
    columns = zip(
        indexes.tolist(),
        snapshot.ids[indexes].tolist(),
        _moments(snapshot.created[indexes]),
        _moments(snapshot.modified[indexes]),
        strict=True,
    )
    for index, record_id, created, modified in columns:
        changed = changes.get(index)
        members = values.seeded_json(plan, index) if changed is None else values.changed_json(plan, index, changed)
        archived = archived_at.get(index)
        flag, end = (b"false", b"") if archived is None else (b"true", b',"archivedAt":"%s"' % iso(archived).encode())
        texts.append(
            _SHAPE
            % (
                record_id,
                members,
                created_name,
                created,
                record_id,
                cursor_name,
                modified,
                created,
                modified,
                flag,
                end,
            )
        )
    return texts


def fragments(texts: list[bytes]) -> list[orjson.Fragment]:
    """Texts that are JSON already, for a place inside other JSON."""
    return [orjson.Fragment(text) for text in texts]


def _moments(column: Index) -> list[bytes]:
    """The texts of `clock.iso`, for many times at once."""
    texts: list[bytes] = np.datetime_as_string(column.astype("datetime64[ms]"), timezone="UTC").astype("S").tolist()
    for place in np.flatnonzero(column % 1000 == 0).tolist():
        texts[place] = texts[place].replace(b".000Z", b"Z")
    return texts
