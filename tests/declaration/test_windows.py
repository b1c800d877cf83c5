"""Increments: what is asked of the API, and which rows belong to a window."""

import json
from datetime import datetime, timedelta

import pytest

from lakeflow_sources import EPOCH, ConfigurationError
from tests.declaration.reading import declared, instant, rows, span
from tests.http.loopback import jsons

TABLE = """
tables:
  events:
    path: /events
    columns: [id long, "at timestamp", kind]
    primary_key: id
    ingestion: cdc
    cursor: {field: at, CURSOR}
"""
DAY = span("2026-01-01T10:00:00.250", "2026-01-02T09:00:00.750")


def table(service, cursor, **more):
    return declared(service, TABLE.replace("CURSOR", cursor))


def asked(service):
    return [call.query for call in service.calls]


@pytest.mark.parametrize(
    ("form", "start", "end"),
    [
        ("iso", "2026-01-01T10:00:00.250Z", "2026-01-02T09:00:00.750Z"),
        ("millis", "1767261600250", "1767344400750"),
        ("seconds", "1767261600", "1767344401"),
        ("date", "2026-01-01", "2026-01-03"),
        ("'%d/%m/%Y %H:%M'", "01/01/2026 10:00", "02/01/2026 09:01"),
    ],
)
def test_windows_in_the_words_of_the_api_which_never_lose_a_row(service, form, start, end):
    service.on("/events", jsons([]))
    rows(table(service, f"format: {form}, start_param: since, end_param: until"), "events", DAY)
    assert asked(service) == [{"since": start, "until": end}]


def test_an_end_that_the_api_counts_in(service):
    service.on("/events", jsons([]))
    rows(table(service, "format: date, start_param: since, end_param: until, end_inclusive: true"), "events", DAY)
    rows(
        table(service, "format: date, start_param: since, end_param: until, end_inclusive: true"),
        "events",
        span("2026-01-01", "2026-01-02"),
    )
    assert [one["until"] for one in asked(service)] == ["2026-01-02", "2026-01-01"]


def test_without_a_window_everything_is_asked_for(service):
    service.on("/events", jsons([{"id": 1, "at": "2026-01-01T00:00:00Z"}]))
    assert len(rows(table(service, "start_param: since, end_param: until"), "events")) == 1
    assert asked(service) == [{}]


@pytest.mark.parametrize("cursor", ["lag: 60s", "format: date, start_param: d, end_param: e", "start_param: since"])
def test_rows_outside_of_the_window_are_dropped_where_the_api_cannot_cut_exactly(service, cursor):
    times = [
        "2026-01-01T10:00:00.249Z",
        "2026-01-01T10:00:00.250Z",
        "2026-01-02T09:00:00.749Z",
        "2026-01-02T09:00:00.750Z",
    ]
    service.on("/events", jsons([{"id": n, "at": at} for n, at in enumerate(times)]))
    assert [one["id"] for one in rows(table(service, cursor), "events", DAY)] == [1, 2]


def test_rows_of_an_api_that_cuts_exactly_are_all_taken(service):
    service.on("/events", jsons([{"id": 1, "at": "1999-01-01T00:00:00Z"}]))
    assert len(rows(table(service, "start_param: since, end_param: until"), "events", DAY)) == 1


@pytest.mark.parametrize(("form", "step", "count"), [("iso", "6h", 4), ("date", "1d", 2), ("date", "12h", 2)])
def test_long_windows_are_cut_into_pieces_that_never_overlap(service, form, step, count):
    """The service answers by its own words; each row comes once."""
    events = [
        {"id": n, "at": (instant("2026-01-01") + timedelta(minutes=n)).isoformat()} for n in range(0, 3 * 1440, 7)
    ]

    def answer(call):
        since, until = instant(call.query["since"].rstrip("Z")), instant(call.query["until"].rstrip("Z"))
        return jsons([one for one in events if since <= datetime.fromisoformat(one["at"]) < until])

    service.on("/events", answer)
    cursor = f"format: {form}, start_param: since, end_param: until, begin: 2025-12-31, window: {step}"
    found = rows(table(service, cursor), "events", DAY)
    inside = [one["id"] for one in events if DAY[0] <= datetime.fromisoformat(one["at"]) < DAY[1]]
    assert sorted(one["id"] for one in found) == inside
    assert len(service.calls) == count


def test_a_full_read_begins_where_nothing_is_older(service):
    service.on("/events", jsons([]))
    begin = instant("2026-01-01")
    rows(table(service, f"start_param: since, end_param: until, begin: {begin:%Y-%m-%d}, window: 365d"), "events")
    assert asked(service)[0]["since"] == "2026-01-01T00:00:00Z"
    service.calls.clear()
    rows(
        table(service, "start_param: since, end_param: until, begin: 2026-01-01, window: 90d"),
        "events",
        (EPOCH, instant("2026-06-01")),
    )
    assert [(one["since"][:10], one["until"][:10]) for one in asked(service)] == [
        ("2026-01-01", "2026-04-01"),
        ("2026-04-01", "2026-06-01"),
    ]


def test_increments_reach_back_by_the_lookback(service):
    service.on("/events", jsons([]))
    connector = table(service, "start_param: since, end_param: until, lookback: 1h")
    rows(connector, "events", span("2026-01-01T10:00:00", "2026-01-01T11:00:00"))
    assert asked(service)[0]["since"] == "2026-01-01T09:00:00Z"


def test_windows_in_path_and_body(service):
    text = """
tables:
  events:
    method: POST
    path: /events/{{ window.start | time('%Y') }}
    body: {filter: {from: "{{ window.start }}", below: "at {{ window.end }}"}, limit: 5, flags: [1, "{{ options.flag }}"]}
    columns: [id long, {name: at, type: timestamp, path: when}]
    primary_key: id
    ingestion: append
    cursor: {field: at, format: millis, begin: 2026-01-01}
options: {flag: {description: A flag}}
"""
    service.on("/events/2026", jsons([{"id": 1, "when": 1767261600250}]))
    connector = declared(service, text)
    (row,) = rows(connector, "events", DAY)
    assert row["at"] == DAY[0]
    assert json.loads(service.calls[0].body) == {
        "filter": {"from": 1767261600250, "below": "at 1767344400750"},
        "limit": 5,
        "flags": [1],
    }
    rows(connector, "events", DAY, flag="yes")
    assert json.loads(service.calls[1].body)["flags"] == [1, "yes"]


def test_without_a_window_members_of_the_body_are_left_out(service):
    text = """
tables:
  events:
    method: POST
    path: /events
    body: {filter: {from: "{{ window.start }}"}, kind: null}
    columns: [id long, at timestamp]
    primary_key: id
    ingestion: cdc
    cursor: {field: at}
"""
    service.on("/events", jsons([]))
    rows(declared(service, text), "events")
    assert json.loads(service.calls[0].body) == {"filter": {}, "kind": None}
    assert service.calls[0].headers["content-type"] == "application/json"


def test_a_path_that_needs_a_window_says_so(service):
    text = TABLE.replace("path: /events", "path: '/events/{{ window.start }}'").replace("CURSOR", "lag: 0")
    with pytest.raises(
        ConfigurationError, match=r"the path '/events/{{ window.start }}' names something that is not set"
    ):
        rows(declared(service, text), "events")


DELETES = """
tables:
  people:
    path: /people
    columns: [id long, name, updated_at timestamp]
    primary_key: id
    ingestion: cdc_with_deletes
    cursor: {field: updated_at, start_param: since, end_param: until}
    deletes: RULE
"""
PEOPLE = [
    {"id": 1, "name": "a", "updated_at": "2026-01-01T12:00:00Z", "state": "live", "gone": None, "active": True},
    {
        "id": 2,
        "name": "b",
        "updated_at": "2026-01-01T12:00:00Z",
        "state": "trash",
        "gone": "2026-01-01",
        "active": False,
    },
]


@pytest.mark.parametrize(
    "rule", ["{field: state, equals: [trash, archived]}", "{field: gone}", "{field: active, equals: false}"]
)
def test_tombstones_are_changes_and_no_part_of_what_is_there(service, rule):
    service.on("/people", jsons(PEOPLE))
    connector = declared(service, DELETES.replace("RULE", rule))
    assert [(one["id"], one["_deleted"]) for one in rows(connector, "people", DAY)] == [(1, False), (2, True)]
    assert [(one["id"], one["_deleted"]) for one in rows(connector, "people")] == [(1, False)]
