"""Samples as a mock like those of the vendors: with faults, limits, counters and writes on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import responses
from pathlib import Path
from typing import Any

from aiohttp import web

from lakeflow_sources.decode import dig
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.testing.answers import json_answer, json_of
from lakeflow_sources.testing.sampled.call import Call, CallRefusedError, instant
from lakeflow_sources.testing.sampled.load import Samples, SampleTable, load_samples
from lakeflow_sources.testing.sampled.pages import page_of
from lakeflow_sources.testing.sampled.sign_in import credentials_of, token_routes, ways_of
from lakeflow_sources.testing.vendor import Handler, Mock, Refusal, Route, RowsAsked, Service, Setup

__all__ = ["sampled_mock"]

Record = Mapping[str, Any]


def sampled_mock(name: str, folder: Path) -> Mock:
    """The mock that serves the samples of *folder*."""
    samples = load_samples(folder)
    return Mock(name, name, lambda setup: _build(samples, setup), token_prefix=name.replace("_", "-"))


def _build(samples: Samples, setup: Setup) -> Service:
    records = {table.name: list(table.records) for table in samples.tables}
    ways = ways_of(samples.sign_in, setup.tokens)
    signed = all(way["type"] != "none" for way in samples.sign_in)
    routes = [
        Route(one.method, samples.base_path + one.path, _handler(one, records[one.name]), signed=signed)
        for one in samples.tables
    ]
    return Service(
        routes=[*routes, *token_routes(samples.sign_in, samples.base_path, setup.tokens)],
        refuse=_refuse,
        sign_ins=lambda url: {
            way["type"]: {
                "base_url": url + samples.base_path,
                **({"auth_url": url} if "token_path" in way else {}),
                **samples.options,
                **ways[way["type"]],
            }
            for way in samples.sign_in
        },
        tables=lambda: tuple(records),
        rows=lambda asked: _rows(records, asked),
        write=lambda action, fields: _write(records, action, fields),
        credentials=credentials_of(samples.sign_in),
    )


def _handler(table: SampleTable, records: list[Record]) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        call = Call(
            str(request.url.with_query(None)),
            request.query,
            request.headers,
            await json_of(request) or {},
            request.match_info,
        )
        try:
            answer = page_of(table.paging, call, _asked(table, records, call), table.method)
        except CallRefusedError as refused:
            return json_answer({"message": str(refused)}, HTTPStatus.BAD_REQUEST)
        found = answer.records[0] if table.single and answer.records else list(answer.records)
        return json_answer(_document(table.at, found, answer.marks), headers=answer.headers)

    return handler


def _asked(table: SampleTable, records: Sequence[Record], call: Call) -> list[Record]:
    """Records of the path's parent, and of the window where one is asked for."""
    found = [one for one in records if all(str(dig(one, name)) == value for name, value in call.matched.items())]
    window, edges = table.window, {}
    where = window.get("in", "body" if table.method == "POST" else "query")
    for edge in ("start", "end"):
        text = call.value(window[f"{edge}_param"], where) if f"{edge}_param" in window else None
        if text not in (None, ""):
            edges[edge] = instant(text)
    times = [(instant(dig(one, window["field"])), one) for one in found] if edges else []
    if not edges:
        return found
    return [
        one
        for moment, one in times
        if edges.get("start", moment) <= moment and ("end" not in edges or moment < edges["end"])
    ]


def _document(at: str, found: Any, marks: Mapping[str, Any]) -> Any:
    """An answer with the records at a dotted path, and the marks at theirs."""
    if not at:
        return found
    document: dict[str, Any] = {}
    for path, value in {**marks, at: found}.items():
        *above, name = path.split(".")
        inner = document
        for step in above:
            inner = inner.setdefault(step, {})
        inner[name] = value
    return document


def _refuse(_request: web.Request, refusal: Refusal) -> web.Response:
    said = {"missing": "sign in first", "unknown": "unknown credentials", "expired": "the token has expired"}
    message = said.get(refusal.reason, responses.get(refusal.status, "refused"))
    headers = dict(refusal.headers)
    if refusal.usage is not None:
        headers.setdefault("Retry-After", f"{refusal.usage.wait:.3f}")
    return json_answer({"message": message}, refusal.status, headers)


def _rows(records: Mapping[str, list[Record]], asked: RowsAsked) -> list[Record]:
    if asked.table not in records:
        raise ConfigurationError(f"There are no samples of {asked.table}", f"ask for {', '.join(records)}")
    return records[asked.table][asked.start : asked.start + asked.limit]


def _write(records: Mapping[str, list[Record]], action: str, fields: Mapping[str, Any]) -> int:
    """`put` adds *record*, in the place of the one with the same *key* (a field, `id`); `remove` takes it away."""
    if action not in ("put", "remove"):
        raise ConfigurationError(f"Samples know no {action!r}", "write put or remove")
    kept, key = records[fields["table"]], fields.get("key", "id")
    wanted = fields["record"].get(key)
    kept[:] = [one for one in kept if one.get(key) != wanted]
    if action == "put":
        kept.append(fields["record"])
    return len(kept)
