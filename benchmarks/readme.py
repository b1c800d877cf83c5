"""The figures in the README, which every whole run writes anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["figures", "write_figures"]

_BEGIN, _END = "<!-- figures: written by make bench -->\n", "<!-- end of figures -->\n"
_VERDICT = {True: "met", False: "**missed**", None: ""}


def figures(whole: Mapping[str, Any]) -> str:
    """A table of all figures, under a line about the machine."""
    machine = whole["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in ("pyspark", "pyarrow", "requests", "orjson"))
    head = (
        f"{machine['cores']} cores (load {machine['load']} before the run), {machine['system']}, "
        f"Python {machine['python']}, {versions}; "
        f"medians of {whole['rounds']} rounds of {100 * whole['size']:.0f} % of the data, all ways in turns.\n\n"
        "| work | figure | target | measured | |\n|---|---|---|---|---|\n"
    )
    return _busy(machine) + head + "".join(f"| {' | '.join(row)} |\n" for row in _rows(whole))


def _busy(machine: Mapping[str, Any]) -> str:
    if machine["load"] <= machine["cores"]:
        return ""
    return "**Other work kept the machine busy during this run: repeat the figures of speed on a quiet one.**\n\n"


def write_figures(readme: Path, whole: Mapping[str, Any]) -> None:
    """Replace the figures in *readme*."""
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    readme.write_text(f"{before}{_BEGIN}{figures(whole)}{_END}{after}", encoding="utf-8")


def _rows(whole: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for work in whole["works"]:
        for place, one in enumerate(work["figures"]):
            measured = f"{_short(one['value'])} {one['unit']}".strip()
            yield ("" if place else work["work"], one["what"], one["target"] or "", measured, _VERDICT[one["met"]])


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
