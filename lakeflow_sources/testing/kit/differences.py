"""How a broken promise is told: what was expected, what came, and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lakeflow_sources.testing.kit.bench import Bench

__all__ = ["difference", "examples", "expect", "name_of"]


def expect(fine: object, cause: str, remedy: str) -> None:
    __tracebackhide__ = True
    if not fine:
        raise AssertionError(f"{cause}: {remedy}" if remedy else cause)


def name_of(bench: Bench, table: str) -> str:
    return f"{bench.connector.name}.{table}"


def difference(found: Counter[str], expected: Counter[str]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What is missing of *expected*, and what there is beside it."""
    return expected - found, found - expected


def examples(lost: Mapping[str, int], more: Mapping[str, int]) -> str:
    def told() -> Iterator[str]:
        for word, rows in (("missing", lost), ("too many", more)):
            if rows:
                yield f"{sum(rows.values())} {word}, such as {next(iter(rows))[:300]}"

    return "; ".join(told())
