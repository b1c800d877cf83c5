"""What commands print: tables for people, JSON for programs, one sentence for errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["ERRORS", "OUT", "show"]

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


def show(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, title: str = "") -> None:
    """*rows* as a JSON array of objects, or as a table of *columns*."""
    kept = [{name: row.get(name) for name in columns} for row in rows]
    if as_json:
        OUT.out(json.dumps(kept, indent=2, ensure_ascii=False, default=str), highlight=False)
        return
    table = Table(*columns, title=title or None, title_justify="left")
    for row in kept:
        table.add_row(*(_cell(row[name]) for name in columns))
    OUT.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value).replace("[", "\\[")
