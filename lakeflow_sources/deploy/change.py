"""One thing that a deployment does to a workspace, told before it is done."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Action", "Change", "Ids", "Plan", "apply_plan", "describe", "text_lines"]

Action = Literal["create", "update", "recreate", "delete"]
Ids = dict[tuple[str, str], str]
"""Ids of pipelines and jobs by kind and name, known so far."""
_SIGNS = {"create": "+", "update": "~", "recreate": "!", "delete": "-"}
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Change:
    """*lines* are its diff; *apply* does it, and adds what it creates to the ids."""

    action: Action
    kind: str
    name: str
    lines: tuple[str, ...]
    apply: Callable[[Ids], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in the order in which they are done, and *removals* for which somebody has to say yes.

    *unchanged* things are as they should be.
    """

    changes: tuple[Change, ...] = ()
    removals: tuple[Change, ...] = ()
    unchanged: int = 0
    ids: Ids = field(default_factory=dict)


def apply_plan(plan: Plan, say: Callable[[str], None] = lambda _: None, *, remove: bool = False) -> None:
    """Do it, with *remove* the removals too; what an interruption leaves undone, the next plan has again."""
    todo = (*plan.changes, *(plan.removals if remove else ()))
    for number, change in enumerate(todo, start=1):
        say(f"{number}/{len(todo)} {change.action} {change.kind} {change.name}")
        change.apply(plan.ids)


def describe(changes: Iterable[Change]) -> list[str]:
    """*changes* as a diff: a line for each, and below it what changes in it."""
    lines = []
    for change in changes:
        lines.append(f"{_SIGNS[change.action]} {change.kind} {change.name}")
        shown = change.lines[:_MOST_LINES]
        lines += [f"    {line}" for line in shown]
        if len(change.lines) > len(shown):
            lines.append(f"    ... {len(change.lines) - len(shown)} more lines")
    return lines


def text_lines(old: str, new: str) -> tuple[str, ...]:
    """What differs between two texts."""
    diff = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
    return tuple(diff)[2:]
