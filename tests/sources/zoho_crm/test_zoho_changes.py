"""Increments: what was created, changed, deleted, restored, window by window."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from lakeflow_sources import AccessError, VendorError, Window
from lakeflow_sources.sources.zoho_crm.deletes import _deleted
from lakeflow_sources.testing import mock_server
from tests.sources.zoho_crm.reading import ZOHO, client_of, read
from tests.sources.zoho_crm.truth import Truth

DAYS = count(1)
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """The day of one test: all tests share a mock, and none of them looks at the day of another."""

    noon = FIRST


def hour(number):
    return (Clock.noon + timedelta(hours=number)).isoformat()


def span(start, end):
    return Window(Clock.noon + timedelta(hours=start), Clock.noon + timedelta(hours=end))


@pytest.fixture(scope="module")
def server():
    with mock_server("zoho_crm", each=30, seed=6, records={"Deals": 60}) as one:
        yield one


@pytest.fixture
def mock(server):
    Clock.noon = FIRST + timedelta(days=next(DAYS))
    yield server
    for area in ("deleted", "Deals"):
        server.write("allow", area=area)
    server.clear_faults()


def test_deletes_are_tombstones_behind_the_last_change(mock):
    changed = mock.write("change", module="Deals", count=4, time=hour(0.5))["ids"]
    binned = mock.write("delete", module="Deals", ids=changed[:1], time=hour(0.6))["ids"]
    purged = mock.write("delete", module="Deals", ids=changed[1:2], time=hour(0.7), permanent=True)["ids"]
    found = read(mock, "Deals", span(0, 1)).by_id
    assert set(found) == set(changed)
    for gone, moment in ((binned[0], 0.6), (purged[0], 0.7)):
        row = found[gone]
        assert row["_deleted"] is True
        assert row["Modified_Time"] == (Clock.noon + timedelta(hours=moment)).replace(tzinfo=None)
        assert {name for name, value in row.items() if value is not None} == {"id", "Modified_Time", "_deleted"}
    assert not any(found[one]["_deleted"] for one in changed[2:])


def test_deletes_that_zoho_may_have_forgotten_are_told_of(mock):
    mock.write("delete", module="Deals", count=1, time=hour(0.5))
    (note,) = read(mock, "Deals", span(0, 1)).client.stats.facts()["notes"]
    assert "keeps deleted Deals for about 60 days" in note
    assert read(mock, "Deals", Window(datetime.now(UTC) - timedelta(days=1), datetime.now(UTC))).rows == []
    assert read(mock, "Deals", Window(FIRST, FIRST), deletes="false").client.stats.facts()["notes"] == []


def test_a_delete_belongs_to_the_window_of_its_own_time(mock):
    gone = mock.write("delete", module="Deals", count=2, time=hour(1))["ids"]
    assert read(mock, "Deals", span(0, 1)).rows == []
    assert set(read(mock, "Deals", span(1, 2)).by_id) == set(gone)
    assert read(mock, "Deals", span(2, 3)).rows == []


def test_a_restored_record_comes_back_as_a_change(mock):
    gone = mock.write("delete", module="Deals", count=1, time=hour(0.2))["ids"]
    mock.write("restore", module="Deals", ids=gone, time=hour(1.5))
    assert read(mock, "Deals", span(0, 1)).rows == []
    (row,) = read(mock, "Deals", span(1, 2)).rows
    assert (row["id"], row["_deleted"]) == (gone[0], False)


def test_more_deletes_than_one_page(mock):
    made = mock.write("create", module="Deals", count=700, time=hour(0))["ids"]
    mock.write("delete", module="Deals", ids=made[:650], time=hour(0.5))
    found = read(mock, "Deals", span(0, 1)).by_id
    assert {key for key, row in found.items() if row["_deleted"]} == set(made[:650])
    assert set(found) == set(made)


def test_a_restore_between_two_pages_of_deletes_hides_no_other_delete(mock):
    """The entries behind it move one place up: one of them would never be seen."""
    made = mock.write("create", module="Deals", count=450, time=hour(0))["ids"]
    mock.write("delete", module="Deals", ids=made, time=hour(0.5))
    settings, client = client_of(mock)
    original, restored = client.send, []

    def send(request):
        answer = original(request)
        if not restored and "deleted" in request.url:
            restored.extend(mock.write("restore", module="Deals", ids=made[:1], time=hour(0.6))["ids"])
        return answer

    client.send = send
    found = {one["id"] for one in _deleted(settings, client, "Deals", span(0, 1))}
    assert found >= set(made[1:])


def test_a_replayed_window_gives_the_same_rows(mock):
    mock.write("create", module="Deals", count=300, time=hour(0.5))
    mock.write("delete", module="Deals", count=5, time=hour(0.7))
    assert read(mock, "Deals", span(0, 1)).by_id == read(mock, "Deals", span(0, 1)).by_id


def test_changes_follow_each_other_without_a_gap(mock):
    held = Truth(mock).rows("Deals", deletes=True)
    for step in range(4):
        mock.write("create", module="Deals", count=3, time=hour(step + 0.3))
        mock.write("change", module="Deals", count=9, time=hour(step + 0.5))
        mock.write("delete", module="Deals", count=2, time=hour(step + 0.9))
        for key, row in read(mock, "Deals", span(step, step + 1)).by_id.items():
            held.pop(key, None)
            if not row["_deleted"]:
                held[key] = row
    assert held == Truth(mock).rows("Deals", deletes=True)


def test_a_record_that_arrives_late_is_within_the_overlap(mock):
    (table,) = [one for one in ZOHO.static_tables if one.name == "Deals"]
    assert (table.cursor.field, table.cursor.lag, table.cursor.lookback) == ("Modified_Time", 60.0, 300.0)


def test_a_module_that_keeps_no_deletes_is_not_read_in_silence(mock):
    mock.write("deny", area="deleted", code="INVALID_MODULE")
    mock.write("change", module="Deals", count=2, time=hour(0.5))
    with pytest.raises(AccessError, match="deletes=false"):
        read(mock, "Deals", span(0, 1))
    assert len(read(mock, "Deals", span(0, 1), deletes="false").rows) == 2


def test_a_module_without_permission_is_an_error_and_no_empty_table(mock):
    mock.write("deny", area="Deals")
    with pytest.raises(AccessError, match="NO_PERMISSION"):
        read(mock, "Deals")


def test_endless_pages_end_with_an_error(mock):
    mock.faults("endless_pages", paths=["/crm/v8/Roles", "/crm/v8/Milestones$"])
    with pytest.raises(VendorError, match=r"TOKEN_BOUND|does not come to an end"):
        read(mock, "Milestones")


def test_the_list_of_all_deletes_by_module(mock):
    found = read(mock, "Deleted_Records").rows
    expected = [row for row in mock.rows("Deleted_Records") if row["module"] not in {"Notes", "Attachments"}]
    assert {(row["module"], row["id"], row["type"]) for row in found} == {
        (row["module"], row["id"], row["type"]) for row in expected
    }
    assert len(found) == len(expected) > 30
    assert {row["module"] for row in read(mock, "Deleted_Records", modules="Leads,Deals").rows} == {"Leads", "Deals"}
    with pytest.raises(AccessError):
        read(mock, "Deleted_Records", modules="Notes")


def test_deletes_of_a_window_only(mock):
    gone = mock.write("delete", module="Deals", count=3, time=hour(0.5))["ids"]
    assert {row["id"] for row in read(mock, "Deleted_Records", span(0, 1)).rows} == set(gone)
