"""Faults that pass: repeated with patience, but not for ever and only where it is safe."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lakeflow_sources.errors import QuotaError, TransientError, VendorError
from lakeflow_sources.http import Fault, by_status, get, post
from tests.http.loopback import Answer, jsons


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def sends(data: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(data)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BROKEN = {
    "reset": reset,
    "hung up": lambda connection: None,
    "short of its length": sends(HEAD + b"Content-Length: 100\r\n\r\n{"),
    "short of its chunks": sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"),
    "no last chunk": sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
    "cut headers": sends(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "not HTTP": sends(b"SSH-2.0-OpenSSH_9\r\n"),
    "cut gzip": sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    "bad gzip": sends(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
}
FAULTS = {str(status): jsons({"message": "later"}, status) for status in (408, 425, 429, 500, 502, 503, 504)}
FAULTS |= {name: Answer(raw=raw) for name, raw in BROKEN.items()}
FAULTS |= {"cut JSON": Answer(200, b'{"results": [{"id": 1}, {"i')}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_that_passes_is_survived(service, connect, fault):
    service.on("/items", FAULTS[fault], FAULTS[fault], jsons({"ok": 1}))
    client = connect()
    assert client.send(get("/items")).json() == {"ok": 1}
    assert len(service.calls) == 3
    assert client.stats.retries == 2


@pytest.mark.parametrize("fault", ["500", "reset", "short of its length", "cut JSON"])
def test_a_fault_that_stays_ends_with_how_often_and_why(service, connect, fault):
    service.on("/items", FAULTS[fault])
    with pytest.raises(TransientError, match=r"GET /items .* after 4 attempts in \d+ seconds \(.+ x4\)"):
        connect(max_retries=3).send(get("/items"))
    assert len(service.calls) == 4


def test_refusals_that_stay_are_a_matter_of_quota(service, connect):
    service.on("/items", jsons({"message": "slow down"}, 429, Retry_After="0.01"))
    with pytest.raises(QuotaError, match=r"429 \(.slow down.\) after 3 attempts"):
        connect(max_retries=2).send(get("/items"))


def test_no_retries_means_one_attempt(service, connect):
    service.on("/items", jsons({}, 503))
    with pytest.raises(TransientError):
        connect(max_retries=0).send(get("/items"))
    assert len(service.calls) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_fault_that_stays_is_not_repeated(service, connect, status):
    service.on("/items", jsons({}, status))
    _, fault = connect().attempt(get("/items"))
    assert fault is not None
    assert len(service.calls) == 1


@pytest.mark.parametrize("fault", ["500", "502", "reset", "hung up"])
def test_a_call_that_must_not_happen_twice_is_not_repeated(service, connect, fault):
    service.on("/jobs", FAULTS[fault])
    with pytest.raises(TransientError):
        connect().send(post("/jobs", idempotent=False, query="x"))
    assert len(service.calls) == 1


def test_a_refused_call_did_not_happen_and_is_repeated(service, connect):
    busy = jsons({}, 503, Retry_After="0.01")
    service.on("/jobs", jsons({}, 429), busy, jsons({"id": 1}, 201))
    assert connect().send(post("/jobs", idempotent=False)).json() == {"id": 1}
    assert len(service.calls) == 3


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed(service, connect, form):
    at = datetime.now(UTC) + timedelta(seconds=2)
    text = "1" if form == "seconds" else format_datetime(at, usegmt=True)
    service.on("/items", jsons({}, 429, Retry_After=text), jsons({}))
    start = time.monotonic()
    connect(backoff_seconds=0.001).send(get("/items"))
    assert 0.9 < time.monotonic() - start < 4


def test_a_wait_longer_than_the_deadline_ends_the_call_at_once(service, connect):
    service.on("/items", jsons({"message": "banned"}, 429, Retry_After="999999"))
    start = time.monotonic()
    with pytest.raises(QuotaError, match=r"asks to come back in 999999 seconds, longer than the \d+ that are left"):
        connect().send(get("/items"))
    assert time.monotonic() - start < 2
    assert len(service.calls) == 1


def test_a_refusal_holds_back_all_calls_of_the_account(service, connect):
    service.on("/items", jsons({}, 429, Retry_After="1"), jsons({}))
    service.on("/others", jsons({}))
    first, second = connect(account=f"shared {service.url}"), connect(account=f"shared {service.url}")
    thread = threading.Thread(target=first.send, args=(get("/items"),))
    thread.start()
    while first.stats.retries == 0:
        time.sleep(0.01)
    start = time.monotonic()
    second.send(get("/others"))
    assert time.monotonic() - start > 0.8
    thread.join()


def test_the_deadline_ends_retries_that_would_go_on(service, connect):
    service.on("/items", jsons({}, 500))
    start = time.monotonic()
    with pytest.raises(TransientError, match=r"500 x\d+"):
        connect(max_retries=10_000, retry_deadline_seconds=1.0, backoff_seconds=0.05).send(get("/items"))
    assert 0.9 < time.monotonic() - start < 3


def test_an_answer_that_does_not_come_is_a_fault(service, connect):
    service.on("/items", Answer(raw=lambda connection: time.sleep(1)), jsons({"ok": 1}))
    client = connect(timeout_seconds=0.3)
    assert client.send(get("/items")).json() == {"ok": 1}
    assert client.stats.retries == 1


def test_an_address_where_nobody_is_does_not_cost_minutes(connect):
    start = time.monotonic()
    with pytest.raises(TransientError, match=r"no connection x3.*Connection refused.*check base_url"):
        connect(base_url="http://127.0.0.1:9").send(get("/items"))
    assert time.monotonic() - start < 5


def test_damaged_json_for_ever_ends_soon(service, connect):
    service.on("/items", FAULTS["cut JSON"])
    with pytest.raises(TransientError, match="its JSON is cut or damaged"):
        connect(max_retries=100).send(get("/items"))
    assert len(service.calls) == 5


def test_a_connector_reads_faults_in_its_own_way(service, connect):
    def faults(response):
        if response.status == 200 and "error" in response.json():
            return Fault("retry", response.json()["error"], wait_seconds=0.01)
        fault = by_status(response)
        return fault and replace(fault, kind="quota", remedy="buy more")

    service.on("/items", jsons({"error": "busy"}), jsons({"rows": []}))
    service.on("/spent", jsons({"message": "daily limit reached"}, 403))
    client = connect(faults=faults)
    assert client.send(get("/items")).json() == {"rows": []}
    with pytest.raises(QuotaError, match=r"daily limit reached.*buy more"):
        client.send(get("/spent"))


def test_an_unknown_host_is_named_as_such(connect):
    with pytest.raises((TransientError, VendorError), match="no connection"):
        connect(base_url="http://does-not-exist.invalid").send(get("/items"))
