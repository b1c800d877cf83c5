"""Deletes: each tombstone once, both sources of them, and no silence where they are not known any more."""

from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources.errors import DataError
from lakeflow_sources.testing import mock_server
from tests.sources.salesforce.reading import live, read

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def server():
    with mock_server("salesforce", seed=6, records={"Account": 400}) as started:
        yield started


@pytest.fixture
def mock(server):
    server.clear_faults()
    server.reset_counters()
    server.write("purge_log", stamp="1970-01-01")
    return server


def ago(days=0, **more):
    return (datetime.now(UTC) - timedelta(days=days, **more)).isoformat()


def now():
    return ago(seconds=-2)


def tombstones(answer):
    found = [row["Id"] for row in answer.rows if row["_deleted"]]
    assert len(found) == len(set(found)), "a tombstone came twice"
    return set(found)


def test_a_row_in_bin_and_log_is_one_tombstone(mock):
    answer = read(mock, "Contact", window=(ago(3), now()))
    assert tombstones(answer) == {one["Id"] for one in mock.rows("Contact", archived=True)} != set()
    (row,) = [row for row in answer.rows if row["Id"] == mock.rows("Contact", archived=True)[0]["Id"]]
    raw = mock.rows("Contact", archived=True)[0]
    assert row["SystemModstamp"] == datetime.fromisoformat(raw["SystemModstamp"])
    assert row["LastName"] == raw["LastName"], "the bin still knows the row"


def test_a_full_read_has_no_tombstones(mock):
    assert tombstones(read(mock, "Contact")) == set()
    assert read(mock, "Contact").ids == live(mock, "Contact")


def test_hard_deletes_come_from_the_log_with_the_time_of_the_delete(mock):
    moment = ago(2)
    purged = mock.write("purge", object="Lead", count=3, stamp=moment)
    rows = {row["Id"]: row for row in read(mock, "Lead", window=(ago(3), now())).rows}
    for one in purged:
        assert rows[one]["_deleted"] is True
        assert rows[one]["SystemModstamp"] == datetime.fromisoformat(moment).replace(microsecond=0)
        assert rows[one]["Company"] is None


def test_the_minutes_of_the_log_are_cut_to_the_window(mock):
    base = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=5)
    ids = [one["Id"] for one in mock.rows("Case")][:4]
    for place, one in enumerate(ids):
        mock.write("purge", object="Case", ids=[one], stamp=(base + timedelta(seconds=15 * place)).isoformat())
    window = (base + timedelta(seconds=15), base + timedelta(seconds=45))
    answer = read(mock, "Case", window=[one.isoformat() for one in window])
    assert tombstones(answer) == set(ids[1:3]), "start belongs to the window, end does not"


def test_both_sides_of_a_boundary_have_each_delete_once(mock):
    base = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=9)
    ids = mock.write("delete", object="Account", count=40, stamp=(base + timedelta(seconds=30)).isoformat())
    cut = base + timedelta(seconds=30, milliseconds=400)
    before = tombstones(read(mock, "Account", window=((base - DAY / 24).isoformat(), cut.isoformat())))
    after = tombstones(read(mock, "Account", window=(cut.isoformat(), (base + DAY / 24).isoformat())))
    assert before | after >= set(ids)
    assert not before & after & set(ids)


def test_a_window_older_than_the_log_is_an_error_where_increments_would_miss_deletes(mock):
    with pytest.raises(DataError, match="Deletes of Account between .* are not known any more: read the table anew"):
        read(mock, "Account", window=(ago(40), now()), start="2020-01-01")
    with pytest.raises(DataError, match="Deletes of Account"):
        read(mock, "Account", window=(ago(16), now()))


def test_a_first_window_has_no_deletes_to_miss(mock):
    old = "2024-01-01T00:00:00+00:00"
    assert tombstones(read(mock, "Contact", window=(old, now()), start=old)) == {
        one["Id"] for one in mock.rows("Contact", archived=True)
    }
    assert read(mock, "Contact", window=("1970-01-01T00:00:00+00:00", now())).ids >= live(mock, "Contact")
    assert read(mock, "Contact", start="2024-01-01").ids


def test_a_log_that_was_purged_early_is_an_error(mock):
    mock.write("purge_log", stamp=ago(1))
    with pytest.raises(DataError, match="not known any more: read the table anew"):
        read(mock, "Account", window=(ago(2), now()))


def test_the_user_may_go_on_with_the_bin_alone_or_without_deletes(mock):
    window = (ago(40), now())
    assert tombstones(read(mock, "Contact", window=window, deletes="recycle_bin")) == {
        one["Id"] for one in mock.rows("Contact", archived=True)
    }
    assert tombstones(read(mock, "Contact", window=window, deletes="none")) == set()
    assert not [one for one in mock.requests() if one["path"].endswith("/deleted")]


def test_too_many_deletes_for_one_answer_are_asked_in_halves(lakeflow_mock):
    mock = lakeflow_mock("salesforce", log_most=5)
    for hours in range(1, 13):
        mock.write("purge", object="Product2", count=1, stamp=ago(0, hours=hours))
    gone = {one["id"] for one in mock.rows("Product2:log")}
    assert len(gone) == 14
    assert tombstones(read(mock, "Product2", window=(ago(3), now()))) == gone
    assert len([one for one in mock.requests() if one["path"].endswith("/deleted")]) > 5


def test_objects_without_a_delete_feed_are_no_cdc_with_deletes(mock):
    answer = read(mock, "User", window=(ago(3000), now()))
    assert "_deleted" not in answer.rows[0]
    assert answer.ids == live(mock, "User")


def test_rows_that_left_the_bin_after_its_days_are_gone(lakeflow_mock):
    short = lakeflow_mock("salesforce", retention_days=0.5)
    window = (ago(3), now())
    assert tombstones(read(short, "Contact", window=window, deletes="recycle_bin")) == set()
    assert len(tombstones(read(short, "Contact", window=window))) == 2, "the log still knows them"
