"""The process of the mocks: `python -m lakeflow_sources.testing.serve hubspot --records contacts=50000`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.testing.clock import Clock
from lakeflow_sources.testing.control import control_routes
from lakeflow_sources.testing.faults import Faults
from lakeflow_sources.testing.find import find_mock
from lakeflow_sources.testing.journal import Journal
from lakeflow_sources.testing.server import Stage, other_host, vendor_routes
from lakeflow_sources.testing.tokens import Tokens
from lakeflow_sources.testing.vendor import COMMON_OPTIONS, Setup

__all__ = ["Spec", "serve", "stage_of"]

_LINE = 65_536  # long addresses get the vendor's own answer, not the server's
_BODY = 64 * 2**20
_PARENT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Spec:
    """One mock to serve; port 0 takes a free one."""

    name: str
    port: int = 0
    seed: int = 0
    records: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    source: str = ""
    """A module with `MOCK`, or a folder of samples, where it is not that of the connector called *name*."""


def stage_of(spec: Spec) -> Stage:
    """The mock of *spec*, built and ready to be served."""
    mock = find_mock(spec.name, spec.source)
    known = {**COMMON_OPTIONS, **mock.options}
    unknown = sorted(set(spec.options) - set(known))
    if unknown:
        remedy = f"the options are {', '.join(sorted(known))}"
        raise ConfigurationError(f"The mock of {spec.name} has no option {', '.join(unknown)}", remedy)
    clock, journal = Clock(spec.options.get("now")), Journal()
    tokens = Tokens(clock, seed=spec.seed, prefix=mock.token_prefix)
    setup = Setup(spec.seed, spec.records, spec.options, clock, tokens, journal)
    tokens.expires_in = setup.number("expires_in", tokens.expires_in)
    tokens.rotates = setup.flag("rotate_refresh")
    stage = Stage(mock, mock.build(setup), clock, tokens, journal, Faults(spec.seed))
    stage.latency = setup.number("latency", 0.0)
    if setup.flag("enforce_limits"):
        stage.limits.enforce(stage.service.limits)
    return stage


async def serve(
    specs: Sequence[Spec], announce: Callable[[Mapping[str, Any]], None], until: asyncio.Event | None = None
) -> None:
    """Serve *specs*, each on its own port, until the event is set; *announce* gets a mapping for each when it is up."""
    async with contextlib.AsyncExitStack() as stack:
        for spec in specs:
            stage = stage_of(spec)
            await stack.enter_async_context(_up(stage, spec))
            announce(
                {
                    "name": spec.name,
                    "url": stage.url,
                    "other_url": stage.other_url,
                    "sign_ins": stage.service.sign_ins(stage.url),
                    "pid": os.getpid(),
                }
            )
        gc.collect()
        gc.freeze()
        await (until or asyncio.Event()).wait()


@contextlib.asynccontextmanager
async def _up(stage: Stage, spec: Spec) -> AsyncIterator[None]:
    app = web.Application(client_max_size=_BODY)
    app.add_routes(control_routes(stage))
    app.add_routes(vendor_routes(stage))
    main, other = _runner(app), _runner(other_host(stage))
    try:
        stage.url = f"http://{spec.host}:{await _listen(main, spec.host, spec.port)}"
        # Another name as well as another port, for clients that compare only one of the two.
        stage.other_url = f"http://localhost:{await _listen(other, '127.0.0.1', 0)}"
        yield
    finally:
        await other.cleanup()
        await main.cleanup()


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(
        app,
        access_log=None,
        max_line_size=_LINE,
        max_field_size=_LINE,
        keepalive_timeout=120,  # an idle connection outlives the pauses of a test
        shutdown_timeout=0.1,  # calls that hang are cut when the mock ends,
        handler_cancellation=True,  # or when the client gives up
    )


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    return int(runner.addresses[0][1])


def _arguments(texts: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lakeflow_sources.testing.serve", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="connectors whose APIs are served, one port each")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="port of the first one, the others follow; 0: free ones")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--records", nargs="*", default=[], metavar="TYPE=N")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", dest="options")
    parser.add_argument("--config", choices=["-"], help="read all of it as one JSON line, and end when the input ends")
    return parser.parse_args(texts)


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    wrong = [text for text, (_, equals, _) in zip(texts, pairs, strict=True) if not equals]
    if wrong:
        raise ConfigurationError(f"{', '.join(wrong)} is no pair", "write name=value")
    return {name: value for name, _, value in pairs}


def _specs(arguments: argparse.Namespace) -> list[Spec]:
    if arguments.config:
        return [Spec(**values) for values in orjson.loads(sys.stdin.buffer.readline())]
    records = {name: int(value) for name, value in _pairs(arguments.records).items()}
    ports = [arguments.port + index if arguments.port else 0 for index in range(len(arguments.names))]
    options = _pairs(arguments.options)
    return [
        Spec(name, port, arguments.seed, records, options, arguments.host)
        for name, port in zip(arguments.names, ports, strict=True)
    ]


async def _watch_parent(ended: asyncio.Event) -> None:
    """End with the process that started this one: its end of the pipe closes, or another parent takes its place."""
    loop, parent, pipe = asyncio.get_running_loop(), os.getppid(), sys.stdin.fileno()

    def readable() -> None:
        if not os.read(pipe, _LINE):
            loop.remove_reader(pipe)
            ended.set()

    loop.add_reader(pipe, readable)
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent died
        await asyncio.sleep(_PARENT_SECONDS)
    ended.set()


async def _main(arguments: argparse.Namespace) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    specs = _specs(arguments)
    watch = asyncio.create_task(_watch_parent(ended)) if arguments.config else None
    await serve(specs, _say, ended)
    if watch is not None:
        watch.cancel()


def _say(value: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


def main(texts: Sequence[str] | None = None) -> int:
    """Run the process; what is wrong with the request is said in one JSON line."""
    try:
        asyncio.run(_main(_arguments(texts)))
    except (LakeflowError, OSError) as error:
        _say({"error": str(error)})
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
