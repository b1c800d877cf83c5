"""Slices into shares, and the windows of reads."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeflow_sources.declare import EPOCH, Column, Cursor, Read, Slice, Table
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import batch_window, deal, frozen_now, increment
from lakeflow_sources.registry import connector, connector_names

HUBSPOT = connector("hubspot")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENTS = Table("events", (Column("id"), Column("at", "timestamp")), cursor=Cursor("at", lag=30, lookback=120))


def read(table=EVENTS, **options):
    settings = check_options(HUBSPOT, {"access_token": "secret-token", **options})
    return Read(HUBSPOT, table, settings, EVENTS.columns)


@given(st.lists(st.floats(0.1, 1e6), max_size=200), st.integers(1, 16))
def test_every_slice_is_dealt_once_and_no_share_is_empty(weights, shares):
    pieces = [Slice({"n": number}, weight=weight) for number, weight in enumerate(weights)]
    hands = deal(pieces, shares)
    assert len(hands) == min(shares, len(pieces))
    assert all(hands)
    assert sorted(piece["n"] for hand in hands for piece in hand) == list(range(len(pieces)))


def test_shares_are_even_when_slices_are_not():
    hands = deal([Slice(weight=weight) for weight in (90, 10, 10, 10, 30, 30)], 2)
    loads = sorted(sum(piece.weight for piece in hand) for hand in hands)
    assert loads == [90, 90]


def test_ten_thousand_slices_are_dealt_into_few_shares():
    hands = deal([Slice({"n": number}) for number in range(10_000)], 8)
    assert [len(hand) for hand in hands] == [1_250] * 8


def test_a_batch_without_bounds_has_no_window():
    assert batch_window(read()) is None


def test_bounds_of_a_batch_are_half_open_and_default_to_all_there_is():
    window = batch_window(read(start="2026-01-01T00:00:00Z", end="2026-01-02"))
    assert (window.start, window.end) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert batch_window(read(end="2026-01-02")).start == EPOCH
    late = batch_window(read(start="2026-01-01")).end
    assert timedelta(seconds=29) < datetime.now(UTC) - late < timedelta(seconds=60)


def test_a_local_time_is_one_instant():
    assert batch_window(read(start="2026-01-01T02:00:00+02:00", end="2026-02-01")).start == datetime(
        2026, 1, 1, tzinfo=UTC
    )


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ConfigurationError, match="is not before end"):
        batch_window(read(start="2026-01-02", end="2026-01-01"))


def test_bounds_of_a_table_without_a_cursor_are_refused():
    with pytest.raises(ConfigurationError, match="events has no cursor"):
        batch_window(read(dataclasses.replace(EVENTS, cursor=None), start="2026-01-01"))


def test_an_increment_reaches_back_by_the_lookback_but_never_before_the_start_option():
    assert increment(read(), NOON, NOON + timedelta(hours=1)).window.start == NOON - timedelta(seconds=120)
    assert increment(read(lookback_seconds="0"), NOON, NOON + timedelta(hours=1)).window.start == NOON
    bound = increment(read(start="2026-01-01T12:00:00Z"), NOON, NOON + timedelta(hours=1))
    assert bound.window.start == NOON
    assert increment(read(), EPOCH, NOON).window.start == EPOCH


def test_now_is_frozen_to_milliseconds_behind_the_lag():
    frozen = frozen_now(read(lag_seconds="10"))
    assert frozen.microsecond % 1000 == 0
    assert timedelta(seconds=9) < datetime.now(UTC) - frozen < timedelta(seconds=12)


@pytest.mark.parametrize("name", connector_names())
def test_no_window_of_appended_rows_reaches_back(name):
    """They are not merged by key: a row that is read twice stays twice."""
    found = connector(name)
    tables = found.static_tables if callable(found.tables) else found.tables
    appended = [one for one in tables if one.ingestion == "append"]
    assert not [one.name for one in appended if one.cursor is not None and one.cursor.lookback]
