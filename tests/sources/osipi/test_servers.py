"""PI Web APIs that differ from each other: in what they share, leave out, round, refuse and lack."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources import ConfigurationError, VendorError
from lakeflow_sources.http import Response, get
from lakeflow_sources.registry import connector
from lakeflow_sources.sources.osipi.density import beginning
from lakeflow_sources.sources.osipi.faults import broken, faults
from lakeflow_sources.sources.osipi.streams import grouped, selected
from tests.sources.osipi import truth
from tests.sources.osipi.reading import read_rows, reader, rows_of

EARLIER = {  # every table of the system that this one replaces, and where its rows are now
    "pi_dataservers": "data_servers",
    "pi_points": "points",
    "pi_point_type_catalog": "points",
    "pi_point_attributes": "point_attributes",
    "pi_timeseries": "recorded_values",
    "pi_streamset_recorded": "recorded_values",
    "pi_interpolated": "interpolated_values",
    "pi_streamset_interpolated": "interpolated_values",
    "pi_plot": "plot_values",
    "pi_streamset_plot": "plot_values",
    "pi_summary": "summary_values",
    "pi_streamset_summary": "summary_values",
    "pi_current_value": "current_values",
    "pi_value_at_time": "current_values",
    "pi_recorded_at_time": "recorded_at_time",
    "pi_end": "end_values",
    "pi_streamset_end": "end_values",
    "pi_assetservers": "asset_servers",
    "pi_assetdatabases": "asset_databases",
    "pi_af_hierarchy": "elements",
    "pi_element_attributes": "attributes",
    "pi_element_templates": "element_templates",
    "pi_element_template_attributes": "attribute_templates",
    "pi_attribute_templates": "attribute_templates",
    "pi_categories": "categories",
    "pi_analyses": "analyses",
    "pi_analysis_templates": "analysis_templates",
    "pi_af_tables": "af_tables",
    "pi_af_table_rows": "af_table_rows",
    "pi_units_of_measure": "units",
    "pi_event_frames": "event_frames",
    "pi_eventframe_templates": "element_templates",
    "pi_eventframe_template_attributes": "attribute_templates",
    "pi_eventframe_attributes": "event_frame_attributes",
    "pi_eventframe_referenced_elements": "event_frame_elements",
    "pi_eventframe_annotations": "event_frame_annotations",
    "pi_eventframe_acknowledgements": "event_frames",
}
SMALL = {"points": 7, "burst": 60}


def expected(mock):
    return truth.recorded(mock.rows("recorded_values"))


def recorded(mock, **options):
    return truth.keyed(read_rows(mock.options, "recorded_values", **options))


@pytest.mark.parametrize(("earlier", "table"), EARLIER.items())
def test_the_names_of_the_earlier_system_lead_to_tables(earlier, table):
    vendor = connector("osipi")
    assert vendor.aliases[earlier] == table
    assert table in {one.name for one in vendor.tables}


@pytest.mark.parametrize("sharing", ["per_stream", "shared", "in_turn"])
def test_a_share_that_is_rounded_up_is_no_sign_that_a_stream_came_whole(lakeflow_mock, sharing):
    mock = lakeflow_mock("osipi", records={"points": 7}, days=1, sharing=sharing, gap_seconds=9)
    start = datetime.now(UTC) - timedelta(minutes=50)  # too short a time for spans to be planned
    wanted = truth.recorded(mock.rows("recorded_values"), start=start)
    for size in (72, 101, 1000):  # five shares of them, rounded up, are more than the whole
        assert recorded(mock, page_size=size, start=start.isoformat()) == wanted


def test_the_first_event_is_found_also_where_the_first_streams_use_up_the_count(lakeflow_mock):
    begun = set()
    for sharing in ("per_stream", "shared", "in_turn"):
        mock = lakeflow_mock("osipi", records={"points": 9}, days=1, sharing=sharing, now="2026-01-05T12:00:00Z")
        with reader(mock.options, "interpolated_values") as (read, client):
            groups = list(grouped(selected(read, client)))
            begun.add(tuple(beginning(read, client, one, datetime(2026, 1, 6, tzinfo=UTC)) for one in groups))
    first = min(truth.instant(row["Timestamp"]) for row in mock.rows("recorded_values"))
    assert len(begun) == 1
    assert min(*begun) == first or min(next(iter(begun))) == first


def test_answers_with_white_space_have_the_same_rows_and_their_troubles_are_seen(lakeflow_mock):
    mock = lakeflow_mock("osipi", records=SMALL, days=1, indented=True)
    wanted = expected(mock)
    assert recorded(mock, page_size=500) == wanted
    mock.write("fail", text="The operation has timed out.")
    assert recorded(mock, page_size=500) == wanted


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" , ", " : ")])
@pytest.mark.parametrize(
    "body",
    [
        {"Items": [], "WebException": {"StatusCode": 504, "Errors": ["timed out"]}},
        {"Items": [{"WebId": "a", "Items": [], "Errors": ["timed out"]}]},
        {"Items": [{"WebId": "a", "WebException": {"StatusCode": 504, "Errors": ["timed out"]}}]},
    ],
)
def test_an_error_behind_status_200_is_seen_however_it_is_written(body, separators):
    written = json.dumps(body, separators=separators).encode()
    found = faults(Response(get("/piwebapi/streamsets/recorded"), 200, {}, written))
    assert (found.kind, found.message) == ("retry", "timed out")
    assert broken(body)


def test_no_error_behind_status_200_is_none():
    body = {"Items": [{"WebId": "a", "Items": [], "Errors": [], "WebException": None}], "WebException": None}
    assert faults(Response(get("/piwebapi/x"), 200, {}, json.dumps(body, indent=2).encode())) is None
    assert not broken(body)


def test_streams_that_a_set_leaves_out_for_want_of_events_are_asked_by_themselves(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 12}, days=2, omits_empty=True)
    start = datetime.now(UTC) - timedelta(minutes=9)
    wanted = truth.recorded(mock.rows("recorded_values"), start=start)
    rows = truth.keyed(read_rows(mock.options, "recorded_values", start=start.isoformat()))
    assert rows == wanted
    assert len({key[0] for key in rows}) < 12, "some have none"


def test_a_server_that_begins_a_little_earlier_than_asked_doubles_nothing(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 4, "burst": 60}, days=1, coarse=True)
    wanted = expected(mock)
    for size in (61, 200):
        assert recorded(mock, page_size=size) == wanted


def test_more_events_within_what_the_server_tells_apart_than_a_page_holds(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 1}, days=1, coarse=True)
    last = max(truth.instant(row["Timestamp"]) for row in mock.rows("recorded_values"))
    for number in range(40):
        mock.write("add", tag=0, time=last.strftime(f"%Y-%m-%dT%H:%M:%S.9990{number:03d}Z"), values=[number])
    for size in (5, 40):
        assert recorded(mock, page_size=size) == expected(mock)


def test_a_table_whose_resource_the_server_lacks_is_an_error_and_not_an_empty_table(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 5}, days=1, lacks="plot,points/{webid}/attributes,summary")
    for table in ("plot_values", "point_attributes", "summary_values"):
        with pytest.raises(VendorError, match="this PI Web API does not have the resource"):
            read_rows(mock.options, table)
    assert recorded(mock) == expected(mock), "counting is a help, not a need"


def test_a_count_that_takes_the_server_too_long_is_done_without(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 5}, days=1)
    mock.faults("504", paths=["streamsets/summary"])
    with reader(mock.options, "recorded_values", max_retries=1) as (read, client):
        assert truth.keyed(rows_of(read, client)[0]) == expected(mock)
        assert "events are not counted" in str(client.stats.facts()["notes"])


@pytest.mark.parametrize("table", ["interpolated_values", "summary_values"])
def test_a_server_that_returns_little_of_one_call_gives_the_same_values_in_more_calls(lakeflow_mock, table):
    now = "2026-01-05T12:00:00Z"
    span = {"start": "2026-01-04T00:00:00Z", "end": "2026-01-05T10:00:00Z", "interval": "10m"}
    small, usual = (
        lakeflow_mock("osipi", records={"points": 5}, days=2, now=now, max_returned=most) for most in (100, 150_000)
    )
    few, many = (sorted(map(repr, read_rows(one.options, table, **span))) for one in (small, usual))
    assert few == many != []
    assert len(small.requests()) > len(usual.requests())


def test_values_at_a_time_and_the_events_that_were_archived_before_it(plant):
    events = plant.rows("recorded_values")
    moment = truth.instant(events[-1]["Timestamp"]).replace(microsecond=0) - timedelta(hours=3)
    before = {row["WebId"]: row for row in events if truth.instant(row["Timestamp"]) <= moment}
    for table, own in (("pi_value_at_time", False), ("pi_recorded_at_time", True)):
        rows = {row["webid"]: row for row in read_rows(plant.options, table, time=moment.isoformat())}
        for key, event in before.items():
            wanted = truth.value(event, event["PointType"])
            assert {name: rows[key][name] for name in ("value_double", "value_int", "value_string")} == {
                name: wanted[name] for name in ("value_double", "value_int", "value_string")
            }
            at = truth.instant(event["Timestamp"]) if own else moment
            assert rows[key]["timestamp"].replace(tzinfo=UTC) == at
    with pytest.raises(ConfigurationError, match=r"time='\*-1h' is no time"):
        read_rows(plant.options, "current_values", time="*-1h")


def test_events_of_the_future_are_read_where_the_end_lies_there(lakeflow_mock):
    mock = lakeflow_mock("osipi", records={"points": 3}, days=1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    mock.write("add", tag=1, time=tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"), values=[1.5, 2.5])
    start = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    near, far = (
        truth.keyed(read_rows(mock.options, "recorded_values", start=start, **more))
        for more in ({}, {"end": (tomorrow + timedelta(hours=1)).isoformat()})
    )
    assert len(far) == len(near) + 2


@pytest.mark.parametrize("word", ["*-1d", "t", "y", "yesterday+8h", "monday"])
def test_time_expressions_of_pi_are_refused_with_what_to_write(plant, word):
    with pytest.raises(ConfigurationError, match="is no time, write for example 2026-01-31T00:00:00Z"):
        read_rows(plant.options, "recorded_values", start=word)
