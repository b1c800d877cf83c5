"""What every connector promises; each check raises `AssertionError` with what is wrong and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from lakeflow_sources.declare import EPOCH, Read, Table, Window
from lakeflow_sources.decode import dig
from lakeflow_sources.plan import frozen_now
from lakeflow_sources.testing.kit.bench import Bench, Row, counted
from lakeflow_sources.testing.kit.differences import difference, examples, expect, name_of

__all__ = [
    "columns_are_filled",
    "every_page_is_followed",
    "windows_are_replayed",
]

_SHOWN = 3


def columns_are_filled(bench: Bench, table: str, never: Collection[str] = ()) -> None:
    """Some record fills each declared column, changes included; *never* are those that the mock leaves empty."""
    rows = bench.rows(table)
    whole = _all_time(bench, table)
    rows += bench.rows(table, whole) if whole else []
    expect(rows, f"{name_of(bench, table)} gives no row", "put records into the samples, or correct the path to them")
    empty = [name for name in rows[0] if all(row[name] is None for row in rows) and name not in never]
    cause = f"{name_of(bench, table)} never fills {', '.join(empty)} in {len(rows)} rows"
    expect(not empty, cause, "correct their paths and types, or add a sample that has them")


def every_page_is_followed(bench: Bench, table: str, page_size: int) -> None:
    """Small pages give the same rows as large ones and as the mock itself, none of them twice; and they end."""
    whole, small = bench.rows(table), bench.rows(table, page_size=str(page_size))
    _refuse_repeats(bench, table, small)
    _expect_all(bench, table, small)
    lost, more = difference(counted(small), counted(whole))
    cause = f"{name_of(bench, table)} gives other rows by pages of {page_size} ({len(small)}) than by full ones"
    expect(not lost and not more, f"{cause} ({len(whole)}): {examples(lost, more)}", "correct its paging")


def windows_are_replayed(bench: Bench, table: str) -> None:
    """A window read again has equal rows, and two halves side by side have what the whole has."""
    read, whole = _prepared(bench, table), _all_time(bench, table)
    assert whole is not None
    rows = bench.rows(table, whole)
    expect(
        rows, f"{name_of(bench, table)} gives no row of a window over all time", "correct how its cursor is asked for"
    )
    lost, more = difference(counted(bench.rows(table, whole)), counted(rows))
    cause = f"{name_of(bench, table)} answers the same window with other rows the second time"
    remedy = "ask with the bounds of the window only, never with the time of now or with what was read before"
    expect(not lost and not more, f"{cause}: {examples(lost, more)}", remedy)
    _expect_halves(bench, read, whole, rows)


def _refuse_repeats(bench: Bench, table: str, rows: list[Row]) -> None:
    keys = _prepared(bench, table).table.primary_key
    seen = Counter(tuple(str(row[name]) for name in keys) for row in rows) if keys else Counter()
    twice = [key for key, count in seen.items() if count > 1]
    shown = "; ".join(" ".join(key) for key in twice[:_SHOWN])
    cause = (
        f"{name_of(bench, table)} gives {len(twice)} of its keys ({', '.join(keys)}) more than once, such as {shown}"
    )
    expect(not twice, cause, "a page is read twice, or the key does not identify a row")


def _expect_all(bench: Bench, table: str, rows: list[Row]) -> None:
    """As many rows as the mock says that there are; by key where records have it under the column's path."""
    if table not in bench.server.tables():
        return
    truth, archived = bench.server.rows(table), bench.server.rows(table, archived=True)
    if archived and len(rows) == len(truth) + len(archived):
        return  # a table that shows archived records too
    declared = _prepared(bench, table).table
    whole = _all_time(bench, table)
    if declared.ingestion == "cdc_with_deletes" and len(bench.rows(table, whole)) == len(truth):
        return  # samples hold deleted records too, which are told as changes only
    paths = _key_paths(declared)
    there = {tuple(str(dig(one, path)) for path in paths) for one in truth}
    came = {tuple(str(row[name]) for name in declared.primary_key) for row in rows}
    missing = [" ".join(key) for key in sorted(there - came)] if paths and there & came else []
    shown = f", such as {', '.join(missing[:_SHOWN])}" if missing else ""
    cause = f"{name_of(bench, table)} gives {len(rows)} rows of the {len(truth)} that there are{shown}"
    expect(len(rows) == len(truth), cause, "follow every page of every slice, and only once")


def _key_paths(table: Table) -> list[str]:
    if callable(table.columns):
        return []
    found = [one.source for one in table.columns if one.name in table.primary_key]
    return [] if any(path.startswith("@") for path in found) else found


def _prepared(bench: Bench, table: str) -> Read:
    settings = bench.settings(table)
    with bench.client(settings) as client:
        return bench.prepared(settings, client)


def _all_time(bench: Bench, table: str) -> Window | None:
    """A window over everything up to now, where the table has windows."""
    read = _prepared(bench, table)
    if read.table.cursor is None or read.table.ingestion == "snapshot":
        return None
    return Window(read.settings.moment("start") or EPOCH, frozen_now(read))


def _expect_halves(bench: Bench, read: Read, whole: Window, rows: list[Row]) -> None:
    name = read.table.name
    middle = _middle(read, rows)
    if middle is None or not whole.start < middle < whole.end:
        return
    halves = [
        *bench.rows(name, Window(whole.start, middle)),
        *bench.rows(name, Window(middle, whole.end)),
    ]
    lost, more = difference(counted(halves), counted(rows))
    if read.table.ingestion != "append":  # changes are merged by key: a row of both halves does no harm
        known = {_key(read.table, row) for row in rows}
        more = counted(row for row in halves if _key(read.table, row) not in known)
    cause = f"{name_of(bench, name)} gives other rows by two windows that meet at {middle.isoformat()} than by one"
    remedy = "a window's start belongs to it and its end does not: ask the API so, or set client_side"
    expect(not lost and not more, f"{cause}: {examples(lost, more)}", remedy)


def _key(table: Table, row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in table.primary_key)


def _middle(read: Read, rows: list[Row]) -> datetime | None:
    assert read.table.cursor is not None
    times = sorted(row[read.table.cursor.field] for row in rows if row[read.table.cursor.field] is not None)
    return times[len(times) // 2] if times and isinstance(times[0], datetime) else None
