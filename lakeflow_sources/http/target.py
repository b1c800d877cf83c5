"""The target of a call, past the letter by letter check of urllib3 where there is nothing for it to change.

That check takes a quarter of the time of a call whose address names the columns of a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["TARGET", "clean", "directed"]

TARGET = ":path"
"""Carries the target to the connection, as in HTTP/2; no header has such a name, so it cannot go out by mistake."""
_CLEAN = r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]+|%[0-9A-F]{2})*(?:\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]+|%[0-9A-F]{2})*)?"


def clean(target: str) -> bool:
    """Whether *target* is spelled as it goes over the wire."""
    return re.fullmatch(_CLEAN, target) is not None


def directed(connection_class: type[Any]) -> type[Any]:
    """The same class of connection, which asks for the target that is among the headers."""
    return type(f"Directed{connection_class.__name__}", (_Directed, connection_class), {})


class _Directed:
    def request(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **how: Any
    ) -> Any:
        sent = dict(headers or {})
        return super().request(method, sent.pop(TARGET, url), body, sent, **how)  # type: ignore[misc]
