"""Every other table against what the plant holds."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources import ConfigurationError
from lakeflow_sources.http import get
from lakeflow_sources.sources.osipi.lists import walk
from lakeflow_sources.sources.osipi.paths import path
from tests.sources.osipi import truth
from tests.sources.osipi.reading import read_rows, reader, window_rows

PLAIN = {
    "data_servers": "webid",
    "points": "webid",
    "asset_servers": "webid",
    "asset_databases": "webid",
    "elements": "webid",
    "attributes": "webid",
    "element_templates": "webid",
    "attribute_templates": "webid",
    "analyses": "webid",
    "analysis_templates": "webid",
    "enumeration_sets": "webid",
    "enumeration_values": "webid",
    "categories": "webid",
    "units": "webid",
    "af_tables": "webid",
    "event_frames": "webid",
    "event_frame_attributes": "webid",
}


@pytest.mark.parametrize("table", PLAIN)
def test_a_table_holds_what_the_server_holds(plant, table):
    rows = read_rows(plant.options, table, on_schema_drift="fail")
    held = plant.rows(table)
    assert sorted((row["webid"], row["name"], row["path"]) for row in rows) == sorted(
        (one["WebId"], one["Name"], one["Path"]) for one in held
    )
    assert held
    paged = read_rows(plant.options, table.replace("points", "pi_points"), page_size=2)  # by an older name
    assert sorted(paged, key=str) == sorted(rows, key=str)


def test_points_keep_their_columns(plant):
    point = next(row for row in read_rows(plant.options, "points") if row["name"] == "CDT158")
    assert (point["point_type"], point["engineering_units"], point["step"], point["span"], point["id"]) == (
        "Float64",
        "kg/s",
        False,
        100.0,
        2,
    )


def test_point_attributes_are_a_row_each(plant):
    rows = {(row["point_webid"], row["name"]): row["value"] for row in read_rows(plant.options, "point_attributes")}
    assert rows == {
        (one["Point"], one["Name"]): None if one["Value"] is None else json.dumps(one["Value"], ensure_ascii=False)
        for one in plant.rows("point_attributes")
    }


def test_nested_attributes_and_elements_of_every_depth_are_there(plant):
    assert any(row["path"].count("|") == 2 for row in read_rows(plant.options, "attributes"))
    elements = read_rows(plant.options, "elements")
    assert {row["path"].count("\\") for row in elements} == {4, 5}
    assert all(row["path"].startswith(row["parent_path"]) for row in elements)


def test_rows_of_af_tables_keep_their_own_columns(plant):
    rows = {
        (row["table_webid"], row["row_number"]): json.loads(row["values"])
        for row in read_rows(plant.options, "af_table_rows")
    }
    assert rows == {(one["Table"], one["Row"]): one["Values"] for one in plant.rows("af_table_rows")}


def test_a_list_that_moves_up_while_it_is_walked_loses_nothing(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"elements": 60}, days=1)
    held = mock.rows("elements")
    database = next(one["WebId"] for one in mock.rows("asset_databases") if held[0]["Path"].startswith(one["Path"]))
    with reader(mock.options, "elements", page_size=5) as (read, client):
        pages = walk(
            client,
            get(path(read.settings, "assetdatabases", database, "elements"), searchFullHierarchy=True),
            read.settings,
        )
        came = list(next(pages))
        mock.write("drop_element", webid=came[1]["WebId"])
        came += [one for page in pages for one in page]
    there = {one["WebId"] for one in mock.rows("elements")} & {one["WebId"] for one in came}
    assert len(came) == len({one["WebId"] for one in came})
    base = next(one["Path"] for one in mock.rows("asset_databases") if one["WebId"] == database)
    assert there == {one["WebId"] for one in mock.rows("elements") if one["Path"].startswith(base + "\\")}


def test_end_and_current_values_are_those_of_the_last_event(plant):
    last = {row["WebId"]: row for row in plant.rows("recorded_values")}
    for table in ("end_values", "current_values"):
        rows = {row["webid"]: row for row in read_rows(plant.options, table)}
        assert {key for key, row in rows.items() if key in last} == set(last)
        for key, event in last.items():
            assert {
                name: rows[key][name] for name in ("value_double", "value_int", "value_string", "value_digital_name")
            } == {
                name: truth.value(event, event["PointType"])[name]
                for name in ("value_double", "value_int", "value_string", "value_digital_name")
            }


def test_attribute_values_leave_out_what_has_no_stream(plant):
    rows = read_rows(plant.options, "attribute_values")
    assert {row["webid"] for row in rows} == {
        one["WebId"] for one in plant.rows("attributes") if one["DataReferencePlugIn"]
    }


@pytest.fixture(scope="module")
def events(plant):
    return plant.rows("recorded_values")


def last_noon(plant):
    events = sorted(truth.instant(row["Timestamp"]) for row in plant.rows("recorded_values"))
    return events[-1].replace(minute=0, second=0, microsecond=0) - timedelta(hours=4)


def test_interpolated_values_lie_at_multiples_of_the_interval_whatever_the_window(plant):
    start = last_noon(plant)
    odd = start + timedelta(minutes=7, seconds=13)
    whole = window_rows(
        plant.options,
        "interpolated_values",
        start.isoformat(),
        (start + timedelta(hours=2)).isoformat(),
        interval="10m",
    )
    first = window_rows(plant.options, "interpolated_values", start.isoformat(), odd.isoformat(), interval="10m")
    second = window_rows(
        plant.options, "interpolated_values", odd.isoformat(), (start + timedelta(hours=2)).isoformat(), interval="10m"
    )
    assert len(whole) == 12 * 24
    key = lambda row: (row["webid"], row["timestamp"])  # noqa: E731
    assert sorted(map(key, first + second)) == sorted(map(key, whole))
    assert {row["timestamp"].minute % 10 for row in whole} == {0}


@pytest.mark.parametrize("interval", ["1mo", "0h", "hourly", "*-1h"])
def test_an_interval_that_is_not_even_is_refused(plant, interval):
    with pytest.raises(ConfigurationError, match=r"interval=.* is no even span of time: write a whole number"):
        read_rows(plant.options, "interpolated_values", interval=interval)


def test_summaries_are_of_complete_spans_and_no_span_comes_twice(plant, events):
    start = last_noon(plant)
    cut, end = start + timedelta(minutes=90), start + timedelta(hours=3)
    rows = [
        *window_rows(
            plant.options, "summary_values", start.isoformat(), cut.isoformat(), summary_types="Count,Maximum"
        ),
        *window_rows(plant.options, "summary_values", cut.isoformat(), end.isoformat(), summary_types="Count,Maximum"),
    ]
    keys = [(row["webid"], row["timestamp"], row["summary_type"]) for row in rows]
    assert len(keys) == len(set(keys)) == 24 * 2 * 3
    counts = {
        (row["webid"], row["timestamp"].replace(tzinfo=UTC)): row["value_double"]
        for row in rows
        if row["summary_type"] == "Count"
    }
    times = [(row["WebId"], truth.instant(row["Timestamp"])) for row in events]
    times = [(webid, at) for webid, at in times if start - timedelta(hours=1) <= at < end]
    for (webid, begin), count in counts.items():
        assert count == sum(one == webid and begin <= at < begin + timedelta(hours=1) for one, at in times)
    assert {row["end_time"] - row["timestamp"] for row in rows} == {timedelta(hours=1)}


def test_plot_values_are_events_of_the_window(plant, events):
    start = last_noon(plant)
    rows = window_rows(plant.options, "plot_values", start.isoformat(), (start + timedelta(hours=3)).isoformat())
    assert rows
    assert {(row["webid"], row["timestamp"]) for row in rows} <= {
        (row["WebId"], truth.instant(row["Timestamp"])) for row in events
    }


def frame_rows(mock, start, end):
    return {row["webid"]: row for row in window_rows(mock.options, "event_frames", start.isoformat(), end.isoformat())}


def test_event_frames_come_when_they_begin_and_again_when_they_end(lakeflow_mock):
    mock = lakeflow_mock("osipi", days=2, records={"event_frames": 40})
    held = mock.rows("event_frames")
    rows = {row["webid"]: row for row in read_rows(mock.options, "event_frames")}
    opened = {one["WebId"] for one in held if one["EndTime"].startswith("9999")}
    assert {key for key, row in rows.items() if row["end_time"] is None} == opened
    spans = {
        one["WebId"]: (
            truth.instant(one["StartTime"]),
            datetime.max.replace(tzinfo=UTC) if one["WebId"] in opened else truth.instant(one["EndTime"]),
        )
        for one in held
    }
    cuts = sorted(begun for begun, _ in spans.values())
    bounds = [cuts[0], cuts[13], cuts[26], datetime.now(UTC) + timedelta(seconds=1)]
    seen = set()
    for start, end in itertools.pairwise(bounds):
        found = frame_rows(mock, start, end)
        changed = {
            key: ended if ended < end else begun
            for key, (begun, ended) in spans.items()
            if start <= ended < end or (start <= begun < end <= ended)
        }
        assert {key: row["changed_at"] for key, row in found.items()} == changed
        seen |= set(found)
    assert seen == set(spans)  # also a frame whose end is planned for later is there when it begins
    one = min(opened)
    end = bounds[-1] + timedelta(minutes=1)
    begun = [start for start in bounds[:-1] if start <= spans[one][0]][-1]
    window = (begun, bounds[bounds.index(begun) + 1])
    before = set(frame_rows(mock, *window))
    mock.write("close", webid=one, end=end.isoformat().replace("+00:00", "Z"))
    assert set(frame_rows(mock, *window)) == before  # a replay shows the same frames
    assert one in frame_rows(mock, bounds[-1], end + timedelta(minutes=1))
    mock.write("acknowledge", webid=one)
    assert frame_rows(mock, bounds[-1], end + timedelta(minutes=1))[one]["is_acknowledged"] is True


def test_what_belongs_to_event_frames_comes_with_them(plant):
    attributes = {
        (row["event_frame_webid"], row["name"]): (row["value_string"], row["value_double"])
        for row in read_rows(plant.options, "event_frame_attributes")
    }
    assert len(attributes) == 2 * len(plant.rows("event_frames"))
    assert all(
        (text is None) is (name == "Quantity") and (number is None) is (name == "Operator")
        for (_, name), (text, number) in attributes.items()
    )
    notes = {
        (row["event_frame_webid"], row["id"]): json.loads(row["value"])
        for row in read_rows(plant.options, "event_frame_annotations")
    }
    assert notes == {(one["Frame"], one["Id"]): one["Value"] for one in plant.rows("event_frame_annotations")}
    elements = {(row["event_frame_webid"], row["webid"]) for row in read_rows(plant.options, "event_frame_elements")}
    assert elements == {(one["Frame"], one["WebId"]) for one in plant.rows("event_frame_elements")}


def test_a_part_of_a_batch_that_fails_is_asked_for_again_by_itself(lakeflow_mock):
    mock = lakeflow_mock("osipi", days=1, records={"event_frames": 12})
    mock.faults("503", paths=["/batch$"], count=1, retry_after=0)
    assert len(read_rows(mock.options, "event_frame_attributes")) == 24
    assert any(one["path"].endswith("/batch") for one in mock.requests())
