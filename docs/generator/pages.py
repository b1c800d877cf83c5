"""Pages with places to fill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from docs.generator import commands, connectors, declarations

__all__ = ["ROOT", "facts_of", "pages", "written"]

ROOT = Path(__file__).resolve().parents[2]
_DOCS = ROOT / "docs"
_PLACE = re.compile(r"(<!-- made: ([\w-]+)(?: ([\w./-]+))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def pages() -> list[Path]:
    """Every page, in the order of their names."""
    return sorted(_DOCS.rglob("*.md"))


def written(path: Path) -> str:
    """The text of a page with its places filled."""
    facts = facts_of(path)

    def fill(match: re.Match[str]) -> str:
        head, name, argument, _, end = match.groups()
        return f"{head}\n{_rendered(name, facts, argument).strip()}\n\n{end}"

    return _PLACE.sub(fill, path.read_text("utf-8"))


def facts_of(path: Path) -> dict[str, Any]:
    """What the places of a page may show."""
    if path.parent.name == "connectors":
        return connectors.facts(path.stem)
    return {"commands": commands.facts(), "keys": declarations.facts(), **connectors.overview()}


def _rendered(name: str, facts: dict[str, Any], argument: str | None) -> str:
    if name == "file":
        return _file(ROOT / (argument or ""))
    return _templates().get_template(f"{name}.md.j2").render(facts)


def _file(path: Path) -> str:
    return f"```{path.suffix.lstrip('.')}\n{path.read_text('utf-8').strip()}\n```"


def _templates() -> Environment:
    made = Environment(  # noqa: S701 - Markdown, from our own declarations
        loader=FileSystemLoader(_DOCS / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    return made
