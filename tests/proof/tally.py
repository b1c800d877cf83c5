"""What the proof has shown, added up over all tests and processes, and printed at the end."""

from collections import Counter

import pytest

NAMES = (
    "histories tried",
    "micro-batches",
    "crashes survived",
    "restarts",
    "writes during a read",
    "faults injected",
    "batch reads",
    "rows compared",
    "differences",
)
_PROPERTY = "proof"


@pytest.fixture
def tally(request):
    """A counter; what a test counts in it is part of the table at the end, by any name."""
    counts = Counter()
    yield counts
    request.node.user_properties.append((_PROPERTY, dict(counts)))


def pytest_terminal_summary(terminalreporter):
    reports = [
        one for some in terminalreporter.stats.values() for one in some if getattr(one, "when", "") == "teardown"
    ]
    total = Counter()
    for report in reports:
        for name, counts in report.user_properties:
            if name == _PROPERTY:
                total.update(counts)
    if not total:
        return
    terminalreporter.section("nothing lost, nothing doubled")
    for name in (*NAMES, *sorted(total.keys() - set(NAMES))):
        if name in total or name == "differences":
            terminalreporter.write_line(f"{name:>24}  {total[name]:>12,}")
