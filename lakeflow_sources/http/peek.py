"""Parts of a JSON text without reading the rest: what pages only look at costs no Python object per record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lakeflow_sources.http.process import shared

__all__ = ["PEEKS", "elements", "members", "values", "well_formed"]

PEEKS = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""What is raised where a text is not what it should be, or where a part of it has another shape."""


def members(text: Any) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object as they were sent; of several with one name, the last."""
    found: Mapping[str, msgspec.Raw] = _decoder("members", lambda: dict[str, msgspec.Raw]).decode(text)
    return found


def elements(text: Any) -> Sequence[msgspec.Raw]:
    """The elements of a JSON array as they were sent."""
    found: Sequence[msgspec.Raw] = _decoder("elements", lambda: list[msgspec.Raw]).decode(text)
    return found


def values(text: Any, name: str) -> list[Any]:
    """The member *name* of each object of a JSON array, `None` where one has none."""

    def kind() -> Any:
        return list[msgspec.defstruct("One", [("value", Any, None)], rename={"value": name})]  # type: ignore[misc]

    return [one.value for one in _decoder(f"values:{name}", kind).decode(text)]


def well_formed(text: bytes) -> Mapping[str, msgspec.Raw] | msgspec.Raw:
    """The members of *text*, or all of it where it is no object; raises one of `PEEKS` where it is no strict JSON."""
    if not text.isascii():
        text.decode()  # the decoder does not look into the texts that it passes over
    if text[:1] == b"{":
        return members(text)
    whole: msgspec.Raw = _decoder("whole", lambda: msgspec.Raw).decode(text)
    return whole


def _decoder(name: str, kind: Callable[[], Any]) -> Any:
    """Made once: kept by the process, as it cannot travel with code that is pickled by value."""
    return shared(f"peek:{name}", lambda: msgspec.json.Decoder(kind()))
