"""Recorded values: no event lost, none doubled, whatever the server means by maxCount."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from lakeflow_sources import AccessError, TransientError, VendorError
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from tests.sources.osipi import truth
from tests.sources.osipi.reading import read_rows, reader, rows_of, window_rows


def expected(mock, **bounds):
    return truth.recorded(mock.rows("recorded_values"), **bounds)


@pytest.mark.parametrize("sharing", ["per_stream", "shared", "in_turn"])
def test_every_event_comes_once_whatever_max_count_means_and_however_many_share_a_time(lakeflow_mock, sharing):
    mock = lakeflow_mock("osipi", records={"points": 4, "burst": 700}, days=1, sharing=sharing)
    for size in (50_000, 500):
        rows = read_rows(mock.options, "recorded_values", page_size=size)
        assert truth.keyed(rows) == expected(mock)
    assert any(row["sequence"] == 700 for row in rows)  # of a time that one page cannot hold


@pytest.mark.parametrize("size", [38, 39, 40, 41])
def test_a_share_of_max_count_that_is_rounded_up_is_no_proof_that_each_stream_came_whole(lakeflow_mock, size):
    mock = lakeflow_mock("osipi", records={"points": 6}, days=1, gap_seconds=3600, sharing="shared")
    assert truth.keyed(read_rows(mock.options, "recorded_values", page_size=size)) == expected(mock)


def test_a_server_that_does_not_count_is_read_all_the_same(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 6}, days=1, counts=False, max_returned=400, sharing="shared")
    assert truth.keyed(read_rows(mock.options, "recorded_values", page_size=1000)) == expected(mock)


def test_more_events_at_one_time_than_the_server_returns_is_an_error_and_not_a_gap(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 1, "burst": 700}, days=1, max_returned=300)
    with pytest.raises(VendorError, match="SINUSOID has more than 300 events at .*MaxReturnedItemsPerCall"):
        read_rows(mock.options, "recorded_values", page_size=300)


def test_adjacent_windows_share_no_event_and_miss_none(plant):
    known = plant.rows("recorded_values")
    events = sorted(truth.instant(row["Timestamp"]) for row in known)
    whole = [moment for moment in events if moment.microsecond % 1000 == 0]
    cuts = [whole[len(whole) // 3], whole[len(whole) // 2], whole[-1]]  # events lie right on the bounds
    bounds = [events[0], *cuts, events[-1] + timedelta(seconds=1)]
    seen = {}
    for first, end in pairwise(bounds):
        start = first.replace(microsecond=first.microsecond // 1000 * 1000)
        rows = truth.keyed(window_rows(plant.options, "recorded_values", start.isoformat(), end.isoformat()))
        assert rows == truth.recorded(known, start=start, end=end)
        assert not set(rows) & set(seen)
        seen |= rows
    assert len(seen) == len(events)


def test_replaying_a_window_gives_the_same_rows(plant):
    end = truth.instant(plant.rows("recorded_values")[-1]["Timestamp"]).replace(microsecond=0)
    bounds = ((end - timedelta(hours=5)).isoformat(), end.isoformat())
    assert window_rows(plant.options, "recorded_values", *bounds) == window_rows(
        plant.options, "recorded_values", *bounds
    )


def test_times_finer_than_a_microsecond_are_cut_and_not_lost(plant):
    fine = [row for row in plant.rows("recorded_values") if "." in row["Timestamp"]]
    assert len(fine[0]["Timestamp"]) == len("2026-01-05T00:00:12.3450012Z")
    rows = truth.keyed(read_rows(plant.options, "recorded_values"))
    assert {(row["WebId"], truth.instant(row["Timestamp"])) for row in fine} <= {key[:2] for key in rows}


def test_late_and_edited_events_are_found_within_the_lookback(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 6}, days=1)
    events = sorted(truth.instant(row["Timestamp"]) for row in mock.rows("recorded_values"))
    start, end = events[-1] - timedelta(hours=2), events[-1] + timedelta(seconds=1)
    start = start.replace(microsecond=0)
    before = truth.keyed(window_rows(mock.options, "recorded_values", start.isoformat(), end.isoformat()))
    late = (start + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
    mock.write("add", tag=1, time=late, values=[1.5, 2.5])
    edited = mock.write("edit", tag=0, time=start.isoformat().replace("+00:00", "Z"), value=-1.25)
    after = truth.keyed(window_rows(mock.options, "recorded_values", start.isoformat(), end.isoformat()))
    assert after == expected(mock, start=start, end=end)
    assert len(after) == len(before) + 2
    changed = [key for key, row in after.items() if key in before and before[key] != row]
    assert [key[1] for key in changed] == [truth.instant(edited)]


def test_a_stream_that_is_gone_or_has_no_history_is_left_out_with_a_note(lakeflow_mock, caplog):
    mock = lakeflow_mock("osipi", records={"points": 8}, days=1)
    wanted = expected(mock)
    broken = {}
    with reader(mock.options, "recorded_values") as (read, client):
        for tag, status in ((1, 409), (3, 501), (5, 404)):
            webid = mock.rows("points")[tag]["WebId"]
            broken[webid] = status
            mock.write("break", tag=tag, status=status)
        rows = truth.keyed(rows_of(read, client)[0])
    assert rows == {key: row for key, row in wanted.items() if key[0] not in broken}
    for status in ("404", "409", "501"):
        assert f"is left out: {status}" in caplog.text


def test_a_stream_that_must_not_be_read_any_more_is_an_error_and_not_an_empty_table(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 5}, days=1)
    webids = ";".join(one["WebId"] for one in mock.rows("points"))
    mock.write("hide", tag=2)
    with pytest.raises(AccessError, match="read access"):
        read_rows(mock.options, "recorded_values", webids=webids)


def test_an_answer_that_broke_off_behind_status_200_is_asked_for_again(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 5}, days=1)
    mock.write("fail", text="The operation has timed out.")
    assert truth.keyed(read_rows(mock.options, "recorded_values")) == expected(mock)
    for _ in range(40):
        mock.write("fail", text="The operation has timed out.")
    with pytest.raises(TransientError, match="timed out"):
        read_rows(mock.options, "recorded_values", max_retries=1)


def names(rows):
    return {row["webid"] for row in rows}


def test_streams_by_mask_by_webid_by_path_and_by_template(plant):
    points = plant.rows("points")
    day = {"start": (datetime.now().astimezone() - timedelta(hours=20)).isoformat()}
    digital = {one["WebId"] for one in points if ".Digital." in one["Name"]}
    assert names(read_rows(plant.options, "end_values", points="*.digital.*")) == digital
    two = {points[2]["WebId"], points[4]["WebId"]}
    assert names(read_rows(plant.options, "end_values", webids=",".join(two))) == two
    assert names(read_rows(plant.options, "points", tag_webids=",".join(two))) == two
    assert names(read_rows(plant.options, "end_values", points="SINUSOID;CDT158")) == {
        points[0]["WebId"],
        points[1]["WebId"],
    }
    speeds = [one for one in plant.rows("attributes") if one["Path"].endswith("|Speed")]
    assert names(read_rows(plant.options, "attributes", webids=speeds[0]["WebId"])) == {speeds[0]["WebId"]}
    assert names(read_rows(plant.options, "end_values", attribute_name="Speed")) >= {one["WebId"] for one in speeds}
    rows = read_rows(plant.options, "recorded_values", paths=speeds[3]["Path"], **day)
    assert names(rows) == {speeds[3]["WebId"]}
    assert len(rows) == len(read_rows(plant.options, "recorded_values", paths=speeds[3]["ConfigString"], **day)) > 0


def test_a_sample_is_read_only_where_it_is_asked_for(plant, caplog):
    assert len(read_rows(plant.options, "points")) == 24
    assert len(read_rows(plant.options, "end_values", max_points=3)) == 3
    assert "21 of 24 streams are left out" in caplog.text


def calls(mock):
    """Calls by the end of their path, since the counters were reset."""
    found = Counter(one["path"].rpartition("/")[2] for one in mock.requests())
    mock.reset_counters()
    return found


def test_calls_follow_from_groups_of_streams_and_from_events(lakeflow_mock):
    """Two groups of numbers, texts and states, and one of integers."""
    mock = lakeflow_mock("osipi", records={"points": 130}, days=1, gap_seconds=900)
    events = len(mock.rows("recorded_values"))
    mock.reset_counters()
    with reader(mock.options, "recorded_values", page_size=1_000) as (read, client):
        shares = plan(read, client)
        assert calls(mock) == {"dataservers": 1, "points": 2, "summary": 3, "recorded": 3}, (
            "counted, and where they begin"
        )
        rows = sum(batch.num_rows for pieces in shares for batch in read_share(read, pieces, client))
    assert rows == events
    assert calls(mock)["recorded"] <= 3 * events / 500, "spans hold half a page, and are continued where that was wrong"


def test_streams_that_are_much_busier_than_others_do_not_cut_the_spans_of_those(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 40}, days=1, busy=2, sharing="shared")
    start = (datetime.now(UTC) - timedelta(hours=5)).isoformat()
    events = len(truth.recorded(mock.rows("recorded_values"), start=datetime.fromisoformat(start)))
    mock.reset_counters()
    rows = read_rows(mock.options, "recorded_values", page_size=4_000, start=start)
    assert len(rows) == events
    assert calls(mock)["recorded"] <= 3 * events / 2_000 + 6


def test_an_increment_is_a_call_for_each_group_and_nothing_is_counted(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 130}, days=1, gap_seconds=900)
    start = (datetime.now().astimezone() - timedelta(minutes=15)).isoformat()
    mock.reset_counters()
    read_rows(mock.options, "recorded_values", start=start)
    assert calls(mock) == {"dataservers": 1, "points": 2, "recorded": 3}
