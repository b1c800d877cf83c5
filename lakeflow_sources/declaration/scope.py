"""What templates may name, checked when a declaration is loaded, and looked up when a call is made."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from lakeflow_sources.declaration.clock_text import Moment
from lakeflow_sources.declaration.problems import Path, Problems, nearest
from lakeflow_sources.declaration.template import Scope, Template, read_template
from lakeflow_sources.declare import Slice
from lakeflow_sources.options import Settings
from lakeflow_sources.redact import Secret

__all__ = ["Clock", "Vocabulary", "scope_of"]


_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the table's API writes the times of a window; *inclusive*: its end belongs to it."""

    form: str = "iso"
    inclusive: bool = False


def scope_of(
    settings: Settings, piece: Slice | None = None, clock: Clock | None = None, *, secrets: bool = False
) -> Scope:
    """The values that templates of a call see; options that are not set are not there, nor is a window that is none."""
    options = {
        name: settings.text(name) for name, value in settings.values.items() if secrets or not isinstance(value, Secret)
    }
    scope: dict[str, Mapping[str, Any]] = {"options": options, "slice": piece.values if piece else {}, "window": {}}
    if piece is not None and piece.window is not None:
        form, inclusive = (clock.form, clock.inclusive) if clock else ("iso", False)
        end = Moment(piece.window.end, form, up=True)
        if inclusive:
            end = Moment(piece.window.end - _TICK, form)
        scope["window"] = {"start": Moment(piece.window.start, form), "end": end}
    return scope


@dataclass(frozen=True)
class Vocabulary:
    """The names that exist at one place of a declaration."""

    problems: Problems
    options: frozenset[str]
    secret: frozenset[str]
    slices: tuple[str, ...] | None = ()
    """Values of a table's slices; `None` where they are not known, because what declares them is wrong."""
    window: bool = False
    in_table: bool = False
    used: set[str] = field(default_factory=set)
    """Options that some template names."""
    edges: set[str] = field(default_factory=set)
    """Which of `start` and `end` of the window some template names."""

    def inside(self, slices: tuple[str, ...] | None, *, window: bool) -> Vocabulary:
        """The vocabulary of a table."""
        return replace(self, slices=slices, window=window, in_table=True, edges=set())

    def template(self, value: Any, path: Path, *, secrets: bool = False) -> Template:
        """The template of a single *value*, with what is wrong added to the problems."""
        text = _text(value)
        made, troubles = read_template(text)
        for cause, remedy in troubles:  # where a credential belongs, it may stand written out: it is not shown
            self.problems.add(path, "it is no template" if secrets else cause, remedy)
        for name in made.names:
            self._check(name, path, secrets=secrets)
        return made

    def deep(self, value: Any, path: Path) -> Any:
        """A JSON value with templates in the place of its texts."""
        if isinstance(value, dict):
            return {name: self.deep(one, (*path, name)) for name, one in value.items()}
        if isinstance(value, list):
            return [self.deep(one, (*path, number)) for number, one in enumerate(value)]
        return self.template(value, path) if isinstance(value, str) else value

    def _check(self, name: str, path: Path, *, secrets: bool) -> None:
        space, _, member = name.partition(".")
        if space == "options":
            self._check_option(member, path, secrets=secrets)
        elif space == "slice" and self.in_table:
            if self.slices is not None and member not in self.slices:
                remedy = nearest(member, self.slices) if self.slices else "declare slices for this table"
                self.problems.add(path, f"no slice of this table has a value {member}", remedy)
        elif space == "window" and self.in_table:
            if member not in ("start", "end"):
                self.problems.add(path, f"a window has no {member}", "write window.start or window.end")
            elif not self.window:
                self.problems.add(path, "this table has no cursor, and so no window", "declare its cursor")
            else:
                self.edges.add(member)
        else:
            known = ("options", "slice", "window") if self.in_table else ("options",)
            self.problems.add(path, f"{space} is not known here", nearest(space, known))

    def _check_option(self, name: str, path: Path, *, secrets: bool) -> None:
        self.used.add(name)
        if name not in self.options:
            close = difflib.get_close_matches(name, sorted(self.options), 1, 0.6)
            remedy = f"write options.{close[0]}" if close else f"declare {name} under options"
            self.problems.add(path, f"there is no option {name}", remedy)
        elif name in self.secret and not secrets:
            self.problems.add(path, f"{name} is a secret option", "use it in auth and in the headers at the top only")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
