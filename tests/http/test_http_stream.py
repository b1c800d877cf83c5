"""Answers too large to hold, read as files."""

from __future__ import annotations

import gzip
import io
import time

import pyarrow.csv
import pytest

from lakeflow_sources.errors import AccessError, TransientError
from lakeflow_sources.http import get
from tests.http.loopback import Answer, jsons

CSV = b"id,name\n" + b"".join(b"%d,name of %d\n" % (number, number) for number in range(20_000))


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_body_is_read_in_pieces(service, connect, coding):
    content = gzip.compress(CSV) if coding == "gzip" else CSV
    service.on("/results", Answer(200, content, {"Content-Type": "text/csv", "Content-Encoding": coding}))
    client = connect()
    pieces = []
    with client.stream(get("/results", headers={"Accept": "text/csv"})) as body:
        while piece := body.read(1000):
            assert len(piece) <= 1000
            pieces.append(piece)
    assert b"".join(pieces) == CSV
    assert client.stats.bytes == len(CSV)
    client.send(get("/results"))
    assert service.connections == 1


def test_pyarrow_reads_it(service, connect):
    service.on("/results", Answer(200, gzip.compress(CSV), {"Content-Encoding": "gzip"}))
    with connect().stream(get("/results")) as body, pyarrow.csv.open_csv(body) as reader:
        assert sum(batch.num_rows for batch in reader) == 20_000
    with connect().stream(get("/results")) as body:
        assert sum(1 for _ in io.BufferedReader(body)) == 20_001


def test_retries_last_until_the_answer_begins(service, connect):
    service.on("/results", jsons({}, 503), Answer(200, CSV, {}))
    client = connect()
    with client.stream(get("/results")) as body:
        assert body.read(7) == b"id,name"
    assert client.stats.retries == 1


def test_a_refusal_is_read_and_explained(service, connect):
    service.on("/results", jsons([{"message": "no access", "errorCode": "INSUFFICIENT_ACCESS"}], 403))
    with pytest.raises(AccessError, match=r"403 \(INSUFFICIENT_ACCESS, .no access"), connect().stream(get("/results")):
        raise AssertionError


@pytest.mark.parametrize(
    "head", [b"Content-Length: 1000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n400\r\n"], ids=["length", "chunks"]
)
def test_a_body_that_breaks_off_is_an_error_and_not_an_end(service, connect, head):
    service.on(
        "/results", Answer(raw=lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"id,name\n1,"))
    )
    with connect().stream(get("/results")) as body, pytest.raises(TransientError, match="GET /results broke off while"):
        [*iter(lambda: body.read(100), b"")]


def test_a_slow_reader_is_no_fault(service, connect):
    service.on("/results", Answer(200, CSV * 10, {}))
    with connect(timeout_seconds=0.5, retry_deadline_seconds=0.5).stream(get("/results")) as body:
        assert body.read(7) == b"id,name"
        time.sleep(1.0)
        assert len(body.read()) == len(CSV) * 10 - 7


def test_a_reader_that_stops_early_leaves_nothing_behind(service, connect):
    service.on("/results", Answer(200, CSV * 100, {}))
    service.on("/items", jsons({"ok": 1}))
    client = connect()
    with client.stream(get("/results")) as body:
        body.read(10)
    assert body.closed
    assert client.send(get("/items")).json() == {"ok": 1}


def test_the_headers_of_a_streamed_answer_are_at_hand(service, connect):
    service.on("/results", Answer(200, CSV, {"Next-Locator": "abc"}))
    with connect().stream(get("/results")) as body:
        assert body.headers["next-locator"] == "abc"
