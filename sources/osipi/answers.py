"""Answers for sets of streams as Arrow columns: without a Python object per value where that can be.

answer ──> streams ──> a line for each event ──> columns
   └── what cannot be read so for certain ──> one by one, with the same result
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from .lines import read_events
from .values import EVENT, KINDS, NAMES, Values, batch_of, times_of

__all__ = ["parsed", "read_fast", "read_slowly"]

_SPACED = b'"Timestamp": '  # of an event: names of streams may be written as they like
_BEGINNING = 2_000  # bytes that tell how an answer is written
_PLAIN = (pa.ArrowException, msgspec.MsgspecError, ValueError, TypeError)


class _Stream(msgspec.Struct, gc=False):
    WebId: str
    Name: str | None = None
    Path: str | None = None
    Items: msgspec.Raw = msgspec.Raw(b"[]")


class _Streams(msgspec.Struct):
    Items: list[_Stream]


_STREAMS = msgspec.json.Decoder(_Streams)


def parsed(body: bytes, document: Any, *, integer: bool) -> Values:
    """The events of an answer for a set of streams; *document* gives the parsed answer where it is needed.

    Written without the white space that some servers, and proxies before them, put in: half of the time is left so.
    """
    try:
        plain = orjson.dumps(document()) if _SPACED in body[:_BEGINNING] else body
        return read_fast(plain, integer=integer)
    except _PLAIN:
        return read_slowly(document(), integer=integer)


def read_fast(body: bytes, *, integer: bool) -> Values:
    """The same by Arrow's own readers; raises where the answer holds what they cannot read."""
    streams = _STREAMS.decode(body).Items
    if not streams:
        raise ValueError("no streams")
    events = read_events([memoryview(one.Items) for one in streams], integer=integer)
    counts = tuple((one.WebId, count) for one, count in zip(streams, events.counts, strict=True))
    found = events.columns
    texts, flags = found["Timestamp"], (found[name] for name in EVENT[1:])
    kinds = (found[name] for name in KINDS)
    columns = [*_owners(streams, events.counts), times_of(texts), *kinds, *flags, found["UnitsAbbreviation"], texts]
    return Values(pa.RecordBatch.from_arrays(columns, NAMES), counts)


def _owners(streams: Sequence[_Stream], counts: Sequence[int]) -> Sequence[pa.Array]:
    """WebId, name and path beside each event."""
    offsets = pa.array(accumulate(counts, initial=0), pa.int32())
    places = pc.list_parent_indices(pa.ListArray.from_arrays(offsets, pa.nulls(sum(counts))))
    columns = zip(*((one.WebId, one.Name, one.Path) for one in streams), strict=True)
    return [pa.array(values, pa.string()).take(places) for values in columns]


def read_slowly(document: Mapping[str, Any], *, integer: bool) -> Values:
    """The same one by one, whatever the answer holds."""
    streams = document["Items"]
    pairs = [(stream, event) for stream in streams for event in stream.get("Items") or ()]
    counts = tuple((stream["WebId"], len(stream.get("Items") or ())) for stream in streams)
    return Values(batch_of(pairs, integer=integer), counts)
