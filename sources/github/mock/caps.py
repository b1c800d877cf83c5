"""How much of its lists GitHub shows."""

from __future__ import annotations

from dataclasses import dataclass

from lakeflow_sources.testing.vendor import Setup

__all__ = ["Caps", "caps_of"]


@dataclass(slots=True)
class Caps:
    """Pages or rows after which lists end; whether `since` leaves out its own second. A test may change them."""

    issue_pages: int
    pages: int
    release_pages: int
    runs: int
    commits: int
    files: int
    since_exclusive: bool


def caps_of(setup: Setup) -> Caps:
    """Those of the vendor, or smaller ones that a test asks for."""
    return Caps(
        int(setup.number("issue_page_cap", 100)),
        int(setup.number("page_cap", 400)),
        int(setup.number("release_page_cap", 100)),
        int(setup.number("run_cap", 1000)),
        int(setup.number("pull_commit_cap", 250)),
        int(setup.number("pull_file_cap", 3000)),
        setup.flag("since_exclusive"),
    )
