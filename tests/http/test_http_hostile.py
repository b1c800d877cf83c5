"""Servers that mean harm: nothing hangs, nothing fills the memory, no credential leaves the host."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib

import pytest

from lakeflow_sources.errors import ConfigurationError, LakeflowError, TransientError, VendorError
from lakeflow_sources.http import get, paginate, paging, post
from tests.http.loopback import Answer, jsons

MEBIBYTE = 1 << 20


def trickle(data: bytes, pause: float, stop: threading.Event):
    def send(connection: socket.socket) -> None:
        for byte in data:
            if stop.wait(pause):
                return
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                return

    return send


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_trickling_answer_ends_with_the_deadline(service, connect, stop, part):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    data = head + b"x" * 100_000 if part == "body" else b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 10_000
    service.on("/items", Answer(raw=trickle(data, 0.02, stop)))
    start = time.monotonic()
    with pytest.raises(TransientError, match="no answer in time"):
        connect(retry_deadline_seconds=1.5, timeout_seconds=1.0).send(get("/items"))
    assert time.monotonic() - start < 5


def test_a_gzip_bomb_is_refused_without_filling_the_memory(service, connect):
    squeeze = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(squeeze.compress(bytes(MEBIBYTE)) for _ in range(64)), squeeze.flush()])
    assert len(bomb) < MEBIBYTE
    service.on("/items", Answer(200, bomb, {"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises(VendorError, match=r"more than 8388608 bytes.*ask for smaller pages"):
            connect(max_body_bytes=8 * MEBIBYTE).send(get("/items"))
        assert tracemalloc.get_traced_memory()[1] < 32 * MEBIBYTE
    finally:
        tracemalloc.stop()
    assert len(service.calls) == 1


def test_five_gigabytes_are_refused_before_they_are_read(service, connect):
    def send(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {5 << 30}\r\n\r\n".encode())
        connection.recv(1)

    service.on("/items", Answer(raw=send))
    start = time.monotonic()
    with pytest.raises(VendorError, match="more than 536870912 bytes"):
        connect().send(get("/items"))
    assert time.monotonic() - start < 2


def test_an_endless_body_without_a_length_is_cut_off(service, connect):
    sent = [0]

    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent[0] += 65536
        except OSError:
            return

    service.on("/items", Answer(raw=send))
    with pytest.raises(VendorError, match="more than 1048576 bytes"):
        connect(max_body_bytes=MEBIBYTE).send(get("/items"))
    assert sent[0] < 32 * MEBIBYTE


def test_a_compression_that_was_not_asked_for_is_named(service, connect):
    service.on("/items", Answer(200, b"xyz", {"Content-Encoding": "br"}))
    with pytest.raises(VendorError, match="compressed with br"):
        connect().send(get("/items"))


@pytest.mark.parametrize(
    "wrap", [gzip.compress, zlib.compress, lambda data: gzip.compress(data[:4]) + gzip.compress(data[4:])]
)
def test_compressed_answers_are_read(service, connect, wrap):
    coding = "deflate" if wrap is zlib.compress else "gzip"
    service.on(
        "/items", Answer(200, wrap(b'{"ok": 1}'), {"Content-Encoding": coding, "Content-Type": "application/json"})
    )
    assert connect().send(get("/items")).json() == {"ok": 1}


def moved(url: str, status: int = 302) -> Answer:
    return Answer(status, b"", {"Location": url})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_refused(service, other, bearer, token, status):
    service.on("/items", moved(f"{other.url}/steal", status))
    with pytest.raises(VendorError, match="was redirected to http://127.0.0.1:.*credentials of .* must not go"):
        bearer.send(get("/items"))
    assert other.calls == []


def test_a_next_link_to_another_host_is_refused(service, other, bearer):
    service.on("/items", jsons({"next": f"{other.url}/steal"}))
    with pytest.raises(VendorError, match="credentials of .* must not go"):
        list(paginate(bearer.send, get("/items"), paging.next_link("next")))
    assert other.calls == []


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1.evil.example/x", "//evil.example/x", "http://evil.example@127.0.0.1/x", "ftp://127.0.0.1/x"],
)
def test_addresses_that_look_like_the_host_are_refused(service, bearer, url):
    service.on("/items", jsons({"next": url}))
    with pytest.raises(LakeflowError):
        list(paginate(bearer.send, get("/items"), paging.next_link("next")))
    assert len(service.calls) == 1


def test_hosts_that_the_connector_names_may_see_the_credentials(service, other, connect, token):
    from lakeflow_sources.http import Bearer
    from lakeflow_sources.redact import Secret

    service.on("/items", moved(f"{other.url}/items"))
    other.on("/items", jsons({"ok": 1}))
    client = connect(auth=Bearer(Secret(token)), hosts=(f"127.0.0.1:{other.port}",))
    assert client.send(get("/items")).json() == {"ok": 1}
    assert other.calls[0].headers["authorization"] == f"Bearer {token}"


def test_a_redirect_on_the_same_host_is_followed_with_credentials(service, bearer, token):
    service.on("/repos/a/b", moved("/repositories/1?page=2", 301))
    service.on("/repositories/1", jsons({"ok": 1}))
    response = bearer.send(get("/repos/a/b", page=2))
    assert response.json() == {"ok": 1}
    assert response.url == f"{service.url}/repositories/1?page=2"
    assert service.calls[1].headers["authorization"] == f"Bearer {token}"


def test_a_post_keeps_its_body_where_the_status_says_so(service, connect):
    service.on("/search", moved("/found", 307))
    service.on("/found", jsons({}))
    connect().send(post("/search", limit=1))
    assert (service.calls[1].method, service.calls[1].body) == ("POST", b'{"limit":1}')


def test_a_post_is_not_turned_into_a_get_in_silence(service, connect):
    service.on("/search", moved("/found", 301))
    with pytest.raises(VendorError, match="was redirected with status 301"):
        connect().send(post("/search", limit=1))


def test_redirects_in_a_circle_end(service, connect):
    service.on("/items", moved("/items"))
    with pytest.raises(VendorError, match="redirected more than 5 times"):
        connect().send(get("/items"))
    assert len(service.calls) == 6


def test_an_address_of_the_caller_on_another_host_is_refused(other, bearer):
    with pytest.raises(VendorError, match="must not go"):
        bearer.send(get(f"{other.url}/steal"))
    assert other.calls == []


def test_an_address_that_is_none_is_a_matter_of_configuration(connect):
    for url in ("http://[::1", "http://127.0.0.1:99999", "http://exa mple.org"):
        with pytest.raises((ConfigurationError, TransientError)):
            connect(base_url=url).send(get("/items"))


def test_cookies_are_not_kept(service, connect):
    service.on("/items", jsons({}, Set_Cookie="session=planted; Path=/"))
    client = connect()
    client.send(get("/items"))
    client.send(get("/items"))
    assert "cookie" not in service.calls[1].headers


def test_a_netrc_adds_no_credentials(service, connect, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password planted\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    service.on("/items", jsons({}))
    connect().send(get("/items"))
    assert "authorization" not in service.calls[0].headers
