"""Rows of a table with many columns: as many of them as the terminal has room for, and the names of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lakeflow_sources.cli.console import OUT, cell, counted, table

__all__ = ["fitting", "show_rows"]

_CLIP = 28
_BORDER = 3
_NAMED = 6


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    """*rows* in one table, a line each."""
    if not rows:
        OUT.print(f"{title}: no rows")
        return
    shown = fitting(rows, columns, OUT.width)
    OUT.print(table(rows, shown, title, clip=_CLIP))
    hidden = columns[len(shown) :]
    if hidden:
        names = ", ".join(hidden[:_NAMED]) + (", …" if len(hidden) > _NAMED else "")
        OUT.print(
            f"{counted(len(hidden), 'more column')} ({names}): see them with --json, choose with --set columns=…",
            markup=False,
            style="dim",
        )


def fitting(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], width: int) -> Sequence[str]:
    """The first *columns* that fit side by side into *width*, one at least."""
    used = 0
    for number, name in enumerate(columns):
        longest = max(len(name), *(len(cell(row[name])) for row in rows))
        used += min(longest, max(_CLIP, len(name))) + _BORDER
        if used > width and number:
            return columns[:number]
    return columns
