"""Values as YAML in one line, in which no text can become anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["comment", "flow"]

_PLAIN = re.compile(r"[A-Za-z_/@][A-Za-z0-9_./-]*( (->|[A-Za-z0-9_./-]+))*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_LONGEST = 300


def flow(value: Any) -> str:
    """*value* as `[a, b]`, `{a: 1}`, a word, or a text in quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not value.startswith("@")
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def comment(text: str) -> str:
    """*text* behind `#`, in one line without control characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return f"# {line if len(line) <= _LONGEST else line[:_LONGEST] + '...'}"
