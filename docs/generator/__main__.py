"""Write every page of `docs/` anew; with `--check` only tell which ones are not up to date."""

from __future__ import annotations

import sys

from docs.generator.pages import ROOT, pages, written

stale = [path for path in pages() if path.read_text("utf-8") != written(path)]
for path in stale:
    if "--check" not in sys.argv:
        path.write_text(written(path), "utf-8")
    print(path.relative_to(ROOT))  # noqa: T201 - its output
raise SystemExit(1 if stale and "--check" in sys.argv else 0)
