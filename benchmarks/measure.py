"""What a work measures: ways that take turns, medians of their rounds, and figures beside their targets."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

__all__ = ["AtLeast", "AtMost", "Below", "Figure", "Result", "Run", "Scale", "Target", "in_turns", "peers", "timed"]

_HOME = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Scale:
    """How much is measured: *rounds* of each way, *size* of the data (1 is the whole), and where peers live."""

    rounds: int = 5
    size: float = 1.0
    peers: Path | None = None

    def as_json(self) -> dict[str, object]:
        """What a file says of it."""
        return {"rounds": self.rounds, "size": self.size}

    @property
    def tiny(self) -> bool:
        """Whether the works that wait most of their time are cut down as well."""
        return self.size < 0.1

    def rows(self, whole: int, least: int = 200) -> int:
        """*whole* at this size, in hundreds."""
        return max(least, round(whole * self.size / 100) * 100)


@dataclass(frozen=True)
class Run:
    """One round of one way; *cpu* is the processor time of the process that reads."""

    rows: int
    seconds: float
    cpu: float | None = None

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


@dataclass(frozen=True)
class Target:
    """A bound, and whether a value keeps it."""

    bound: float
    sign: str = "≥"

    def met(self, value: float) -> bool:
        """Whether *value* is on the right side of the bound."""
        return {"≥": value >= self.bound, "≤": value <= self.bound, "<": value < self.bound}[self.sign]


def AtLeast(bound: float) -> Target:  # noqa: N802 - reads as a target
    """Higher is better."""
    return Target(bound, "≥")


def AtMost(bound: float) -> Target:  # noqa: N802 - reads as a target
    """Lower is better."""
    return Target(bound, "≤")


def Below(bound: float) -> Target:  # noqa: N802 - reads as a target
    """Lower is better, the bound itself is not good enough."""
    return Target(bound, "<")


@dataclass(frozen=True)
class Figure:
    """A number of a work; without a *target* it only informs."""

    what: str
    value: float
    unit: str
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, `None` without one."""
        return self.target.met(self.value) if self.target else None

    def as_json(self) -> dict[str, object]:
        """Its values by name."""
        target = f"{self.target.sign} {self.target.bound:g}" if self.target else None
        return {
            "what": self.what,
            "value": float(f"{self.value:.5g}"),
            "unit": self.unit,
            "target": target,
            "met": self.met,
        }


@dataclass(frozen=True)
class Result:
    """A work: its figures, and the medians of its ways in *unit*, the first of which is ours."""

    work: str
    title: str
    unit: str
    medians: Mapping[str, float]
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = ()
    """Ways that could not be measured here."""
    samples: Mapping[str, list[float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Its values by name, for a file."""
        return {
            "work": self.work,
            "title": self.title.splitlines()[0],
            "unit": self.unit,
            "medians": {name: float(f"{value:.5g}") for name, value in self.medians.items()},
            "figures": [one.as_json() for one in self.figures],
            "missing": list(self.missing),
            "samples": {name: [float(f"{one:.5g}") for one in values] for name, values in self.samples.items()},
        }


def in_turns(ways: Mapping[str, Callable[[], Run]], rounds: int) -> dict[str, list[Run]]:
    """*rounds* of every way, each after one that warms it up; the ways take turns, so that noise hits all of them."""
    for read in ways.values():
        read()
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            runs[name].append(read())
    return runs


def rates(runs: Mapping[str, list[Run]]) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Rows a second of every way: medians, and the rounds that they come from."""
    samples = {name: [run.rate for run in some] for name, some in runs.items()}
    return {name: median(values) for name, values in samples.items()}, samples


def timed(work: Callable[[], int]) -> Run:
    """*work* in this process, which gives its number of rows."""
    cpu, began = time.process_time(), time.perf_counter()
    rows = work()
    return Run(rows, time.perf_counter() - began, time.process_time() - cpu)


class _Peer:
    """Another tool in a process of its own, which reads whenever it is asked to."""

    def __init__(self, python: Path | str, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [str(python), str(_HOME / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if python != sys.executable else None,
            text=True,
        )

    def ready(self) -> bool:
        return bool(self._process.stdout.readline())

    def read(self, question: Mapping[str, object]) -> Run:
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        self._process.communicate()


@contextmanager
def peers(
    scale: Scale, asked: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[dict[str, Callable[[Mapping[str, object]], Run]], tuple[str, ...]]]:
    """Readers by name, and names of those that are not installed.

    *asked* gives for each name its environment below `scale.peers` (empty for this very Python), its script and the
    arguments of that.
    """
    running: dict[str, _Peer] = {}
    missing = []
    try:
        for name, (environment, script, *arguments) in asked.items():
            python = scale.peers / environment / "bin" / "python" if environment and scale.peers else sys.executable
            if environment and not (scale.peers and Path(python).exists()):
                missing.append(name)
            else:
                running[name] = _Peer(python, script, *arguments)
        for peer in running.values():
            assert peer.ready(), "a peer ended before it was asked to read"
        yield {name: peer.read for name, peer in running.items()}, tuple(missing)
    finally:
        for peer in running.values():
            peer.end()
