"""What only each ticket, article or post tells: asked of those that can have some, and of no other."""

import pytest

from lakeflow_sources.declare import EPOCH, Window
from lakeflow_sources.errors import AccessError
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from tests.sources.zendesk import reading, truth
from tests.sources.zendesk.reading import instant


def ids(rows):
    return sorted(row["id"] for row in rows)


def asked(mock, ending):
    return [path for path in reading.paths(mock) if path.endswith(ending)]


def test_audits_of_changed_tickets_only(mock):
    before = ids(mock.rows("ticket_audits"))
    mock.write("change", table="tickets", ids=[11, 12], time=mock.at("11:00:00"))
    mock.write("comment", ticket=12, time=mock.at("11:05:00"))
    rows = reading.rows(mock, "ticket_audits", mock.since("10:30:00"))
    assert sorted(row["ticket_id"] for row in rows) == [11, 12, 12]
    assert ids(rows) == sorted(set(ids(mock.rows("ticket_audits"))) - set(before))
    assert sorted(asked(mock, "/audits")) == ["/api/v2/tickets/11/audits", "/api/v2/tickets/12/audits"]
    assert len(asked(mock, "/incremental/ticket_events")) == 1


def test_an_audit_is_not_lost_where_its_ticket_changed_again_a_moment_later(mock):
    """The export of tickets hides such a ticket for a minute; the export of events does not hide the older event."""
    mock.write("change", table="tickets", ids=[21], time=mock.at("11:30:00"))
    mock.write("change", table="tickets", ids=[21], time=mock.at("11:59:30"))
    first = reading.rows(mock, "ticket_audits", Window(instant(mock.at("11:00:00")), instant(mock.at("11:58:00"))))
    assert [row["created_at"] for row in first] == [instant(mock.at("11:30:00"))]
    mock.advance(120)
    second = reading.rows(mock, "ticket_audits", Window(instant(mock.at("11:58:00")), instant(mock.at("12:01:00"))))
    assert [row["created_at"] for row in second] == [instant(mock.at("11:59:30"))]


def test_audits_of_archived_tickets_come_at_once_and_without_pages(still):
    archived = [one["id"] for one in still.rows("tickets") if one["status"] == "closed"]
    got = reading.table(still, "ticket_audits", Window(EPOCH, instant("2026-03-01T12:00:00Z")), page_size=1)
    truth.check(got, still.rows("ticket_audits"))
    assert set(archived) & set(got["ticket_id"].to_pylist())


def test_tickets_are_dealt_into_shares(still):
    with reading.reading(still, "ticket_audits", parallelism=4) as (read, client):
        shares = plan(read, client)
        tickets = [ticket for pieces in shares for piece in pieces for ticket in piece["tickets"]]
        assert len(shares) == 4
        assert len(tickets) == len(set(tickets)) == 240
        weights = [sum(piece.weight for piece in pieces) for pieces in shares]
        assert max(weights) - min(weights) <= 25


def test_a_ticket_that_is_deleted_meanwhile_is_left_out_with_a_note(mock):
    mock.write("change", table="tickets", ids=[31, 32], time=mock.at("11:00:00"))
    with reading.reading(mock, "ticket_audits", mock.since("10:30:00")) as (read, client):
        (pieces,) = plan(read, client)
        mock.write("delete", table="tickets", ids=[31])
        rows = [row for batch in read_share(read, pieces, client) for row in batch.to_pylist()]
        assert [row["ticket_id"] for row in rows] == [32]
        assert "tickets that were deleted are left out" in str(client.stats.facts()["notes"])


@pytest.mark.parametrize(
    ("table", "path"), [("ticket_audits", "/audits$"), ("article_comments", "/comments$"), ("votes", "/votes$")]
)
def test_a_list_that_is_missing_below_what_is_there_is_an_error_and_not_an_empty_table(mock, table, path):
    mock.faults("404", paths=[path])
    with pytest.raises(AccessError, match="answered 404"):
        reading.rows(mock, table)


def test_side_conversations_that_began_or_went_on(mock):
    name = mock.write("converse", ticket=41, time=mock.at("10:00:00"))["id"]
    mock.write("converse", ticket=41, time=mock.at("11:00:00"))
    (row,) = reading.rows(mock, "side_conversations", mock.since("10:30:00"))
    assert (row["id"], row["ticket_id"]) == (name, 41)
    assert row["created_at"] == instant(mock.at("10:00:00"))
    assert row["updated_at"] == instant(mock.at("11:00:00"))


@pytest.mark.parametrize("status", [403, 404])
def test_an_account_without_side_conversations_is_told_so_and_gets_no_empty_table(mock, status):
    mock.write("deny", area="side_conversations", status=status)
    with pytest.raises(AccessError, match="side conversations need the Collaboration add-on"):
        reading.rows(mock, "side_conversations")


def test_a_deleted_ticket_does_not_look_like_a_missing_add_on(mock):
    mock.write("converse", ticket=51, time=mock.at("11:00:00"))
    mock.write("delete", table="tickets", ids=[51], time=mock.at("11:00:10"))
    mock.write("converse", ticket=52, time=mock.at("11:00:20"))
    rows = reading.rows(mock, "side_conversations", mock.since("10:30:00"))
    assert [row["ticket_id"] for row in rows] == [52]


def test_identities_come_with_users(still):
    still.reset_counters()
    assert ids(reading.rows(still, "user_identities")) == ids(still.rows("user_identities"))
    assert len(still.requests()) <= 3
    assert asked(still, "/identities") == []


def test_identities_are_asked_of_each_user_where_they_do_not_come_along(lakeflow_mock):
    mock = lakeflow_mock("zendesk", records={"users": 30, "tickets": 0}, sideloads=False)
    truth.check(reading.table(mock, "user_identities"), mock.rows("user_identities"))
    assert len(asked(mock, "/identities")) == len([one for one in mock.rows("users") if one["active"]])


def test_votes_are_asked_for_where_some_were_counted(still):
    still.reset_counters()
    got = reading.table(still, "votes", parallelism=3)
    truth.check(got, still.rows("votes"))
    assert set(got["item_type"].to_pylist()) == {"Article", "Comment", "Post", "PostComment"}
    items = {(one["item_type"], one["item_id"]) for one in still.rows("votes")}
    assert len(asked(still, "/votes")) == len(items), "one call for each item with votes, none for the others"


def test_comments_are_not_asked_of_posts_without_any(still):
    still.reset_counters()
    truth.check(reading.table(still, "post_comments"), still.rows("post_comments"))
    assert len(asked(still, "/comments")) == len({one["post_id"] for one in still.rows("post_comments")})


def test_an_item_that_is_deleted_meanwhile_is_left_out_with_a_note(mock):
    with reading.reading(mock, "article_comments") as (read, client):
        pieces = [piece for share in plan(read, client) for piece in share]
        victim = mock.rows("article_comments")[0]["source_id"]
        mock.write("delete", table="articles", ids=[victim])
        rows = [row for batch in read_share(read, pieces, client) for row in batch.to_pylist()]
        assert ids(rows) == ids(mock.rows("article_comments"))
        assert "items that were deleted" in str(client.stats.facts()["notes"])


def test_votes_of_an_account_without_a_community(mock):
    mock.write("deny", area="community", status=404)
    with reading.reading(mock, "votes") as (read, client):
        pieces = [piece for share in plan(read, client) for piece in share]
        rows = [row for batch in read_share(read, pieces, client) for row in batch.to_pylist()]
        assert "votes of the community are left out" in str(client.stats.facts()["notes"])
    assert ids(rows) == ids([one for one in mock.rows("votes") if one["item_type"] in ("Article", "Comment")])


@pytest.mark.parametrize(("area", "name"), [("help_center", "sections"), ("community", "posts")])
def test_an_account_without_a_help_center_gets_no_empty_table(mock, area, name):
    mock.write("deny", area=area, status=404)
    with pytest.raises(AccessError, match="activate the Help Center"):
        reading.rows(mock, name)


def test_holidays_of_each_schedule(still):
    got = reading.table(still, "holidays")
    truth.check(got, still.rows("holidays"))
    assert set(got["schedule_id"].to_pylist()) <= {one["id"] for one in still.rows("schedules")}
