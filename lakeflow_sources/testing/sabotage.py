"""Faults as they look on the wire."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import hdrs, web

from lakeflow_sources.testing.faults import Fault
from lakeflow_sources.testing.vendor import Refusal, Service

__all__ = ["INSTEAD", "answer_instead", "spoil"]

INSTEAD = {"drop", "html", "never", "expired", "echo", "gzip_bomb", "endless_body", "redirect"}
"""Kinds that need no real answer; three-digit statuses are of this sort too."""

_CHUNK = 1 << 16
_BLOCK = 1 << 24
_PIECES = 64
_PAGE = (
    "<!doctype html><html><head><title>Sign in</title></head><body><form action='/login' method='post'>"
    "<input name='user'><input name='password' type='password'></form></body></html>"
)


async def answer_instead(request: web.Request, fault: Fault, service: Service, other_host: str) -> web.StreamResponse:
    """What the client gets in place of an answer."""
    match fault.kind:
        case "drop":
            _hang_up(request, flush=False)
            return web.Response()
        case "html":
            return web.Response(text=_PAGE, content_type="text/html")
        case "never":
            await asyncio.Event().wait()
            return web.Response()
        case "expired":
            return service.refuse(request, Refusal(HTTPStatus.UNAUTHORIZED, "expired"))
        case "echo":
            said = " ".join(
                (request.method, request.path_qs, *(f"{name}: {one}" for name, one in request.headers.items()))
            )
            return web.Response(body=orjson.dumps({"message": said}), status=HTTPStatus.BAD_REQUEST)
        case "redirect":
            return web.Response(status=fault.status, headers={hdrs.LOCATION: other_host + request.path_qs})
        case "gzip_bomb":
            headers: dict[str, str] = {hdrs.CONTENT_ENCODING: "gzip", hdrs.CONTENT_TYPE: "application/json"}
            return await _stream(request, _bomb(fault.size), headers)
        case "endless_body":
            return await _stream(request, _letters(fault.size), {hdrs.CONTENT_TYPE: "application/json"})
        case _:
            return service.refuse(request, _refusal(fault))


async def spoil(
    request: web.Request, fault: Fault, answer: web.StreamResponse, service: Service, hosts: tuple[str, str]
) -> web.StreamResponse:
    """The real *answer*, spoilt; *hosts* are the mock's own base URL and that of the other host."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    body = answer.body
    match fault.kind:
        case "truncate":
            return await _cut_off(request, answer, body)
        case "invalid_json":
            return _with_body(answer, body[: max(1, len(body) * 2 // 3)])
        case "slow":
            await asyncio.sleep(fault.seconds)
            return answer
        case "trickle":
            return await _trickle(request, answer, body, fault.seconds)
        case "foreign_next" | "endless_pages":
            return _tampered(request, fault.kind, answer, service, hosts)
    return answer


def _refusal(fault: Fault) -> Refusal:
    headers: dict[str, str] = {}
    if fault.retry_after is not None:
        # A date has whole seconds only, so it is rounded up: a client that obeys it never comes too early.
        moment = formatdate(time.time() + fault.retry_after + 1, usegmt=True)
        headers[hdrs.RETRY_AFTER] = moment if fault.date else _seconds(fault.retry_after)
    status = int(fault.kind)
    reason = "limited" if status == HTTPStatus.TOO_MANY_REQUESTS else "fault"
    return Refusal(status, reason, headers, policy=fault.policy)


def _seconds(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _hang_up(request: web.Request, *, flush: bool) -> None:
    if request.transport is not None:
        if flush:
            request.transport.close()
        else:
            request.transport.abort()


def _with_body(answer: web.Response, body: bytes) -> web.Response:
    kept = {name: value for name, value in _kept(answer).items() if name.lower() != "content-encoding"}
    return web.Response(body=body, status=answer.status, headers=kept, content_type=answer.content_type)


def _kept(answer: web.Response) -> dict[str, str]:
    """Headers beside those that describe the length and type of a body."""
    return {
        name: value for name, value in answer.headers.items() if name.lower() not in {"content-length", "content-type"}
    }


async def _cut_off(request: web.Request, answer: web.Response, body: bytes) -> web.StreamResponse:
    cut = web.StreamResponse(status=answer.status, headers=_kept(answer))
    cut.content_type = answer.content_type
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    _hang_up(request, flush=True)
    return cut


async def _trickle(request: web.Request, answer: web.Response, body: bytes, seconds: float) -> web.StreamResponse:
    slow = web.StreamResponse(status=answer.status, headers=_kept(answer))
    slow.content_type = answer.content_type
    slow.content_length = len(body)
    await slow.prepare(request)
    size = max(1, len(body) // _PIECES)
    for start in range(0, len(body), size):
        await slow.write(body[start : start + size])
        await asyncio.sleep(seconds)
    return slow


async def _stream(request: web.Request, pieces: Iterator[bytes], headers: Mapping[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    for piece in pieces:
        await response.write(piece)
        await asyncio.sleep(0)
    return response


def _letters(size: int) -> Iterator[bytes]:
    start = b'{"results":[{"id":"'
    yield start
    for _ in range(max(0, size - len(start)) // _CHUNK):
        yield b"x" * _CHUNK


def _bomb(size: int) -> Iterator[bytes]:
    """One gzip stream of blanks; a full flush makes its blocks alike, so that one is packed and sent many times."""
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b" " * min(size, _BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(max(1, size // _BLOCK)):
        yield block
    yield packer.flush(zlib.Z_FINISH)


def _tampered(
    request: web.Request, kind: str, answer: web.Response, service: Service, hosts: tuple[str, str]
) -> web.Response:
    try:
        value = orjson.loads(answer.body)  # type: ignore[arg-type]  # checked by the caller
    except orjson.JSONDecodeError:
        return answer
    value = _elsewhere(value, *hosts) if kind == "foreign_next" else value
    if service.tamper is not None:
        value = service.tamper(kind, request, value)
    changed = _with_body(answer, orjson.dumps(value))
    if hdrs.LINK in changed.headers and kind == "foreign_next":
        changed.headers[hdrs.LINK] = changed.headers[hdrs.LINK].replace(hosts[0], hosts[1])
    return changed


def _elsewhere(value: Any, own: str, other: str) -> Any:
    if isinstance(value, str):
        return other + value[len(own) :] if value.startswith(own) else value
    if isinstance(value, list):
        return [_elsewhere(one, own, other) for one in value]
    if isinstance(value, dict):
        return {key: _elsewhere(one, own, other) for key, one in value.items()}
    return value
