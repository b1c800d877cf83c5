"""Measure everything, or the works that are named: tables here, results.json and results.svg in a folder."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.chart import drawn
from benchmarks.machine import facts
from benchmarks.measure import Scale
from benchmarks.readme import write_figures
from benchmarks.report import show

WORKS = ("engine", "bulk", "values", "latency", "quota", "memory", "fixed", "increment")
_ROOT = Path(__file__).resolve().parents[1]
_RESULTS = _ROOT / "benchmarks" / "results"
_QUICK = Scale(rounds=1, size=0.05)


def main() -> int:
    """A missed target is reported, and does not fail the command; a work that breaks does."""
    given = _arguments()
    if given.inside:
        result = importlib.import_module(f"benchmarks.{given.works[0]}").run(_scale(given)).as_json()
        given.inside.write_text(json.dumps(result), encoding="utf-8")
        return 0
    console, begun, machine = Console(), time.monotonic(), facts()
    results, broken = [], []
    for work in given.works or WORKS:
        with console.status(f"measuring {work}"):
            result = _measured(work, given)
        (results if result else broken).append(result or work)
        console.print(f"{work}: {'measured' if result else 'broke'}, {time.monotonic() - begun:.0f} s so far")
    show(results, console)
    out = given.out or (_RESULTS if _is_whole(given) and not broken else None)
    if results and out:
        _keep({"machine": machine, **_scale(given).as_json(), "works": results}, out)
        console.print(f"written to {out}")
    if out == _RESULTS:
        write_figures(_ROOT / "README.md", json.loads((out / "results.json").read_text(encoding="utf-8")))
    return 1 if broken else 0


def _is_whole(given: argparse.Namespace) -> bool:
    """A part or a quick look replaces no figures, unless a folder is named."""
    return not given.works and not given.quick and (given.rounds, given.size) >= (Scale.rounds, Scale.size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"{', '.join(WORKS)}; all without any")
    parser.add_argument("--rounds", type=int, default=Scale.rounds, help="rounds of each way; their median counts")
    parser.add_argument("--size", type=float, default=Scale.size, help="part of the data")
    parser.add_argument("--quick", action="store_true", help="one round of a twentieth: a look, no figures")
    parser.add_argument("--peers", type=Path, help="folder with an environment for each peer; without it, none")
    parser.add_argument("--out", type=Path, help="folder for the files; benchmarks/results after a whole run")
    parser.add_argument("--inside", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    given = parser.parse_args()
    unknown = sorted(set(given.works) - set(WORKS))
    if unknown:
        parser.error(f"there is no work {', '.join(unknown)}; there are {', '.join(WORKS)}")
    return given


def _scale(given: argparse.Namespace) -> Scale:
    if given.quick:
        return Scale(_QUICK.rounds, _QUICK.size, given.peers)
    return Scale(given.rounds, given.size, given.peers)


def _measured(work: str, given: argparse.Namespace) -> dict[str, Any] | None:
    """The result of a work in a process of its own: no work inherits the JVM or the memory of another."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "result.json")
        peers = ["--peers", str(given.peers.absolute())] if given.peers else []
        scale = _scale(given)
        numbers = ["--rounds", str(scale.rounds), "--size", str(scale.size)]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, "-m", "benchmarks", work, *numbers, *peers, "--inside", str(file)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return None
        return json.loads(file.read_text(encoding="utf-8"))


def _keep(whole: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    (out / "results.json").write_text(text + "\n", encoding="utf-8")
    (out / "results.svg").write_text(drawn(whole["works"]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
