"""The line that a read leaves in the log, and what a local run adds up."""

import json
import logging
import subprocess
import sys
from dataclasses import replace

import pyarrow as pa
import pytest

from lakeflow_sources.connect import connect
from lakeflow_sources.discover import prepare
from lakeflow_sources.errors import TransientError
from lakeflow_sources.options import check_options
from lakeflow_sources.plan import plan
from lakeflow_sources.read import read_share
from lakeflow_sources.registry import connector
from lakeflow_sources.summary import LOGGER, Summary, added, heard, summarized

HUBSPOT = connector("hubspot")


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, LOGGER)
    return lambda: [one.getMessage() for one in caplog.records if one.name == LOGGER]


@pytest.fixture
def bound(lakeflow_mock):
    mock = lakeflow_mock("hubspot", records={"contacts": 230}, seed=1)
    settings = check_options(HUBSPOT, {**mock.options, "tableName": "contacts", "requests_per_second": "2000"})
    with connect(HUBSPOT, settings) as client:
        yield mock, prepare(HUBSPOT, settings, lambda: client), client


def test_rows_requests_retries_waits_and_quota_are_in_one_line(bound, lines):
    mock, read, client = bound
    (share,) = plan(read, client)
    client.stats.taken()
    mock.faults("429", count=2, retry_after=0)
    mock.limit()
    rows = sum(batch.num_rows for batch in summarized(read, read_share(read, share, client), client.stats))
    (line,) = lines()
    found = heard(line)
    assert (found.connector, found.table, found.outcome, found.rows) == ("hubspot", "contacts", "done", rows)
    assert rows == 230
    assert (found.requests, found.retries, found.rate_limited) == (5, 2, 2)
    assert found.bytes > 10_000
    assert 249_000 < found.quota_left < 250_000
    assert found.seconds > 0
    assert json.loads(line.removeprefix("read "))["rows"] == 230


def test_what_is_counted_belongs_to_one_step_only(bound, lines):
    _, read, client = bound
    shares = plan(read, client)
    for share in shares:
        list(summarized(read, read_share(read, share, client), client.stats))
    assert client.stats.facts()["requests"] == 0
    assert sum(heard(line).requests for line in lines()) >= 4


def test_what_could_not_be_read_is_told(bound, lines):
    _, read, client = bound
    client.note("issues are switched off in octo/empty")
    client.note("issues are switched off in octo/empty")
    list(summarized(read, [], client.stats))
    assert heard(lines()[-1]).notes == ("issues are switched off in octo/empty",)


def test_a_read_that_fails_or_is_left_early_is_told_too(bound, lines):
    _, read, client = bound

    def broken():
        yield pa.RecordBatch.from_pydict({"id": ["1", "2"]})
        raise TransientError("the host has gone")

    batches = summarized(read, broken(), client.stats)
    next(batches)
    with pytest.raises(TransientError):
        next(batches)
    left = summarized(read, iter([pa.RecordBatch.from_pydict({"id": ["1"]})]), client.stats)
    next(left)
    left.close()
    assert [(heard(line).outcome, heard(line).rows) for line in lines()] == [("failed", 2), ("stopped", 1)]


def test_the_line_can_be_left_out(bound, lines):
    _, read, client = bound
    quiet = replace(read, settings=check_options(HUBSPOT, {"access_token": "planted-token", "log_reads": "false"}))
    list(summarized(quiet, [], client.stats))
    assert lines() == []


def test_a_line_is_found_behind_what_a_log_puts_before_it():
    line = '26/11/30 INFO x: read {"connector":"github","table":"issues","rows":3,"notes":[]}\n'
    assert heard(line) == Summary("github", "issues", rows=3)


@pytest.mark.parametrize("line", ["", "read nothing", 'read {"connector":"x","rows', 'read {"connector":"x","no":1}'])
def test_other_lines_and_cut_ones_are_none(line):
    assert heard(line) is None


def test_tasks_are_added_up_by_table():
    first = Summary("a", "t", rows=2, requests=3, seconds=1.5, bytes=10, quota_left=90, notes=("x",))
    second = Summary("a", "t", rows=5, requests=1, retries=1, quota_left=80, notes=("x", "y"))
    other = Summary("a", "u", outcome="failed")
    total, alone, again = added([replace(first, step="plan"), other, second, replace(first, connector="b")])
    assert (total.rows, total.requests, total.retries, total.quota_left, total.notes) == (7, 4, 1, 80, ("x", "y"))
    assert (alone.outcome, again.connector) == ("failed", "b")
    assert first.cost == "3 requests, 0.0 MB, 1.5 s, 90 calls left"


CODE = """
import logging, sys
from lakeflow_sources.logs import visible
if sys.argv[1] == "quiet":
    logging.getLogger("lakeflow_sources.reads").setLevel(logging.WARNING)
visible("lakeflow_sources.reads").info("read it")
visible("lakeflow_sources.reads").info("and again")
"""


@pytest.mark.parametrize(("how", "shown"), [("plain", "read it\nand again\n"), ("quiet", "")])
def test_lines_are_seen_where_nobody_set_up_logging_and_can_be_switched_off(how, shown):
    done = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    assert done.stderr == shown
