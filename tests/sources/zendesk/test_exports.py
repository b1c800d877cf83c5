"""Incremental exports: what they give, what they hide, how they move while they are walked."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from lakeflow_sources.declare import EPOCH, Slice, Window
from lakeflow_sources.errors import TransientError, VendorError
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from tests.sources.zendesk import reading, truth
from tests.sources.zendesk.conftest import NOW
from tests.sources.zendesk.reading import instant, span


def ids(rows):
    return sorted(row["id"] for row in rows)


def generated(mock):
    return {one["id"]: one["generated_timestamp"] for one in mock.rows("tickets", archived=None)}


def test_windows_are_half_open_and_meet_without_gap_or_overlap(still):
    times = sorted(set(generated(still).values()))
    edges = [EPOCH, *(EPOCH + timedelta(seconds=times[place]) for place in (40, 80, 81, 150)), instant(NOW)]
    found = []
    for start, end in pairwise(edges):
        rows = reading.rows(still, "tickets", Window(start, end))
        assert all(start <= row["generated_timestamp"] < end for row in rows)
        found += rows
    assert ids(found) == ids(still.rows("tickets", archived=None))


@pytest.mark.parametrize(
    "name", ["users", "organizations", "ticket_events", "ticket_comments", "ticket_metric_events", "articles"]
)
def test_a_boundary_row_is_in_one_window_alone(still, name):
    moments = {"ticket_metric_events": "time", "ticket_events": "created_at", "ticket_comments": "timestamp"}
    raw = still.rows(name, archived=None)
    middle = truth.moment(sorted(one[moments.get(name, "updated_at")] for one in raw)[len(raw) // 2])
    before = reading.rows(still, name, Window(EPOCH, middle))
    after = reading.rows(still, name, Window(middle, instant(NOW)))
    assert before
    assert after
    assert ids([*before, *after]) == ids(raw)


def test_a_window_below_a_second_asks_for_the_whole_second_and_keeps_its_part(still):
    second = EPOCH + timedelta(seconds=sorted(generated(still).values())[50])
    half = timedelta(milliseconds=500)
    assert reading.rows(still, "tickets", Window(second, second + half))
    assert reading.rows(still, "tickets", Window(second + half, second + 2 * half)) == []


def test_a_replay_gives_the_same_rows(still):
    window = span("2025-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    first, second = (reading.rows(still, "tickets", window, parallelism=8) for _ in range(2))
    assert first
    assert sorted(map(repr, first)) == sorted(map(repr, second))


def test_the_last_minute_is_left_out_until_it_has_passed(mock):
    mock.write("create", table="tickets", values={"subject": "just now"})
    mock.advance(59)
    assert all(row["subject"] != "just now" for row in reading.rows(mock, "tickets"))
    mock.advance(2)
    assert any(row["subject"] == "just now" for row in reading.rows(mock, "tickets"))


def test_tickets_follow_generated_timestamp_where_updated_at_stays_behind(mock):
    victim = mock.rows("tickets")[3]
    mock.write("touch", ids=[victim["id"]], time=mock.at("11:00:00"))
    (row,) = reading.rows(mock, "tickets", mock.since("10:59:00"))
    assert row["id"] == victim["id"]
    assert row["updated_at"] == instant(victim["updated_at"]) < instant(mock.at("10:59:00"))
    assert row["generated_timestamp"] == instant(mock.at("11:00:00"))


def test_archived_tickets_are_there_although_lists_leave_them_out(mock):
    kept = [one["id"] for one in mock.rows("tickets")]
    mock.write("archive", ids=kept[:50])
    assert ids(reading.rows(mock, "tickets")) == kept
    assert ids(reading.rows(mock, "ticket_metrics")) == ids(mock.rows("ticket_metrics"))


def test_deleted_tickets_are_tombstones_in_windows_and_absent_in_full_reads(mock):
    victim = mock.rows("tickets")[0]["id"]
    mock.write("change", table="tickets", ids=[victim], time=mock.at("10:00:00"))
    mock.write("delete", table="tickets", ids=[victim], time=mock.at("10:00:05"))
    (tombstone,) = reading.rows(mock, "tickets", mock.since("09:00:00"))
    assert (tombstone["id"], tombstone["_deleted"], tombstone["status"]) == (victim, True, "deleted")
    assert tombstone["generated_timestamp"] == instant(mock.at("10:00:05")), "it sorts behind the last change"
    assert victim not in ids(reading.rows(mock, "tickets"))
    assert {row["_deleted"] for row in reading.rows(mock, "tickets")} == {False}


def test_inactive_users_are_tombstones_in_windows_and_absent_in_full_reads(mock):
    victim = mock.rows("users")[5]["id"]
    mock.write("delete", table="users", ids=[victim], time=mock.at("10:00:05"))
    (tombstone,) = reading.rows(mock, "users", mock.since("09:00:00"))
    assert (tombstone["id"], tombstone["_deleted"]) == (victim, True)
    assert victim not in ids(reading.rows(mock, "users"))
    erased = [row for row in reading.rows(mock, "users", Window(EPOCH, instant(NOW))) if row["permanently_deleted"]]
    assert erased
    assert all(row["_deleted"] and row["email"] is None for row in erased)


def test_tickets_of_ai_agents_are_read_unless_they_are_left_out_on_purpose(still):
    everything = reading.rows(still, "tickets")
    machines = [row for row in everything if row["support_type"] == "ai_agent"]
    assert machines
    assert ids(reading.rows(still, "tickets", support_type_scope="ai_agent")) == ids(machines)
    agents = reading.rows(still, "tickets", support_type_scope="agent")
    assert ids(agents) == ids([row for row in everything if row["support_type"] == "agent"])
    for name in ("ticket_events", "ticket_comments", "ticket_metrics"):
        tickets = {row["ticket_id"] for row in reading.rows(still, name)}
        assert tickets & {row["id"] for row in machines}


def test_a_ticket_that_changes_during_a_full_read_comes_once(mock):
    with reading.reading(mock, "tickets", page_size=20) as (read, client):
        pages = read.table.fetch(read, Slice(), client)
        first = list(next(pages).records)
        later = mock.rows("tickets")[-1]
        mock.write("touch", ids=[first[3]["id"], later["id"]], time=mock.at("11:00:00"))
        rows = [*first, *(row for page in pages for row in page.records)]
    assert ids(rows) == ids(mock.rows("tickets"))


def test_a_row_that_leaves_a_window_while_it_is_read_is_in_the_next_one(mock):
    with reading.reading(mock, "tickets", Window(EPOCH, instant(mock.at("10:00:00"))), page_size=20) as (read, client):
        pages = read.table.fetch(read, Slice(window=read.window), client)
        seen = [row["id"] for row in next(pages).records]
        moving = next(one["id"] for one in reversed(mock.rows("tickets")) if one["id"] not in seen)
        mock.write("touch", ids=[moving], time=mock.at("11:00:00"))
        seen += [row["id"] for page in pages for row in page.records]
    assert moving not in seen
    assert ids(reading.rows(mock, "tickets", mock.since("10:00:00"))) == [moving]
    assert sorted([*seen, moving]) == ids(mock.rows("tickets", archived=None))


def test_more_rows_in_one_second_than_a_page_holds(mock):
    """A time export lets its page grow, a cursor export goes on inside the second."""
    tickets = [one["id"] for one in mock.rows("tickets")][:150]
    mock.write("touch", ids=tickets, time=mock.at("11:00:00"))
    assert ids(reading.rows(mock, "tickets", mock.since("10:00:00"), page_size=20)) == tickets
    for ticket in tickets[:60]:
        mock.write("comment", ticket=ticket, time=mock.at("11:30:00"))
    comments = reading.rows(mock, "ticket_comments", mock.since("11:15:00"), page_size=20)
    assert sorted(row["ticket_id"] for row in comments) == tickets[:60]


@pytest.mark.parametrize("name", ["organizations", "ticket_events", "ticket_comments"])
def test_the_second_that_is_sent_twice_is_kept_once(still, name):
    got = reading.table(still, name, page_size=7)
    truth.check(got, still.rows(name))
    queries = [one["query"] for one in still.requests() if "incremental" in one["path"]]
    starts = [query.partition("start_time=")[2].partition("&")[0] for query in queries[-10:]]
    assert len(set(starts)) == len(starts), "each call goes on where the last one ended"


def test_a_walk_stops_behind_the_end_of_its_window(mock):
    assert reading.rows(mock, "tickets", Window(EPOCH, EPOCH + timedelta(days=1)), page_size=10) == []
    assert reading.paths(mock).count("/api/v2/incremental/tickets/cursor") == 1


@pytest.mark.parametrize("name", ["tickets", "ticket_metrics", "ticket_events", "ticket_comments"])
def test_a_walk_that_has_met_a_row_behind_its_window_asks_for_no_further_page(still, name):
    """Ten calls a minute are for all exports: one more a batch would be a tenth of them."""
    times = sorted(set(generated(still).values()))
    still.reset_counters()
    assert reading.rows(still, name, Window(EPOCH, EPOCH + timedelta(seconds=times[10])), page_size=1_000)
    assert len([path for path in reading.paths(still) if "incremental" in path]) == 1


def test_no_call_begins_within_the_last_minute(lakeflow_mock):
    """It would be refused with 422; what was asked too much is dropped here."""
    mock = lakeflow_mock("zendesk", records={"tickets": 5})
    now = instant(mock.advance(0))
    assert reading.rows(mock, "tickets", Window(now - timedelta(seconds=1), now)) == []
    assert reading.rows(mock, "organizations", Window(now - timedelta(seconds=1), now)) == []


def test_a_long_window_is_walked_in_as_many_parts_as_the_budget_feeds(still):
    window = Window(EPOCH, instant(NOW))
    for budget, parallelism, parts in (("10", 8, 1), ("30", 8, 3), ("6000", 8, 8), ("6000", 2, 2)):
        with reading.reading(still, "tickets", window, exports_per_minute=budget, parallelism=parallelism) as (
            read,
            client,
        ):
            shares = plan(read, client)
            assert len(shares) == parts
            pieces = [piece for share in shares for piece in share]
            assert {piece.rate for piece in pieces} == {"incremental"}
            edges = sorted((piece.window.start, piece.window.end) for piece in pieces)
            assert edges[0][0] == EPOCH
            assert edges[-1][1] == instant(NOW)
            assert all(one[1] == two[0] for one, two in pairwise(edges))
    rows = reading.rows(still, "tickets", window, parallelism=8)
    assert ids(rows) == ids(still.rows("tickets", archived=None))


def test_a_short_window_and_a_full_read_are_one_walk(still):
    for window in (None, span("2026-03-01T11:00:00Z", NOW)):
        with reading.reading(still, "tickets", window) as (read, client):
            assert [len(share) for share in plan(read, client)] == [1]
            assert client.stats.requests == 0, "nothing is asked to plan it"


def test_comments_come_with_events_and_without_a_call_for_each_ticket(mock):
    got = reading.table(mock, "ticket_comments")
    assert [path for path in reading.paths(mock) if "oauth" not in path] == ["/api/v2/incremental/ticket_events"]
    body = mock.write(
        "comment", ticket=3, values={"body": "a\nnew <b>one</b> — ü", "public": False}, time=mock.at("11:00:00")
    )
    (row,) = reading.rows(mock, "ticket_comments", mock.since("10:30:00"))
    assert (row["id"], row["ticket_id"], row["body"], row["public"]) == (body["id"], 3, "a\nnew <b>one</b> — ü", False)
    kinds = set(got["type"].to_pylist())
    assert kinds == {"Comment", "VoiceComment"}
    attached = [one for row in got.to_pylist() for one in row["attachments"]]
    assert all(one["file_name"].endswith(".png") and one["content_type"] == "image/png" for one in attached)
    assert attached


def test_imported_comments_are_read_with_their_event_and_keep_their_own_time(still):
    imported = [
        one for one in still.rows("ticket_comments") if truth.moment(one["created_at"]) < truth.moment(one["timestamp"])
    ]
    assert imported
    middle = truth.moment(imported[0]["timestamp"])
    rows = reading.rows(still, "ticket_comments", Window(middle, middle + timedelta(seconds=1)))
    assert imported[0]["id"] in ids(rows)


def test_metrics_of_changed_tickets_only(mock):
    mock.write("change", table="tickets", ids=[5, 9], time=mock.at("11:00:00"))
    mock.write("delete", table="tickets", ids=[9], time=mock.at("11:00:05"))
    rows = reading.rows(mock, "ticket_metrics", mock.since("10:30:00"))
    assert [row["ticket_id"] for row in rows] == [5], "a deleted ticket has no metrics any more"


def test_an_answer_that_takes_too_long_is_asked_for_with_fewer_rows(mock):
    mock.faults("504", paths=["incremental/tickets/cursor"], count=2)
    with reading.reading(mock, "tickets", max_retries=1) as (read, client):
        rows = [row for batch in read_share(read, [Slice()], client) for row in batch.to_pylist()]
    assert ids(rows) == ids(mock.rows("tickets"))
    sizes = [
        one["query"].partition("per_page=")[2].partition("&")[0]
        for one in mock.requests()
        if "tickets/cursor" in one["path"]
    ]
    assert sizes[:4] == ["1000", "1000", "100", "1000"]


def test_a_vendor_that_stays_down_ends_the_read(mock):
    mock.faults("503", paths=["incremental"])
    with pytest.raises(TransientError, match=r"zendesk.tickets: GET /api/v2/incremental/tickets/cursor answered 503"):
        reading.rows(mock, "tickets", max_retries=1)


@pytest.mark.parametrize("name", ["tickets", "organizations"])
def test_an_export_that_never_ends_is_an_error(mock, name):
    mock.faults("endless_pages", paths=["incremental"])
    with pytest.raises(VendorError, match="says that there is more, and goes on where it was"):
        reading.rows(mock, name)


@pytest.mark.parametrize("name", ["ticket_metric_events", "articles"])
def test_exports_that_do_not_name_their_last_page_end_where_time_stands_still(mock, name):
    assert ids(reading.rows(mock, name)) == ids(mock.rows(name))
    assert len([path for path in reading.paths(mock) if "incremental" in path]) == 2, "one shows that it was the last"


def test_an_answer_without_records_is_an_error_and_not_an_empty_table(mock):
    mock.faults("html", paths=["incremental"])
    with pytest.raises(VendorError, match="not JSON"):
        reading.rows(mock, "tickets")


@pytest.mark.parametrize("size", [1, 3])
def test_a_second_that_fills_whole_pages_does_not_hold_a_walk(still, size):
    got = reading.table(still, "ticket_events", page_size=size)
    truth.check(got, still.rows("ticket_events"))


@pytest.mark.parametrize("name", ["ticket_metric_events", "ticket_events"])
def test_more_than_a_thousand_rows_in_one_second_do_not_end_a_walk(lakeflow_mock, name):
    mock = lakeflow_mock("zendesk", records={"tickets": 1_300}, now=NOW, ties=1_100)
    got = reading.table(mock, name)
    truth.check(got, mock.rows(name))
    moment = "time" if name == "ticket_metric_events" else "timestamp"
    times = Counter(got[moment].to_pylist())
    second, count = times.most_common(1)[0]
    assert count >= 1_100
    assert max(times) > second, "there is something behind it"


def test_more_changes_in_the_last_minutes_than_a_page_holds_are_all_read(lakeflow_mock):
    mock = lakeflow_mock("zendesk", records={"organizations": 3, "tickets": 0}, seed=2)
    for _ in range(3):
        mock.write("create", table="organizations", count=5)
        mock.advance(2)
    assert ids(reading.rows(mock, "organizations", page_size=4)) == ids(mock.rows("organizations"))


def test_more_changes_in_the_last_minutes_than_any_page_holds_are_an_error_and_no_gap(lakeflow_mock):
    mock = lakeflow_mock("zendesk", records={"organizations": 3, "tickets": 0}, seed=2)
    for _ in range(3):
        mock.write("create", table="organizations", count=700)
        mock.advance(2)
    with pytest.raises(TransientError, match="1000 records or more changed within the last two minutes: read again"):
        reading.rows(mock, "organizations")
