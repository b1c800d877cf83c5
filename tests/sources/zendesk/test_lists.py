"""Lists: by cursor, never past the wall of paging by number, and asked by time where they can be."""

import json
from datetime import timedelta

import pytest

from lakeflow_sources.declare import EPOCH, Slice, Window
from lakeflow_sources.errors import VendorError
from lakeflow_sources.http import Response, get, paginate
from lakeflow_sources.plan import plan
from tests.sources.zendesk import reading, truth
from tests.sources.zendesk.conftest import NOW
from tests.sources.zendesk.reading import instant


def ids(rows):
    return sorted(row["id"] for row in rows)


def test_more_records_than_paging_by_number_can_reach(lakeflow_mock):
    mock = lakeflow_mock("zendesk", records={"organization_memberships": 10_150, "tickets": 0})
    rows = reading.rows(mock, "organization_memberships")
    assert ids(rows) == ids(mock.rows("organization_memberships"))
    assert len(rows) == 10_150
    calls = [one for one in mock.requests() if one["path"].endswith("memberships")]
    assert len(calls) == 102
    assert all("per_page" not in one["query"] for one in calls)
    with reading.reading(mock, "organization_memberships") as (_, client), pytest.raises(VendorError, match="10,000"):
        client.send(get("/api/v2/organization_memberships", page=101, per_page=100))


def test_records_that_come_and_go_while_a_list_is_walked(mock):
    before = mock.rows("triggers")
    with reading.reading(mock, "triggers", page_size=20) as (read, client):
        table = read.table
        pages = paginate(client.send, table.request(read, Slice()), table.paging)
        seen = [one["id"] for one in next(pages).json()["triggers"]]
        mock.write("delete", table="triggers", ids=[seen[0], seen[19]])
        made = mock.write("create", table="triggers")["ids"]
        seen += [one["id"] for page in pages for one in page.json()["triggers"]]
    assert sorted(seen) == sorted([*ids(before), *made]), "paging by number would have skipped two"


def test_small_lists_are_asked_for_without_pages(still):
    still.reset_counters()
    for name in ("custom_statuses", "custom_roles", "sla_policies", "schedules"):
        assert reading.rows(still, name)
    assert {one["query"] for one in still.requests() if "api/v2" in one["path"]} == {""}


@pytest.mark.parametrize("name", ["triggers", "satisfaction_ratings", "tickets", "ticket_events"])
def test_a_link_to_another_host_is_not_followed(mock, name):
    mock.faults("foreign_next")
    assert ids(reading.rows(mock, name)) == ids(mock.rows(name))
    assert mock.counters()["strangers"] == []


def test_a_cursor_that_repeats_is_an_error(mock):
    mock.faults("endless_pages", paths=["/groups"])
    with pytest.raises(VendorError, match="does not come to an end"):
        reading.rows(mock, "groups")


def following(answer):
    """What the paging of a list makes of an answer."""
    request = get("/api/v2/macros").with_params(**{"page[size]": 100})
    table = next(one for one in reading.ZENDESK.tables if one.name == "macros")
    return table.paging(request, Response(request, 200, {}, json.dumps(answer).encode()))


def test_the_cursor_in_the_link_serves_where_meta_has_none():
    link = "https://acme.zendesk.com/api/v2/macros?page%5Bafter%5D=eyJv%3D&page%5Bsize%5D=100"
    request = following({"macros": [], "meta": {"has_more": True}, "links": {"next": link}})
    assert dict(request.params) == {"page[size]": "100", "page[after]": "eyJv="}
    assert request.url == "/api/v2/macros"


def test_an_endpoint_that_knows_no_cursor_is_paged_by_number():
    link = "https://acme.zendesk.com/api/v2/macros.json?page=2&per_page=100"
    request = following({"macros": [], "count": 150, "next_page": link})
    assert dict(request.params) == {"per_page": "100", "page": "2"}, "the two ways exclude each other"
    for tail, size in (("page=2&per_page=30", {"per_page": "30"}), ("page=2", {})):
        request = following({"macros": [], "count": 150, "next_page": f"https://acme.zendesk.com/api/v2/macros?{tail}"})
        assert dict(request.params) == {**size, "page": "2"}, "another size would skip what lies between"
    assert following({"macros": [], "count": 150, "next_page": None}) is None
    assert following({"macros": []}) is None


def test_more_without_a_cursor_is_an_error_and_not_the_end():
    with pytest.raises(VendorError, match="says that there is more, and not where"):
        following({"macros": [], "meta": {"has_more": True, "after_cursor": None}, "links": {"next": None}})


def test_ratings_that_changed_long_after_they_were_made(mock):
    made = instant(mock.at("12:00:00")) - timedelta(days=80)
    (rating,) = mock.write("create", table="satisfaction_ratings", time=made.isoformat())["ids"]
    mock.write(
        "change",
        table="satisfaction_ratings",
        ids=[rating],
        values={"score": "bad", "comment": "ü"},
        time=mock.at("11:00:00"),
    )
    (row,) = reading.rows(mock, "satisfaction_ratings", mock.since("10:30:00"))
    assert (row["id"], row["score"], row["comment"]) == (rating, "bad", "ü")
    asked = next(one["query"] for one in mock.requests() if "satisfaction" in one["path"])
    assert "start_time=" in asked
    assert "end_time=" in asked


@pytest.mark.parametrize("name", ["satisfaction_ratings", "audit_logs"])
@pytest.mark.parametrize("window", [None, Window(EPOCH, instant(NOW))], ids=["full", "window"])
def test_lists_with_times_are_read_in_parts_that_neither_lack_nor_double_a_row(still, name, window):
    for parallelism, parts in ((1, 1), (8, 8)):
        with reading.reading(still, name, window, parallelism=parallelism) as (read, client):
            assert len(plan(read, client)) == parts
        truth.check(reading.table(still, name, window, parallelism=parallelism), still.rows(name))


def test_the_audit_log_is_asked_with_both_ends_or_none(still):
    still.reset_counters()
    reading.rows(still, "audit_logs", Window(EPOCH, instant(NOW)), parallelism=3)
    asked = [one["query"] for one in still.requests() if one["path"].endswith("audit_logs")]
    assert len(asked) >= 3
    assert all(query.count("filter[created_at][]=") == 2 for query in asked)


def test_a_window_of_the_audit_log_is_half_open(still):
    times = sorted(one["created_at"] for one in still.rows("audit_logs"))
    edge = instant(times[len(times) // 2])
    before = reading.rows(still, "audit_logs", Window(EPOCH, edge))
    after = reading.rows(still, "audit_logs", Window(edge, instant(NOW)))
    assert before
    assert after
    assert ids([*before, *after]) == ids(still.rows("audit_logs"))


def test_deleted_tickets_with_times_in_either_form(mock):
    basic = [one for one in mock.rows("deleted_tickets") if "-" not in one["deleted_at"]]
    assert basic
    victims = [one["id"] for one in mock.rows("tickets")[100:102]]
    mock.write("delete", table="tickets", ids=victims, time=mock.at("11:00:00"))
    rows = reading.rows(mock, "deleted_tickets", mock.since("10:00:00"))
    assert ids(rows) == victims
    assert all(row["actor"]["name"] for row in rows)
