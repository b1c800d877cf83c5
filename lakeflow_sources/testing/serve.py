"""The process of the mocks: `python -m lakeflow_sources.testing.serve hubspot --records contacts=50000`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from lakeflow_sources.errors import ConfigurationError, LakeflowError
from lakeflow_sources.testing.stages import Spec, Stages

__all__ = ["serve"]

_LINE = 65_536
_PARENT_SECONDS = 1.0


async def serve(
    specs: Sequence[Spec], announce: Callable[[Mapping[str, Any]], None], until: asyncio.Event | None = None
) -> None:
    """Serve *specs*, each on its own port, until the event is set; *announce* gets a mapping for each when it is up."""
    stages = Stages()
    try:
        for spec in specs:
            announce(await stages.open(spec))
        gc.collect()
        gc.freeze()
        await (until or asyncio.Event()).wait()
    finally:
        await stages.close()


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
