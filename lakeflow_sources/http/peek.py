"""Parts of a JSON text without reading the rest: what pages only look at costs no Python object per record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from struct import pack
from typing import Any

import msgspec

__all__ = ["PEEKS", "elements", "members", "values", "well_formed"]

PEEKS = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""What is raised where a text is not what it should be, or where a part of it has another shape."""


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_WHOLE = msgspec.json.Decoder(msgspec.Raw)


def members(text: Any) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object as they were sent; of several with one name, the last."""
    return _MEMBERS.decode(text)


def elements(text: Any) -> Sequence[msgspec.Raw]:
    """The elements of a JSON array as they were sent."""
    return _ELEMENTS.decode(text)


def values(text: Any, name: str) -> list[Any]:
    """The member *name* of each object of a JSON array, `None` where one has none."""
    return [one.value for one in _values(name).decode(text)]


def well_formed(text: bytes) -> Mapping[str, msgspec.Raw] | msgspec.Raw:
    """The members of *text*, or all of it where it is no object; raises one of `PEEKS` where it is no strict JSON."""
    if not text.isascii():
        _check_utf8(text)  # the decoder does not look into the texts that it passes over
    return members(text) if text[:1] == b"{" else _WHOLE.decode(text)


def _check_utf8(text: bytes) -> None:
    """Raises `UnicodeDecodeError`; Arrow, which makes no text of it, is several times as fast as Python."""
    import pyarrow as pa

    ends = pa.py_buffer(pack("=qq", 0, len(text)))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid:
        text.decode()


@cache
def _values(name: str) -> Any:
    one = msgspec.defstruct("One", [("value", Any, None)], rename={"value": name})
    return msgspec.json.Decoder(list[one])  # type: ignore[valid-type]  # made here
