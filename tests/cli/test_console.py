"""What people see: tables that fit, values that cannot command the terminal, progress where somebody looks."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from lakeflow_sources.cli import console, progress
from lakeflow_sources.cli.wide import fitting


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("64.000000000000000000"), "64"),
        (Decimal(100), "100"),
        (Decimal("0.10"), "0.1"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (["a", "b"], "a, b"),
        ([{"a": datetime(2026, 1, 2, tzinfo=UTC)}], '[{"a": "2026-01-02T00:00:00Z"}]'),
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("Đorđe [bold]", "Đorđe [bold]"),
    ],
)
def test_a_cell_is_one_line_that_a_terminal_only_shows(value, shown):
    assert console.cell(value) == shown


def test_markup_in_data_is_data():
    out = Console(file=io.StringIO(), width=80)
    out.print(console.table([{"a": "[bold]x[/bold] [/]"}], ("a",)))
    assert "[bold]x[/bold] [/]" in out.file.getvalue()


def test_columns_without_values_are_left_out_for_people_and_kept_for_programs(capsys, monkeypatch):
    out = Console(file=io.StringIO(), width=80)
    monkeypatch.setattr(console, "OUT", out)
    rows = [{"name": "a", "comment": ""}, {"name": "b", "comment": None}]
    console.show(rows, ("name", "comment"), as_json=False)
    assert "comment" not in out.file.getvalue()
    out.file.truncate(0)
    console.show(rows, ("name", "comment"), as_json=True)
    assert json.loads(out.file.getvalue().strip("\0")) == rows


def test_as_many_columns_as_fit_are_shown_and_one_at_least():
    rows = [{"id": "1", "text": "x" * 500, "more": "y" * 20}]
    assert list(fitting(rows, ("id", "text", "more"), 200)) == ["id", "text", "more"]
    assert list(fitting(rows, ("id", "text", "more"), 40)) == ["id", "text"]
    assert list(fitting(rows, ("text", "id"), 5)) == ["text"]


def written(monkeypatch, *, terminal, told=False):
    out = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    monkeypatch.setattr(progress, "ERRORS", out)
    with progress.Progress(told=told) as found:
        found.say("signing in")
        found.expect(3)
        for name in ("a", "b", "c"):
            found.step(f"looking at {name}")
    return out.file.getvalue()


def test_progress_is_quiet_without_a_terminal(monkeypatch):
    assert written(monkeypatch, terminal=False) == ""


def test_progress_on_a_terminal_counts_the_steps(monkeypatch):
    shown = written(monkeypatch, terminal=True)
    assert "signing in" in shown
    assert "looking at c" in shown
    assert "2/3" in shown


def test_the_demo_tells_its_steps_anyway(monkeypatch):
    assert "signing in" in written(monkeypatch, terminal=False, told=True)
