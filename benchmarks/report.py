"""Results as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["show"]

_VERDICT = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


def show(results: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Figures with their targets, and what each way reached."""
    figures = Table("work", "figure", "target", "measured", "", title="Targets", title_justify="left")
    for result in results:
        for place, one in enumerate(result["figures"]):
            cells = (one["what"], one["target"] or "", f"{one['value']:,.4g} {one['unit']}", _VERDICT[one["met"]])
            figures.add_row("" if place else result["work"], *cells)
        figures.add_section()
    console.print(figures)
    for result in results:
        ways = Table("way", result["unit"], "to the first", title=result["title"], title_justify="left")
        for row in _ways(result):
            ways.add_row(*row)
        if result["medians"]:
            console.print(ways)
        for name in result["missing"]:
            console.print(f"[yellow]not measured:[/] {name}")


def _ways(result: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    first = next(iter(result["medians"].values()), 0.0)
    for name, value in result["medians"].items():
        yield name, f"{value:,.0f}", f"{value / first:.2f}" if first else ""
