"""What every connector promises; each check raises `AssertionError` with what is wrong and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from lakeflow_sources.declare import EPOCH, Read, Table, Window
from lakeflow_sources.decode import dig
from lakeflow_sources.errors import LakeflowError, SignInError
from lakeflow_sources.plan import frozen_now, plan
from lakeflow_sources.testing.kit.bench import Bench, PatientClock, Row, counted

__all__ = [
    "columns_are_filled",
    "every_page_is_followed",
    "refused_tokens_are_renewed_once",
    "retry_after_is_obeyed",
    "windows_are_replayed",
]

_WAIT = 45.0  # seconds that a mock asks for: longer than any backoff by itself
_FEW_CALLS = 3  # with a refused token: one, one more, and a sign-in
_SHOWN = 3


def columns_are_filled(bench: Bench, table: str, never: Collection[str] = ()) -> None:
    """Some record fills each declared column, changes included; *never* are those that the mock leaves empty."""
    rows = bench.rows(table)
    whole = _all_time(bench, table)
    rows += bench.rows(table, whole) if whole else []
    _expect(rows, f"{_name(bench, table)} gives no row", "put records into the samples, or correct the path to them")
    empty = [name for name in rows[0] if all(row[name] is None for row in rows) and name not in never]
    cause = f"{_name(bench, table)} never fills {', '.join(empty)} in {len(rows)} rows"
    _expect(not empty, cause, "correct their paths and types, or add a sample that has them")


def every_page_is_followed(bench: Bench, table: str, page_size: int) -> None:
    """Small pages give the same rows as large ones and as the mock itself, none of them twice; and they end."""
    whole, small = bench.rows(table), bench.rows(table, page_size=str(page_size))
    _refuse_repeats(bench, table, small)
    _expect_all(bench, table, small)
    lost, more = _difference(counted(small), counted(whole))
    cause = f"{_name(bench, table)} gives other rows by pages of {page_size} ({len(small)}) than by full ones"
    _expect(not lost and not more, f"{cause} ({len(whole)}): {_examples(lost, more)}", "correct its paging")


def windows_are_replayed(bench: Bench, table: str) -> None:
    """A window read again has equal rows, and two halves side by side have what the whole has."""
    read, whole = _prepared(bench, table), _all_time(bench, table)
    assert whole is not None
    rows = bench.rows(table, whole)
    _expect(
        rows, f"{_name(bench, table)} gives no row of a window over all time", "correct how its cursor is asked for"
    )
    lost, more = _difference(counted(bench.rows(table, whole)), counted(rows))
    cause = f"{_name(bench, table)} answers the same window with other rows the second time"
    remedy = "ask with the bounds of the window only, never with the time of now or with what was read before"
    _expect(not lost and not more, f"{cause}: {_examples(lost, more)}", remedy)
    _expect_halves(bench, read, whole, rows)


def refused_tokens_are_renewed_once(bench: Bench, table: str) -> None:
    """An expired token costs one new one and no rows; one that stays refused ends the read at once."""
    expected = counted(bench.rows(table))
    settings = bench.settings(table, concurrency="1")
    with bench.client(settings) as client:
        client.sign_in()
        bench.server.expire_tokens()
        bench.server.reset_counters()
        issued = bench.count("tokens_issued")
        read = bench.prepared(settings, client)
        rows = list(bench.read(read, plan(read, client), client))
    _expect_renewal(bench, table, bench.count("tokens_issued") - issued)
    lost, more = _difference(counted(rows), expected)
    _expect(
        not lost and not more, f"{_name(bench, table)} loses rows when its token expires: {_examples(lost, more)}", ""
    )
    _expect_refusal(bench, table)


def retry_after_is_obeyed(bench: Bench, table: str) -> None:
    """A 429 is waited out for as long as `Retry-After` says, and loses no row; the wait takes no real time."""
    expected, patient = counted(bench.rows(table)), PatientClock()
    bench.server.faults("429", count=1, retry_after=_WAIT)
    try:
        rows = bench.rows(table, clock=patient)
    except LakeflowError as error:
        remedy = "let `faults` call it `retry`, with the seconds of the header"
        raise AssertionError(f"{_name(bench, table)} ends at a 429: {error} ({remedy})") from error
    finally:
        bench.calm()
    _expect(bench.count("faults", "429"), f"{_name(bench, table)} made no call that a 429 could answer", "")
    waited = max(patient.slept, default=0.0)
    cause = f"{_name(bench, table)} waited {waited:.1f} seconds where Retry-After asked for {_WAIT:.0f}"
    _expect(waited >= _WAIT, cause, "hand the header on as `wait_seconds` of the fault (`retry_after(response)`)")
    lost, more = _difference(counted(rows), expected)
    _expect(not lost and not more, f"{_name(bench, table)} loses rows after a 429: {_examples(lost, more)}", "")


def _expect(fine: object, cause: str, remedy: str) -> None:
    __tracebackhide__ = True
    if not fine:
        raise AssertionError(f"{cause}: {remedy}" if remedy else cause)


def _name(bench: Bench, table: str) -> str:
    return f"{bench.connector.name}.{table}"


def _refuse_repeats(bench: Bench, table: str, rows: list[Row]) -> None:
    keys = _prepared(bench, table).table.primary_key
    seen = Counter(tuple(str(row[name]) for name in keys) for row in rows) if keys else Counter()
    twice = [key for key, count in seen.items() if count > 1]
    shown = "; ".join(" ".join(key) for key in twice[:_SHOWN])
    cause = f"{_name(bench, table)} gives {len(twice)} of its keys ({', '.join(keys)}) more than once, such as {shown}"
    _expect(not twice, cause, "a page is read twice, or the key does not identify a row")


def _expect_all(bench: Bench, table: str, rows: list[Row]) -> None:
    """As many rows as the mock says that there are; by key where records have it under the column's path."""
    if table not in bench.server.tables():
        return
    truth, archived = bench.server.rows(table), bench.server.rows(table, archived=True)
    if archived and len(rows) == len(truth) + len(archived):
        return  # a table that shows archived records too
    declared = _prepared(bench, table).table
    paths = _key_paths(declared)
    there = {tuple(str(dig(one, path)) for path in paths) for one in truth}
    came = {tuple(str(row[name]) for name in declared.primary_key) for row in rows}
    missing = [" ".join(key) for key in sorted(there - came)] if paths and there & came else []
    shown = f", such as {', '.join(missing[:_SHOWN])}" if missing else ""
    cause = f"{_name(bench, table)} gives {len(rows)} rows of the {len(truth)} that there are{shown}"
    _expect(len(rows) == len(truth), cause, "follow every page of every slice, and only once")


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
    lost, more = _difference(counted(halves), counted(rows))
    if read.table.ingestion != "append":  # changes are merged by key, so that a row of both halves does no harm
        more = {text: count for text, count in more.items() if text not in counted(rows)}
    cause = f"{_name(bench, name)} gives other rows by two windows that meet at {middle.isoformat()} than by one"
    remedy = "a window's start belongs to it and its end does not: ask the API so, or set client_side"
    _expect(not lost and not more, f"{cause}: {_examples(lost, more)}", remedy)


def _middle(read: Read, rows: list[Row]) -> datetime | None:
    assert read.table.cursor is not None
    times = sorted(row[read.table.cursor.field] for row in rows if row[read.table.cursor.field] is not None)
    return times[len(times) // 2] if times and isinstance(times[0], datetime) else None


def _expect_renewal(bench: Bench, table: str, issued: int) -> None:
    if not bench.count("statuses", "401"):
        return  # a token that lives as long as the account
    cause = f"{_name(bench, table)} asked for {issued} tokens when one had expired"
    _expect(
        issued == 1, cause, "sign in through one of `lakeflow_sources.http`, which renews a token once for all calls"
    )


def _expect_refusal(bench: Bench, table: str) -> None:
    bench.server.faults("expired")
    bench.server.reset_counters()
    try:
        bench.rows(table, concurrency="1", parallelism="1")
    except SignInError:
        refused = bench.count("faults", "expired")
        cause = f"{_name(bench, table)} was refused {refused} times before it gave up"
        _expect(refused <= _FEW_CALLS, cause, "let `faults` call a 401 `sign_in`, not `retry`")
    except LakeflowError as error:
        raise AssertionError(
            f"{_name(bench, table)} takes refused credentials for {type(error).__name__}: {error} "
            "(let `faults` call a 401 `sign_in`)"
        ) from error
    else:
        raise AssertionError(f"{_name(bench, table)} takes a refused call for an empty answer")
    finally:
        bench.calm()


def _difference(found: Counter[str], expected: Counter[str]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """What is missing of *expected*, and what there is beside it."""
    return expected - found, found - expected


def _examples(lost: Mapping[str, int], more: Mapping[str, int]) -> str:
    def told() -> Iterator[str]:
        for word, rows in (("missing", lost), ("too many", more)):
            if rows:
                yield f"{sum(rows.values())} {word}, such as {next(iter(rows))[:300]}"

    return "; ".join(told())
