"""Fenced blocks of Markdown pages, with what the comment before a fence says about them.

<!-- file: NAME -->       the block is the content of a file that later ones use
<!-- not run: REASON -->  the block is only looked at
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("sources/*/README.md")))
FENCE = re.compile(r"(?:^<!-- (file|not run): (.+?) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    text: str
    file: str = ""
    reason: str = ""

    @property
    def place(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def lines(self):
        """Lines of a shell, joined where a backslash says so, without comments."""
        joined = self.text.replace("\\\n", " ")
        return [line for raw in joined.splitlines() if (line := raw.partition(" #")[0].strip()) and line[0] != "#"]


def blocks(page):
    text = page.read_text("utf-8")
    return [block(page, text, match) for match in FENCE.finditer(text)]


def block(page, text, match):
    kind, said, language, content = match.groups()
    line = text.count("\n", 0, match.start()) + 1
    return Block(page, line, language, content, said if kind == "file" else "", said if kind == "not run" else "")
