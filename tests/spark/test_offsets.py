"""Offsets of a stream: times of the clock, never of rows; and plans that fail are failures. Spark's classes without a Spark."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from lakeflow_sources import LakeflowError
from lakeflow_sources.options import moment
from lakeflow_sources.registry import connector
from lakeflow_sources.spark.source import data_source
from tests.declaration.things import SPEC, Things, thing
from tests.http.loopback import Service, jsons


@pytest.fixture
def things():
    service = Service()
    yield Things(service)
    service.close()


def source(things, **options):
    given = {
        "base_url": things.service.url,
        "spec": SPEC,
        "tableName": "things",
        "lookback_seconds": "0",
        "max_retries": "1",
    }
    return data_source(connector("http"))({**given, **options})


def stream(things, **options):
    made = source(things, **options)
    return made.streamReader(made.schema())


def until(offset):
    return moment(offset["until"])


def read(reader, start, end):
    shares = pickle.loads(pickle.dumps(reader.partitions(start, end)))
    return [row for share in shares for batch in reader.read(share) for row in batch.to_pylist()]


def test_a_new_stream_begins_with_all_history_or_where_it_is_told_to(things):
    assert stream(things).initialOffset() == {"until": "1970-01-01T00:00:00.000Z"}
    assert stream(things, start="2026-01-02").initialOffset() == {"until": "2026-01-02T00:00:00.000Z"}


def test_the_end_of_a_micro_batch_is_the_clock_behind_the_lag_whatever_the_rows_say(things):
    things.records = [thing(1, at="2099-01-01T00:00:00Z"), thing(2, 1)]
    reader = stream(things, lag_seconds="60")
    before = datetime.now(UTC)
    end = reader.latestOffset(reader.initialOffset())
    assert timedelta(seconds=59) < before - until(end) + timedelta(seconds=1) < timedelta(seconds=62)
    assert [row["id"] for row in read(reader, reader.initialOffset(), end)] == [2]


def test_with_one_offset_there_is_nothing_to_read_and_an_available_now_run_ends_where_it_was_told_to(things):
    reader = stream(things, lag_seconds="0")
    reader.prepareForTriggerAvailableNow()
    end = reader.latestOffset(reader.initialOffset(), None)
    assert reader.latestOffset(end) == end
    assert reader.latestOffset(reader.initialOffset()) == end
    asked = len(things.service.calls)
    assert reader.partitions(end, end) == []
    assert len(things.service.calls) == asked


def test_offsets_never_go_back_when_the_clock_does(things):
    ahead = {
        "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    }
    reader = stream(things, lag_seconds="0")
    assert reader.latestOffset(ahead) == ahead
    reader.prepareForTriggerAvailableNow()
    assert reader.latestOffset(ahead) == ahead


def test_micro_batches_meet_without_gap_or_overlap_and_a_replay_is_equal(things):
    things.records = [thing(n, 1 + n // 3) for n in range(9)]
    bounds = [{"until": f"2026-01-{day:02}T{hour}:00:00.000Z"} for day in (1, 2, 3) for hour in (12, 13)]
    reader = stream(things)
    windows = list(zip([reader.initialOffset(), *bounds], bounds, strict=False))
    first = [read(reader, *window) for window in windows]
    assert sorted(row["id"] for rows in first for row in rows) == list(range(9))
    assert [read(reader, *window) for window in windows] == first
    assert [read(stream(things), *window) for window in windows] == first


def test_a_page_that_fails_fails_the_micro_batch_and_not_in_silence(things):
    things.records = [thing(n, 1) for n in range(9)]
    pages = things.answer
    things.service.on("/things", lambda call: jsons({}, 403) if call.query.get("page") == "3" else pages(call))
    reader = stream(things)
    with pytest.raises(LakeflowError, match="answered 403"):
        read(reader, reader.initialOffset(), {"until": "2026-02-01T00:00:00.000Z"})
    things.service.on("/things", pages)
    assert len(read(reader, reader.initialOffset(), {"until": "2026-02-01T00:00:00.000Z"})) == 9


def test_a_plan_that_fails_is_an_error_and_no_read_by_one_task(lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 50}, seed=1)
    options = {**mock.options, "tableName": "contacts", "max_retries": "0"}
    made = data_source(connector("hubspot"))(options)
    reader = made.reader(made.schema())
    mock.faults("500", paths=["/objects/"])
    with pytest.raises(LakeflowError, match="500"):
        reader.partitions()
