"""What Spark says of flows, in its own words, becomes their states."""

from datetime import datetime, timedelta

from lakeflow_sources.local.flow_events import FlowEvent, FlowState, flow_events, follow

T0 = datetime(2026, 1, 1)  # noqa: DTZ001 - protobuf gives times without a zone


class _Stamp:
    def __init__(self, at):
        self.at = at

    def ToDatetime(self):  # noqa: N802 - protobuf's name
        return self.at


class _Told:
    def __init__(self, message, second):
        self.event = self
        self.message = message
        self.timestamp = _Stamp(T0 + timedelta(seconds=second))


def run(*messages):
    """States after *messages*, one a second, and what was told."""
    told, states = [], {}
    results = [{"pipeline_event_result": _Told(text, second)} for second, text in enumerate(messages)]
    follow(
        flow_events([{"pipeline_command_result": None}, *results]),
        states,
        lambda flow, state: told.append((flow, state.state)),
    )
    return states, told


def test_a_flow_that_completes_tells_its_time_once():
    states, told = run(
        "Flow spark_catalog.b.t is QUEUED.",
        "Flow spark_catalog.b.t is PLANNING.",
        "Flow spark_catalog.b.t is STARTING.",
        "Flow spark_catalog.b.t is RUNNING.",
        "Flow spark_catalog.b.t has COMPLETED.",
        "Run is COMPLETED.",
    )
    assert told == [("spark_catalog.b.t", "running"), ("spark_catalog.b.t", "completed"), ("", "completed")]
    assert states["spark_catalog.b.t"] == FlowState("completed", T0 + timedelta(seconds=1), 3.0)


def test_failed_wins_over_completed_and_keeps_its_reason():
    states, told = run(
        "Flow spark_catalog.b.t is RUNNING.",
        "Flow spark_catalog.b.t has COMPLETED.",
        "Flow 'spark_catalog.b.t' has FAILED more than 0 times and will not be restarted.\nError: [A] it broke. SQLSTATE: 1",
        "Flow 'spark_catalog.b.u' SKIPPED due to upstream failure(s).",
    )
    assert states["spark_catalog.b.t"].state == "failed"
    assert states["spark_catalog.b.t"].error == "[A] it broke."
    assert states["spark_catalog.b.u"].state == "skipped"
    assert ("spark_catalog.b.t", "failed") in told


def test_a_second_attempt_that_completes_forgets_what_the_first_failed_of():
    first = (
        "Flow spark_catalog.b.t is RUNNING.",
        "Flow spark_catalog.b.t has COMPLETED.",
        "Flow 'spark_catalog.b.t' has FAILED.\nError: Python worker failed to connect back.",
        "Flow spark_catalog.b.t is RUNNING.",
    )
    states, _ = run(*first, "Flow spark_catalog.b.t has COMPLETED.")
    assert (states["spark_catalog.b.t"].state, states["spark_catalog.b.t"].error) == ("completed", "")
    states, _ = run(*first, "Flow 'spark_catalog.b.t' has FAILED.\nError: [A] it broke.")
    assert (states["spark_catalog.b.t"].state, states["spark_catalog.b.t"].error) == ("failed", "[A] it broke.")


def test_unresolved_flows_fail_and_those_behind_them_are_skipped():
    states, _ = run(
        "Failed to resolve flow due to upstream failure: 'spark_catalog.b.e'.\nError: Failed to read dataset 'd'.",
        "Failed to resolve flow: 'spark_catalog.b.d'.\nError: [X] no such table. SQLSTATE: 42P01;",
    )
    assert {flow: (state.state, state.error) for flow, state in states.items()} == {
        "spark_catalog.b.e": ("skipped", ""),
        "spark_catalog.b.d": ("failed", "[X] no such table."),
    }


def test_other_words_are_passed_over():
    states, told = run("Update is planned.", "Flow 'x' is IDLE, waiting for new data.", "Flow x said: NOTHING of note")
    assert (states, told) == ({}, [])


def test_a_run_that_fails_says_so():
    events = flow_events([{"pipeline_event_result": _Told("Run is FAILED since flow 'x' has failed.", 0)}])
    assert list(events) == [FlowEvent("", "failed", T0)]
