"""What commands print: tables for people, JSON for programs, one sentence for errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["ERRORS", "OUT", "cell", "counted", "show", "show_json", "table"]

_NO_TERMINAL = 160
OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _NO_TERMINAL)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


def show(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, title: str = "") -> None:
    """*rows* as a JSON array of objects with all *columns*, or as a table of those that are not empty."""
    kept = [{name: row.get(name) for name in columns} for row in rows]
    if as_json:
        show_json(kept)
        return
    filled = [name for name in columns if not kept or any(row[name] not in (None, "", [], ()) for row in kept)]
    OUT.print(table(kept, filled, title))


def show_json(value: Any) -> None:
    """*value* as JSON, whatever the width of the terminal."""
    OUT.out(json.dumps(value, indent=2, ensure_ascii=False, default=_text), highlight=False)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], title: str = "", *, clip: int = 0) -> Table:
    """*rows* with *columns*; texts longer than *clip* are cut, numbers stand on the right."""
    rows = list(rows)
    made = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in columns:
        numbers = bool(rows) and all(isinstance(row[name], int | float) for row in rows)
        made.add_column(name, justify="right" if numbers else "left", no_wrap=bool(clip), overflow="ellipsis")
    for row in rows:
        made.add_row(*(Text(_clipped(cell(row[name]), clip)) for name in columns))
    return made


def cell(value: Any) -> str:
    """A value on one line; what a terminal would take for a command of its own is escaped."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).lower()
        case Decimal():
            text = f"{value.normalize():f}"
        case datetime():
            text = _text(value)
        case list() | tuple() if all(isinstance(one, str) for one in value):
            text = ", ".join(value)
        case list() | tuple() | dict():
            text = json.dumps(value, ensure_ascii=False, default=_text)
        case _:
            text = str(value)
    return text if text.isprintable() else "".join(map(_visible, text))


def counted(number: int, noun: str) -> str:
    """`1 table`, `2 tables`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _text(value: object) -> str:
    """What JSON has no kind for."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else repr(sign)[1:-1]


def _clipped(text: str, most: int) -> str:
    return f"{text[: most - 1]}…" if 0 < most < len(text) else text
