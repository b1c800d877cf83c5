"""Loopback APIs in a process of their own: so fast that they are never the limit, which each run checks.

A `Contacts` account puts pages together from ready records. Answers of a `Plant`, and those of a vendor's mock behind
this server, are kept: only the first read waits for them. No token is checked, as it is the reader that is measured.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.contacts import Contacts
from benchmarks.plant import Plant

__all__ = ["contacts_api", "kept_answers", "plant_api"]

Answer = Callable[[str, str, bytes, bytes], bytes]
_HOP = {"connection", "date", "keep-alive", "server", "transfer-encoding", "content-length"}


@contextmanager
def contacts_api(count: int, latency: float = 0.0) -> Iterator[str]:
    """The URL of an account with *count* contacts, each answer of which comes after *latency* seconds."""
    with _process({"contacts": count, "latency": latency}) as url:
        yield url


@contextmanager
def plant_api() -> Iterator[str]:
    """The URL of a PI Web API."""
    with _process({"plant": True}) as url:
        yield url


@contextmanager
def kept_answers(behind: str) -> Iterator[str]:
    """The URL of a server that repeats what the API at *behind* answered to the same call before."""
    with _process({"behind": behind}) as url:
        yield url


@contextmanager
def _process(settings: dict[str, object]) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.server", json.dumps(settings)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()  # it ends with its input


class _Connection(asyncio.Protocol):
    """Calls of one connection, one after the other; only what HTTP clients really send is understood."""

    def __init__(self, answer: Answer, latency: float) -> None:
        self._answer, self._latency = answer, latency
        self._waiting = bytearray()

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._waiting[:end])
            low = head.lower()
            length = _length(low)
            if len(self._waiting) < end + 4 + length:
                return
            body = bytes(self._waiting[end + 4 : end + 4 + length])
            del self._waiting[: end + 4 + length]
            method, target, _ = head[: head.index(b"\r\n")].decode().split(" ")
            whole = self._answer(method, target, head, body)
            asyncio.get_running_loop().call_later(self._latency, self._send, whole, b"connection: close" in low)

    def _send(self, whole, last):
        self._transport.write(whole)
        if last:
            self._transport.close()


def _length(low: bytes) -> int:
    place = low.find(b"content-length:")
    return int(low[place + 15 : (low + b"\r\n").index(b"\r\n", place)]) if place >= 0 else 0


def _whole(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    kept = [(name, value) for name, value in headers if name.lower() not in _HOP]
    lines = "".join(f"{name}: {value}\r\n" for name, value in [*kept, ("Content-Length", str(len(body)))])
    return f"HTTP/1.1 {status} {http.client.responses.get(status, '')}\r\n{lines}\r\n".encode() + body


def _answers(source: Contacts | Plant) -> Answer:
    def answer(method: str, target: str, _head: bytes, body: bytes) -> bytes:
        found = source.answer(method, target, body)
        status = 404 if found is None else 200
        return _whole(status, [("Content-Type", "application/json")], found or b"{}")

    return answer


def _passed_on(behind: str) -> Answer:
    host = urlsplit(behind).netloc

    def answer(method: str, target: str, head: bytes, body: bytes) -> bytes:
        connection = http.client.HTTPConnection(host, timeout=600)
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
        connection.request(method, target, body or None, {**headers, "Connection": "close"})
        found = connection.getresponse()
        return _whole(found.status, found.getheaders(), found.read())

    return answer


def _kept(answer: Answer) -> Answer:
    """The same answers, each made once while everybody else waits."""
    answers: dict[tuple[object, ...], bytes] = {}

    def kept(method: str, target: str, head: bytes, body: bytes) -> bytes:
        key = (method, target, b"gzip" in head.lower(), body)
        if key not in answers:
            answers[key] = answer(method, target, head, body)
        return answers[key]

    return kept


def _source(settings: dict[str, object]) -> Answer:
    if "contacts" in settings:
        return _answers(Contacts(settings["contacts"]))
    return _kept(_passed_on(settings["behind"]) if "behind" in settings else _answers(Plant()))


async def _serve(settings: dict[str, object]) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    answer, latency = _source(settings), settings.get("latency", 0.0)
    server = await loop.create_server(lambda: _Connection(answer, latency), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    loop.add_reader(sys.stdin, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
