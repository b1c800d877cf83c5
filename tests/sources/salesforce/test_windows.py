"""Windows of the cursor, as a stream asks for them: nothing lost, nothing doubled, replays alike."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.plan import increment
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce.reading import SALESFORCE, live, queries, read, settings_of


@pytest.fixture(scope="module")
def server():
    with mock_server("salesforce", seed=9, deleted=False, records={"Load__c": 2_400, "Account": 500}) as started:
        yield started


@pytest.fixture
def mock(server):
    server.clear_faults()
    server.reset_counters()
    return server


def stamps(mock, table):
    return {one["Id"]: datetime.fromisoformat(one["SystemModstamp"]) for one in mock.rows(table)}


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_windows_that_meet_have_every_row_once(mock, api):
    moments = sorted(set(stamps(mock, "Account").values()))
    cuts = [moments[0], *moments[40::90], moments[-1] + timedelta(seconds=1)]
    found = []
    for start, end in pairwise(cuts):
        rows = read(
            mock, "Account", window=(start.isoformat(), end.isoformat()), columns="Id", api=api, deletes="none"
        ).rows
        found += [row["Id"] for row in rows]
        expected = {one for one, at in stamps(mock, "Account").items() if start <= at < end}
        assert {row["Id"] for row in rows} == expected
    assert len(found) == len(set(found)) == 500


def test_a_window_cut_within_a_second_neither_loses_nor_doubles(mock):
    at = sorted(stamps(mock, "Account").values())[250]
    cut = (at + timedelta(milliseconds=400)).isoformat()
    before = read(mock, "Account", window=("2000-01-01T00:00:00+00:00", cut), columns="Id", start="2000-01-01").ids
    after = read(mock, "Account", window=(cut, "2030-01-01T00:00:00+00:00"), columns="Id", deletes="none").ids
    assert before | after == live(mock, "Account")
    assert not before & after


def test_a_replay_asks_the_same_and_gets_the_same(mock):
    window = ("2024-01-01T00:00:00+00:00", "2025-01-01T00:00:00+00:00")
    first = read(mock, "Load__c", window=window, deletes="none")
    mark = mock.requests()[-1]["number"]
    asked = queries(mock)
    second = read(mock, "Load__c", window=window, deletes="none")
    assert queries(mock, mark) == asked
    assert sorted(map(str, first.rows)) == sorted(map(str, second.rows))


def test_large_windows_are_cut_by_the_cursor_without_gap_or_overlap(mock):
    window = ("2023-07-01T00:00:00+00:00", "2025-05-01T00:00:00+00:00")
    answer = read(mock, "Load__c", window=window, deletes="none", columns="Id", parallelism=6, job_rows=200)
    expected = {
        one
        for one, at in stamps(mock, "Load__c").items()
        if datetime.fromisoformat(window[0]) <= at < datetime.fromisoformat(window[1])
    }
    assert answer.ids == expected
    assert len(answer.pieces) >= 5
    bounds = sorted((piece["from"], piece["to"]) for piece in answer.pieces)
    assert bounds[0][0] == window[0]
    assert bounds[-1][1] == window[1]
    assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]


def test_a_first_window_of_everything_is_cut_from_the_first_stamp_on(mock):
    window = ("1970-01-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00")
    answer = read(mock, "Load__c", window=window, deletes="none", columns="Id", parallelism=4, job_rows=200)
    assert answer.ids == live(mock, "Load__c")
    assert 3 <= len(answer.pieces) <= 8
    assert all(1 <= piece.weight < 30 for piece in answer.pieces)


def bound_read(mock, table, **options):
    settings = settings_of({**mock.options, "tableName": table, **options})
    with connect(SALESFORCE, settings) as client:
        return prepare(SALESFORCE, settings, lambda: client)


def test_rows_that_commit_late_are_within_the_lookback(mock):
    table = bound_read(mock, "Account")
    now = datetime.now(UTC)
    created = mock.write("create", object="Account", count=3, stamp=(now - timedelta(seconds=500)).isoformat())
    window = increment(table, now - timedelta(seconds=60), now).window
    answer = read(mock, "Account", window=(window.start.isoformat(), window.end.isoformat()), columns="Id")
    assert set(created) <= answer.ids
    assert table.table.cursor.lag >= 300
    assert table.table.cursor.lookback >= table.table.cursor.lag


def test_appended_rows_are_waited_for_and_never_read_twice(mock):
    for name in ("AccountHistory", "LoginHistory", "Invoice__History"):
        table = bound_read(mock, name)
        assert (table.table.ingestion, table.table.cursor.lookback) == ("append", 0.0)
        assert table.table.cursor.lag >= 900
    created = mock.write("create", object="AccountHistory", count=2)
    now = datetime.now(UTC)
    window = ((now - timedelta(minutes=1)).isoformat(), (now + timedelta(seconds=2)).isoformat())
    assert read(mock, "AccountHistory", window=window).ids == set(created)


def test_automated_changes_move_the_stamp_alone_and_are_read(mock):
    touched = mock.write("touch", object="Contact", count=4)
    now = datetime.now(UTC)
    window = ((now - timedelta(minutes=1)).isoformat(), (now + timedelta(seconds=2)).isoformat())
    assert read(mock, "Contact", window=window).ids == set(touched)


def test_a_quiet_increment_takes_three_calls(mock):
    window = ("2001-01-01T00:00:00+00:00", "2001-01-02T00:00:00+00:00")
    read(mock, "Contact", window=window, start=window[0])
    data = [one["path"] for one in mock.requests() if "describe" not in one["path"]]
    assert len(data) == 2, "no log that old is asked for"
    now = datetime.now(UTC)
    mock.reset_counters()
    read(mock, "Opportunity", window=((now - timedelta(hours=1)).isoformat(), now.isoformat()))
    assert len([one for one in mock.requests() if "describe" not in one["path"]]) == 3


def test_formulas_are_refreshed_when_the_hour_for_it_is_in_the_window(mock):
    mock.write("drift", object="Invoice__c", values={"Score__c": "0.5"})
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def scores(start, end, **options):
        window = (start.isoformat(), end.isoformat())
        rows = read(mock, "Invoice__c", window=window, deletes="none", columns="Id,Score__c", **options).rows
        return {str(row["Score__c"]) for row in rows}

    hour = timedelta(hours=1)
    assert scores(noon - hour, noon + hour) == set()
    assert scores(noon - hour, noon + hour, formula_refresh_hours=24) == set()
    assert scores(noon - hour, noon + hour, formula_refresh_hours=12) == {"0.500000"}
    assert scores(noon, noon + hour, formula_refresh_hours=12) == set(), "once for each such hour"
    whole = [one for one in queries(mock) if "SystemModstamp <" in one and "SystemModstamp >=" not in one]
    assert whole, "rows that change after the window are left to the next one"


def test_start_and_end_of_a_batch_are_half_open(mock):
    moments = sorted(stamps(mock, "Account").values())
    start, end = moments[100], moments[200]
    answer = read(mock, "Account", start=start.isoformat(), end=end.isoformat(), columns="Id", deletes="none")
    assert answer.ids == {one for one, at in stamps(mock, "Account").items() if start <= at < end}


def test_the_order_of_columns_and_the_cursor_do_not_depend_on_each_other(mock):
    rows = read(mock, "Account", start="2024-01-01", columns="Phone,Id", deletes="none").rows
    assert list(rows[0]) == ["Phone", "Id"]
