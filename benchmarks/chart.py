"""One SVG of all throughput works: a bar for each way, and how many times ours it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["drawn"]

_WIDTH, _LEFT, _BAR, _STEP = 860, 300, 360, 26
_OURS, _LIMIT, _OTHER = "#2563a8", "#c3c9d1", "#8fa7c4"


def drawn(results: Sequence[Mapping[str, Any]]) -> str:
    """The chart of every work that measures rows or values a second."""
    parts: list[str] = []
    top = 10
    for result in results:
        if not result["unit"].endswith("/s"):
            continue
        parts.append(_text(10, top + 16, result["title"].strip(), "bold"))
        top += 30
        for bar in _bars(result, top):
            parts.append(bar)
            top += _STEP
        top += 14
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}" '
        f'font-family="system-ui, sans-serif" font-size="13">\n<rect width="100%" height="100%" fill="white"/>\n'
        f"{body}\n</svg>\n"
    )


def _bars(result: Mapping[str, Any], top: int) -> Iterator[str]:
    medians = result["medians"]
    most, first = max(medians.values()), next(iter(medians.values()))
    for place, (name, value) in enumerate(sorted(medians.items(), key=lambda one: -one[1])):
        y = top + place * _STEP
        colour = _OURS if value == first else _LIMIT if name.startswith("limit") else _OTHER
        width = max(1, _BAR * value / most)
        label = f"{value:,.0f} {result['unit']}" + ("" if value == first else f"  ({value / first:.2g} x)")
        yield (
            f"{_text(_LEFT - 8, y + 15, name, anchor='end')}"
            f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="20" fill="{colour}"/>'
            f"{_text(_LEFT + width + 6, y + 15, label)}"
        )


def _text(x: float, y: float, text: str, weight: str = "normal", anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text {place} fill="#1f2933">{escape(text)}</text>'
